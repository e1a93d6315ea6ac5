"""Evidence: what a package of an office really holds, and the same file handed in by two people at once."""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.services.index_evidence import _keep, evidence_path
from survey.services.index_evidence_types import BrokenPackageError, found_kind, unpacked_size

_RELATIONS = '<Relationship Id="r1" Type="http://schemas.{host}/relationships/{kind}" Target="{target}"{mode}/>'


def package(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in {"word/document.xml": "<a/>", **parts}.items():
            file.writestr(name, content)
    return written.getvalue()


def relation(kind: str, target: str, mode: str = "", host: str = "openxmlformats.org/officeDocument/2006") -> str:
    return _RELATIONS.format(kind=kind, target=target, mode=mode, host=host)


@pytest.mark.parametrize(
    "parts",
    [
        {"word/VBAPROJECT.BIN": "x"},
        {"word/vbaData.xml": "x"},
        {"[Content_Types].xml": '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'},
        {"[content_types].XML": '<Override ContentType="application/vnd.ms-office.vbaProject"/>', "word/m.bin": "x"},
        {"[Content_Types].xml": '<Override ContentType="application/vnd.ms-office.vba&#80;roject"/>'},
        {"[Content_Types].xml": '<a b="application/vnd.ms-office.vbaProject"/>'.encode("utf-16")},
        {"word/_rels/document.xml.rels": relation("vbaProject", "m.bin", host="microsoft.com/office/2006")},
        {"word/_rels/document.xml.rels": relation("oleObject", "embeddings/o.bin")},
        {"word/embeddings/oleObject1.bin": "x"},
        {"word/_rels/settings.xml.rels": relation("attachedTemplate", "https://x.example/t.dotm", ' TargetMode="x"')},
        {"[Content_Types].xml": " " * (5 << 20)},
    ],
)
def test_a_package_that_runs_something_is_taken_under_no_name(parts: dict[str, str | bytes]) -> None:
    assert found_kind(package(parts)) == ""


def test_what_offices_write_is_taken() -> None:
    links = relation("hyperlink", "https://x.example/", ' TargetMode="External"')
    template = relation("attachedTemplate", "file:///C:/Normal.dotm", ' TargetMode="External"')
    assert found_kind(package({"word/_rels/a.xml.rels": links + template, "word/embeddings/sheet.xlsx": "x"})) == "docx"


def test_what_a_package_says_of_its_sizes_is_not_believed() -> None:
    told = package({"word/image.bmp": bytes(3_000_000)})
    assert unpacked_size(told, most=5_000_000) == 3_000_004
    assert unpacked_size(told, most=1_000_000) < 3_000_000
    lying = bytearray(told)
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = struct.pack("<I", 10)
    with pytest.raises(BrokenPackageError):
        unpacked_size(bytes(lying), most=5_000_000)


def test_the_same_file_sent_twice_at_once_is_kept_once_and_a_damaged_one_is_healed(tmp_path: Path) -> None:
    content = b"%PDF-" + bytes(200_000)
    path = evidence_path(tmp_path, hashlib.sha256(content).hexdigest())
    refusals: list[OSError] = []

    def sent(start: Callable[[], object]) -> None:
        start()
        try:
            _keep(path, content)
        except OSError as error:
            refusals.append(error)

    for _ in range(5):
        path.unlink(missing_ok=True)
        start = threading.Barrier(4)
        senders = [threading.Thread(target=sent, args=(start.wait,)) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    assert refusals == []
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"damaged")
    _keep(path, content)
    assert path.read_bytes() == content

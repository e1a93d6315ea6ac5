"""The pages of one released version: ranking with sets, method, downloads, and every other version."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from frictionless import Package, system
from sqlalchemy.orm import Session

from released_world import answered_world, publish_wave, publish_year
from small_world import World
from survey.jobs.releases import bundle_path


@pytest.fixture
def world(session: Session) -> World:
    return answered_world(session)


def test_a_year_is_told_with_ranks_sets_and_the_way_to_everything(
    client: FlaskClient, session: Session, world: World
) -> None:
    publish_wave(session, world.waves["W"])
    year = publish_year(session, world.agencies["P"], 2026)
    session.commit()
    page = client.get(f"/cong-bo/{year.code}").text
    assert re.findall(r"Đơn vị ([ABC])</a>", page) == ["B", "A", "C"]
    assert re.search(r"96,8.%", page)
    assert re.search(r"1–[12] / 2", page)
    assert year.sha256 in page
    assert client.get("/tong-hop/P/2026").text == page
    assert client.get("/tong-hop/P/2026?form=other/1").status_code == client.get("/tong-hop/P/1999").status_code == 404
    own = client.get("/ket-qua/B").text
    assert "Trong bảng xếp hạng các năm" in own
    assert "mầm ngẫu nhiên" in client.get(f"/cong-bo/{year.code}/phuong-phap").text
    english = client.get(f"/cong-bo/{year.code}?lang=en").text
    assert "Ranking" in english
    assert client.get(f"/cong-bo/{year.code}/co-quan/A").status_code == 404


def test_a_correction_stands_first_and_the_old_version_says_so_and_stays(
    client: FlaskClient, session: Session, world: World
) -> None:
    first = publish_wave(session, world.waves["W"])
    first.superseded_on = first.released_on
    second = publish_wave(session, world.waves["W"], version=2, note="Sửa N của <b>Sở A</b>.")
    session.commit()
    old, new = (client.get(f"/cong-bo/{each.code}").text for each in (first, second))
    assert "đã được thay bằng bản sửa" in old
    assert f"/cong-bo/{second.code}" in old
    assert "&lt;b&gt;Sở A&lt;/b&gt;" in new
    assert f"/cong-bo/{first.code}" in new
    assert "đã được thay bằng bản sửa" in client.get(f"/cong-bo/{first.code}/co-quan/A").text
    assert f"/cong-bo/{first.code}" not in client.get("/ket-qua").text


def test_the_data_package_is_valid_says_its_licence_and_keeps_what_is_withheld(
    client: FlaskClient, session: Session, world: World, tmp_path: Path
) -> None:
    world.agencies["A"].name = '=HYPERLINK("http://x")'
    session.flush()
    wave, year = publish_wave(session, world.waves["W"]), publish_year(session, world.agencies["P"], 2026)
    session.commit()
    for release in (wave, year):
        packed = client.get(f"/cong-bo/{release.code}/du-lieu.zip")
        assert client.get(f"/cong-bo/{release.code}/du-lieu.zip").data == packed.data
        folder = tmp_path / release.code
        zipfile.ZipFile(io.BytesIO(packed.data)).extractall(folder)
        with system.use_context(trusted=True):
            report = Package(folder / "datapackage.json").validate()
        assert report.valid, report.flatten(["type", "note", "message"])[:5]
        described = json.loads((folder / "datapackage.json").read_text("utf-8"))
        assert described["licenses"][0]["name"] == "CC-BY-4.0"
        told = {each["name"] for table in described["resources"] for each in table["schema"]["fields"]}
        listed = csv.DictReader((folder / "dictionary.csv").read_text("utf-8").splitlines())
        assert {row["field"] for row in listed if row["meaning_vi"] and row["meaning_en"]} == told
        figures = list(csv.DictReader((folder / "figures.csv").open(encoding="utf-8", newline="")))
        assert all((row["suppressed"] == "true") == (row["estimate"] == "") for row in figures)
        assert all(row["suppressed"] == "true" for row in figures if row["agency_code"] == "C")
        names = {row["name"] for row in csv.DictReader((folder / "agencies.csv").open(encoding="utf-8", newline=""))}
        assert '\'=HYPERLINK("http://x")' in names
        for table in described["resources"]:
            assert client.get(f"/cong-bo/{release.code}/du-lieu/{table['path']}").mimetype == "text/csv"
    assert client.get(f"/cong-bo/{wave.code}/du-lieu/..%2fx").status_code == 404
    assert client.get(f"/cong-bo/{wave.code}/du-lieu/x.csv").status_code == 404


def test_documents_of_the_bundle_are_offered_one_by_one(
    app: flask.Flask, client: FlaskClient, session: Session, world: World
) -> None:
    release = publish_wave(session, world.waves["W"])
    session.commit()
    assert "đang được lập" in client.get(f"/cong-bo/{release.code}").text
    assert client.get(f"/cong-bo/{release.code}/goi.zip").status_code == 404
    path = bundle_path(app.config["HAILONG"].data_dir, release.code)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("documents/wave-P.vi.pdf", b"%PDF-1.7")
        archive.writestr("documents/agency-A.vi.docx", b"PK")
        archive.writestr("counts.html", b"<script>alert(1)</script>")
    page = client.get(f"/cong-bo/{release.code}").text
    assert "wave-P.vi.pdf" in page
    assert "agency-A.vi.docx" in client.get("/ket-qua/A").text
    assert "agency-A" not in client.get("/ket-qua/B").text
    (address,) = re.findall(r'href="([^"]+/tep/[^"]+)"', page)
    document = client.get(address)
    assert (document.mimetype, document.data) == ("application/pdf", b"%PDF-1.7")
    assert client.get(f"/cong-bo/{release.code}/tep/counts.html").mimetype == "application/octet-stream"
    assert client.get(f"/cong-bo/{release.code}/tep/../{release.code}.zip").status_code == 404
    assert client.get(f"/cong-bo/{release.code}/goi.zip").data == path.read_bytes()

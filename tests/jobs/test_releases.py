"""A released wave is frozen and bundled; the bundle is checked without the database, and what is changed is found."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, create_engine, delete, select, update
from sqlalchemy.orm import Session

from conftest import Database
from released_world import two_years
from survey.findings.frozen import frozen_json, released_agency, thaw
from survey.findings.values import AgencyFindings
from survey.jobs.releases import bundle_path, freeze_release, release_job
from survey.jobs.verify import Verification, verify_bundle
from survey.jobs.work import Work
from survey.models.fieldwork import Wave
from survey.models.releases import Release, WaveRelease
from survey.models.tallies import LevelTally, MomentTally
from survey.queries.released import find_released, list_frozen_agencies, list_released, list_versions, read_frozen
from survey.rendering.bundle import BundleError

TODAY = date(2026, 6, 1)
ADDRESS = "https://hailong.example"


def released(session: Session, wave: str, *, version: int = 1) -> Release:
    wave_id = session.scalars(select(Wave.id).where(Wave.code == wave)).one()
    session.execute(update(Release).where(Release.wave_id == wave_id).values(superseded_on=TODAY))
    signed = {f"{step}_on": TODAY for step in ("drafted", "reviewed", "released")}
    signers = {f"{step}_by": uuid4() for step in ("drafted", "reviewed", "released")}
    release = WaveRelease(wave_id=wave_id, version=version, note="", **signed, **signers)
    session.add(release)
    session.commit()
    return release


def work_of(session: Session, release_id: UUID, folder: Path) -> Work:
    return Work(session, {"release_id": str(release_id)}, TODAY, lambda _done, _total: None, folder)


def test_what_is_frozen_is_public_and_never_moves(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        world = two_years(session)
        a, root = world.agencies["A"].id, world.agencies["P"].id
        first = released(session, "W26")
        number, code = first.id, first.code
        assert find_released(session, code) is None
        assert list_released(session) == []

        freeze_release(work_of(session, number, tmp_path), number)

        version = find_released(session, code.lower())
        assert version is not None
        assert [(one.code, one.kind, one.year, one.agency_code) for one in list_released(session)] == [
            (code, "wave", 2026, "P")
        ]
        assert [one.code for one in list_frozen_agencies(session, number)] == ["P", "A", "B", "C"]
        told = released_agency(session, version, a)
        assert told is not None
        assert (told.n, told.wave.release_version, told.made_on) == (45, 1, TODAY)
        content = read_frozen(session, release_id=number, agency_id=a, kind="agency")
        assert content is not None
        assert frozen_json(thaw(AgencyFindings, content)) == content
        # The year before is not released: it must not become public through a comparison.
        whole = json.loads(read_frozen(session, release_id=number, agency_id=root, kind="wave") or b"{}")
        assert whole["overall_change"]["previous"] is None

        second = released(session, "W26", version=2)
        session.execute(delete(MomentTally).where(MomentTally.agency_id.in_([a])))
        session.execute(delete(LevelTally).where(LevelTally.agency_id.in_([a])))
        session.commit()
        assert released_agency(session, version, a) == told
        assert [one.version for one in list_released(session)] == [1]
        freeze_release(work_of(session, second.id, tmp_path), second.id)
        assert [(one.version, one.is_current) for one in list_versions(session, version)] == [(2, True), (1, False)]
        assert [one.version for one in list_released(session)] == [2]
        old = find_released(session, code)
        assert old is not None
        assert released_agency(session, old, a) == told


@dataclass(frozen=True)
class Bundled:
    path: Path
    again: Path
    checksum: str


@pytest.fixture(scope="module")
def bundle(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundled:
    """Release both years and bundle the later one, twice."""
    data_dir = tmp_path_factory.mktemp("bundle")
    shutil.copy(sqlite_template, data_dir)
    engine = create_engine(Database("sqlite", "", data_dir).config.sqlalchemy_url)
    with Session(engine) as session:
        two_years(session)
        earlier, later = released(session, "W25"), released(session, "W26")
        freeze_release(work_of(session, earlier.id, data_dir), earlier.id)
        number, code = later.id, later.code
        release_job(data_dir=data_dir, public_url=ADDRESS)(work_of(session, number, data_dir))
        path = bundle_path(data_dir, code)
        again = path.rename(path.with_name("first.zip"))
        release_job(data_dir=data_dir, public_url=ADDRESS)(work_of(session, number, data_dir))
        checksum = session.get_one(Release, number).bundle_sha256 or ""
    engine.dispose()
    return Bundled(path, again, checksum)


def test_a_bundle_is_made_anew_to_the_byte_and_every_figure_agrees(bundle: Bundled) -> None:
    assert bundle.path.read_bytes() == bundle.again.read_bytes()
    found = verify_bundle(bundle.path)
    assert [f"{fault.place} {fault.en}" for fault in found.faults] == []
    assert found.bundle_sha256 == bundle.checksum
    assert found.figures > 400
    assert found.unchecked == {}
    # Every document is made again: of the wave in two languages, of four agencies in one.
    assert (found.documents, found.set_otherwise) == (2 * 6 + 4 * 6, 0)
    assert b"by_field/0/measures" in zipfile.ZipFile(bundle.path).read("counts/groups.csv")
    with zipfile.ZipFile(bundle.path) as archive:
        names = set(archive.namelist())
        counts = archive.read("counts/moment_tallies.csv").decode()
        manifest = json.loads(archive.read("manifest.json"))
        page = archive.read("documents/wave-P.vi.pdf")
        c = next(row["id"] for row in json.loads(archive.read("definitions/agencies.json")) if row["code"] == "C")
    assert page.startswith(b"%PDF")
    endings = ("pdf", "docx", "xlsx", "csv", "excel.csv", "json")
    assert {f"documents/{stem}.{ending}" for stem in ("wave-P.en", "agency-A.vi") for ending in endings} <= names
    assert manifest["release"]["address"].startswith(f"{ADDRESS}/")
    # Six people rated C: how many answered is told, what they said is not.
    rows = [line for line in counts.splitlines() if line.startswith(c)]
    assert rows
    assert all("[0,0,0,0,0,0]" in row for row in rows)


def changed(path: Path, target: Path, edits: Mapping[str, Callable[[bytes], bytes | None]]) -> Verification:
    """Check a copy in which files are changed, left out or added."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            content = source.read(name)
            made = edits[name](content) if name in edits else content
            if made is not None:
                copy.writestr(name, made)
        for name in set(edits) - set(source.namelist()):
            copy.writestr(name, edits[name](b"") or b"")
    return verify_bundle(target, quick=True)


def test_whatever_is_changed_is_found_where_it_is(bundle: Bundled, tmp_path: Path) -> None:
    target = tmp_path / "changed.zip"

    def places(edits: Mapping[str, Callable[[bytes], bytes | None]]) -> list[str]:
        return [fault.place for fault in changed(bundle.path, target, edits).faults]

    def better(content: bytes) -> bytes:
        value = json.loads(content)
        value["overall"]["share_satisfied"]["value"] = 0.99
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    assert places({"documents/wave-P.vi.pdf": lambda _: None}) == ["documents/wave-P.vi.pdf"]
    assert places({"documents/wave-P.vi.pdf": lambda old: old + b" "}) == ["documents/wave-P.vi.pdf"]
    assert places({"documents/more.txt": lambda _: b"x"}) == ["documents/more.txt"]
    prettier = places({"findings/agency-A.json": better})
    assert "findings/agency-A.json" in prettier
    assert "findings/" in prettier
    assert "findings/agency-A.json: overall/share_satisfied/value" in prettier
    counted = places({"counts/level_tallies.csv": lambda old: re.sub(rb",3\d\n", b",31\n", old)})
    assert "counts/level_tallies.csv" in counted
    assert any(place.startswith("findings/") for place in counted)
    assert "counts/moment_tallies.csv" in places({"counts/moment_tallies.csv": lambda _: b"\xff\x00,,\n1"})


@pytest.mark.parametrize(
    ("edits", "sentence"),
    [
        ({"../evil": lambda _: b"x"}, "name that is not allowed"),
        ({"/etc/x": lambda _: b"x"}, "name that is not allowed"),
        ({"manifest.json": lambda _: None}, "manifest.json is missing"),
        ({"manifest.json": lambda _: b"[" * 100_000}, "cannot be read"),
        ({"manifest.json": lambda _: b'{"format": "other", "files": []}'}, "no H\u00e0i L\u00f2ng bundle"),
        ({"manifest.json": lambda old: old.replace(b'"agency_id"', b'"nobody"')}, "of which release"),
    ],
)
def test_what_is_no_bundle_is_refused_in_a_sentence(
    bundle: Bundled, tmp_path: Path, edits: Mapping[str, Callable[[bytes], bytes | None]], sentence: str
) -> None:
    with pytest.raises(BundleError, match=sentence):
        changed(bundle.path, tmp_path / "odd.zip", edits)


def test_half_a_zip_and_a_text_are_refused(bundle: Bundled, tmp_path: Path) -> None:
    for content in (bundle.path.read_bytes()[:-200], b"PK\x03\x04 not really", b""):
        (tmp_path / "x.zip").write_bytes(content)
        with pytest.raises(BundleError, match="cannot be read as a ZIP"):
            verify_bundle(tmp_path / "x.zip")

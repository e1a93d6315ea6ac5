"""A year is released by three people and corrected; its bundle and that of a drawn survey are checked elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from released_world import two_years
from small_world import World
from survey.cli import verify as cli
from survey.jobs import bundles, verify
from survey.jobs.releases import bundle_path, freeze_release, release_job
from survey.jobs.verify import verify_bundle
from survey.jobs.work import Work
from survey.models.fieldwork import PopulationSize
from survey.models.releases import Release
from survey.models.responses import Response
from survey.queries.released import find_released, list_released, list_versions
from survey.rendering import bundle
from survey.rendering.bundle import BundleError
from survey.services.errors import WaveError
from survey.services.frozen_values import common_checksum
from survey.services.releases import draft_annual_release, draft_release, publish_release, review_release

TODAY = date(2026, 6, 1)
ADDRESS = "https://hailong.example"
CSV, JSON = "documents/annual-P.vi.csv", "documents/annual-P.en.json"
EDITIONS = "definitions/questionnaire_editions.json"
Edit = Callable[[bytes], bytes | None]


@pytest.fixture
def _tables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the documents with pages to test_releases.py; they take most of the time."""
    for module in (bundles, verify):
        monkeypatch.setattr(module, "has_pages", lambda *_: False)


def publish(session: Session, draft: Release) -> Release:
    review_release(session, draft, reviewed_by=uuid4(), today=TODAY)
    publish_release(session, draft, released_by=uuid4(), today=TODAY)
    session.commit()
    return draft


def publish_wave(session: Session, world: World, wave: str) -> Release:
    return publish(session, draft_release(session, world.waves[wave], drafted_by=uuid4(), today=TODAY))


def publish_year(session: Session, world: World, note: str = "") -> Release:
    root = world.agencies["P"]
    draft = draft_annual_release(session, root, year=2026, form="small/1", drafted_by=uuid4(), today=TODAY, note=note)
    return publish(session, draft)


def work_of(session: Session, release_id: UUID, folder: Path) -> Work:
    return Work(session, {"release_id": str(release_id)}, TODAY, lambda _done, _total: None, folder)


def bundled(session: Session, release: Release, folder: Path) -> Path:
    number, code = release.id, release.code
    release_job(data_dir=folder, public_url=ADDRESS)(work_of(session, number, folder))
    return bundle_path(folder, code)


def faults_of(path: Path) -> list[str]:
    return [f"{fault.place} | {fault.en}" for fault in verify_bundle(path).faults]


def forged(path: Path, target: Path, edits: Mapping[str, Edit]) -> list[str]:
    """Change files of a bundle, make its manifest agree again as a forger would, and check it."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, edit in edits.items():
        made = edit(files.pop(name, b""))
        files |= {} if made is None else {name: made}
    manifest = json.loads(files.pop("manifest.json"))
    manifest["files"] = [
        {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in files.items()
    ]
    values = {}
    for name, content in files.items():
        if name.startswith("findings/"):
            kind, value = name.removeprefix("findings/").partition("-")[0], json.loads(content)
            values[kind, UUID((value["agency"] if kind == "agency" else value["root"])["id"])] = content
    manifest["checksum"] = common_checksum(values)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            archive.writestr(name, content)
    return faults_of(target)


def value(path: str, told: object) -> Edit:
    """Return what changes one field of a value."""
    *above, last = (int(part) if part.isdigit() else part for part in path.split("/"))

    def edit(content: bytes) -> bytes:
        found = json.loads(content)
        place = found
        for part in above:
            place = place[part]
        place[last] = told
        return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    return edit


@pytest.mark.usefixtures("_tables_alone")
def test_a_year_is_released_by_three_made_anew_and_corrected(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        world = two_years(session)
        world.waves["W"].state = "planned"
        with pytest.raises(WaveError, match="W26 are not released"):
            publish_year(session, world)
        for wave in ("W25", "W26"):
            released = publish_wave(session, world, wave)
            freeze_release(work_of(session, released.id, tmp_path), released.id)
        first = publish_year(session, world)
        assert find_released(session, first.code) is None
        path = bundled(session, first, tmp_path)
        found = verify_bundle(path)
        assert ([f"{fault.place} {fault.en}" for fault in found.faults], found.unchecked) == ([], {})
        assert found.figures > 700
        assert (found.set_otherwise, found.has_gaps) == (0, False)
        content = path.read_bytes()
        path.unlink()
        assert bundled(session, first, tmp_path).read_bytes() == content

        session.execute(update(PopulationSize).values(transactions=PopulationSize.transactions + 1))
        with pytest.raises(WaveError, match="the counts of the waves W26 moved after their release"):
            publish_year(session, world, note="Sửa N.")
        corrected = draft_release(session, world.waves["W26"], drafted_by=uuid4(), today=TODAY, note="Sửa N.")
        freeze_release(work_of(session, publish(session, corrected).id, tmp_path), corrected.id)
        second = publish_year(session, world, note="Sửa N.")
        assert [one.version for one in list_released(session, kind="annual")] == [1]
        bundled(session, second, tmp_path)
        version = find_released(session, first.code)
        assert version is not None
        assert [(one.version, one.note, one.is_current) for one in list_versions(session, version)] == [
            (2, "Sửa N.", True),
            (1, "", False),
        ]
        assert path.read_bytes() == content


@pytest.mark.usefixtures("_tables_alone")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whatever_a_forger_changes_is_found_though_all_checksums_agree(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        world = two_years(session)
        world.waves["W"].state = "planned"
        for wave in ("W25", "W26"):
            released = publish_wave(session, world, wave)
            freeze_release(work_of(session, released.id, tmp_path), released.id)
        path = bundled(session, publish_year(session, world), tmp_path)
    target, told = tmp_path / "forged.zip", "findings/annual-P.json"
    assert forged(path, target, {}) == []

    figures = {
        "overall/level_shares/0/value": 0.01,
        "elements/1/level_shares/4/ci/high": 0.999,
        "items/0/items/0/measures/level_shares/2/n": 5,
        "agencies/0/overall/levels/3": 1,
        "agencies/0/rank": 2,
        "series/0/overall/share_satisfied/value": 0.5,
        "by_field/0/measures/level_shares/4/value": 0.5,
        "by_channel/0/measures/mean_score/value": 4.9,
        "agencies": [],
    }
    edits: list[tuple[str, Edit, str]] = [
        (told, value(where, one), f"{told}: {where}") for where, one in figures.items()
    ]
    edits += [
        (CSV, lambda old: re.sub(rb"0\.\d+", b"0.99", old, count=1), f"{CSV}: dòng/line "),
        (JSON, lambda old: re.sub(rb'"n": \d+', b'"n": 7', old, count=1), f"{JSON}: findings/n | says"),
        (EDITIONS, lambda old: old.replace(b"Seats", b"Chairs"), f"{EDITIONS} | its content has another checksum"),
        ("counts/groups.csv", lambda _: None, "counts/groups.csv | is missing"),
        (CSV, lambda _: None, f"{CSV} | is missing"),
        ("documents/x.html", lambda _: b"<script>", "documents/x.html | is no file"),
        ("README.md", lambda old: old + b".", "README.md | is not what"),
        ("manifest.json", lambda old: old.replace(b'counts": true', b'counts": false'), "neither strata nor weights"),
        ("manifest.json", lambda old: old.replace(b'bootstrap": ', b'bootstrap": 1'), "another seed"),
    ]
    unseen = [
        (name, sentence) for name, edit, sentence in edits if not _is_in(sentence, forged(path, target, {name: edit}))
    ]
    assert unseen == []
    run = CliRunner().invoke(cli.command, [str(path), "--quick", "--sha256", "0" * 64, "--language", "en"])
    assert (run.exit_code, "this is not the published bundle" in run.output) == (1, True)
    assert CliRunner().invoke(cli.command, [str(path), "--quick", "--sha256", sha256(path).upper()]).exit_code == 0


def _is_in(sentence: str, faults: list[str]) -> bool:
    return any(sentence in fault for fault in faults)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_would_unpack_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "LARGEST_BUNDLE", 2**20)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("manifest.json", "counts/big.csv"):
            archive.writestr(name, bytes(2**20))
    with pytest.raises(BundleError, match="unpacks to more"):
        verify_bundle(tmp_path / "bomb.zip")


@pytest.mark.usefixtures("_tables_alone")
def test_a_drawn_survey_is_checked_against_itself_and_counters_after_it_by_their_counts(
    engine: Engine, tmp_path: Path
) -> None:
    with Session(engine) as session:
        world = two_years(session)
        draw(world, "W25")
        drawn = bundled(session, publish_wave(session, world, "W25"), tmp_path)
        found = verify_bundle(drawn)
        assert ([f"{fault.place} {fault.en}" for fault in found.faults], found.has_counts) == ([], False)
        assert found.figures > 100
        assert not [name for name in zipfile.ZipFile(drawn).namelist() if name.startswith("counts/")]
        wave = "findings/wave-P.json"
        for where, false in {
            "overall/level_shares/0/value": 0.3,
            "agencies/0/overall/share_satisfied/value": 0.1,
            "agencies/0/rank": 9,
            "elements/0/mean_score/value": 2.0,
        }.items():
            told = forged(drawn, tmp_path / "forged.zip", {wave: value(where, false)})
            assert any(where.rpartition("/")[0] in one for one in told), where

        after = verify_bundle(bundled(session, publish_wave(session, world, "W26"), tmp_path))
        assert ([f"{fault.place} {fault.en}" for fault in after.faults], after.has_counts) == ([], True)
        assert after.figures > 400


def draw(world: World, wave: str) -> None:
    """Make a wave a survey of households, drawn in two strata and by clusters, some counting for more."""
    row = world.waves[wave]
    row.sample_kind = "household"
    for code, stratum in (("A", "1"), ("B", "2"), ("C", "2")):
        owner = world.agencies[code].id
        ids = list(
            world.session.scalars(select(Response.id).where(Response.agency_id == owner, Response.wave_id == row.id))
        )
        for part in range(4):
            some = Response.agency_id == owner, Response.id.in_(ids[part::4])
            drawn = {"stratum": stratum, "cluster": f"{code}{part}", "weight": 1.0 + part}
            world.session.execute(update(Response).where(*some).values(**drawn))
    world.session.flush()

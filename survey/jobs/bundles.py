"""A bundle: the documents of a released version, the counts behind it, and what is needed to make it anew elsewhere."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

import analysis
from survey.findings.evidence import Subject, estimated_from_answers, evidence_of, findings_of, group_rows
from survey.findings.frozen import thaw
from survey.findings.movement import SEED
from survey.findings.values import AgencyFindings, AnnualFindings
from survey.findings.witness import watching, witnesses
from survey.queries.released import ReleasedVersion, list_frozen_agencies, read_frozen
from survey.rendering.addresses import release_address
from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Report, Seal
from survey.rendering.bundle import BundleWriter, pretty_json, rows_csv
from survey.rendering.csv import agency_csv, annual_csv, annual_questions_csv
from survey.rendering.docx import report_docx
from survey.rendering.json import agency_json, annual_json
from survey.rendering.pdf import report_pdf
from survey.rendering.poster import qr_svg
from survey.rendering.release_readme import release_readme
from survey.rendering.xlsx import agency_xlsx, annual_xlsx

Step = Callable[[int, int], None]
Value = AgencyFindings | AnnualFindings
VALUES: Final[dict[str, type[AgencyFindings | AnnualFindings]]] = {
    "agency": AgencyFindings,
    "wave": AnnualFindings,
    "annual": AnnualFindings,
}
# Up to so many bodies each has documents of its own in the bundle; of more, its tables are there.
MOST_WITH_DOCUMENTS: Final = 60
COUNTS: Final = (
    "population_sizes",
    "fold_marks",
    "moment_tallies",
    "level_tallies",
    "breakdown_moment_tallies",
    "breakdown_tallies",
)
DEFINITIONS: Final = ("agencies", "questionnaire_editions", "method_editions", "waves", "releases")
GROUPS: Final = "counts/groups.csv"
README: Final = "README.md"
SOFTWARE: Final = "definitions/software.json"
_GROUP_COLUMNS: Final = ("kind", "agency_id", "place", "n", "sums", "cross", "answered", "levels")
_PAGES: Final = ("pdf", "docx", "xlsx")
_SOURCES: Final = ("analysis", "survey/findings", "survey/rendering")
_KINDS: Final = frozenset({".py", ".typ"})
_PARTS: Final = ("numpy", "scipy", "SQLAlchemy", "typst", "matplotlib", "XlsxWriter")


def write_bundle(
    session: Session, version: ReleasedVersion, path: Path, *, public_url: str, step: Step
) -> tuple[str, int]:
    """Write the bundle of a frozen version and return its checksum and size; ``session`` sees public waves only."""
    subject = subject_of(version)
    parts = [("annual", version.agency_id, version.agency_code)]
    if version.wave_id is not None:
        listed = list_frozen_agencies(session, version.id)
        parts = [("wave", version.agency_id, version.agency_code)]
        parts += [("agency", one.agency_id, one.code) for one in listed]
    seal, own = seal_of(version, public_url), frozenset[UUID]()
    with BundleWriter(path) as writer:
        for done, (kind, agency_id, code) in enumerate(parts, start=1):
            content = read_frozen(session, release_id=version.id, agency_id=agency_id, kind=kind)
            if content is None:
                continue
            writer.add(f"findings/{kind}-{code}.json", content)
            value = thaw(VALUES[kind], content)
            if not isinstance(value, AgencyFindings):
                own = frozenset(wave.id for wave in value.waves)
            stem = f"documents/{kind}-{code}"
            with_pages = has_pages(kind, len(parts))
            for name, document in documents_of(value, stem, seal, with_pages=with_pages):
                writer.add(name, document)
            step(done, len(parts) + 2)
        estimated = estimated_from_answers(session, subject)
        if not estimated & own:
            _add_evidence(session, subject, writer, but=estimated)
        writer.add(README, release_readme(version.code, release_address(public_url, version.code)))
        writer.add(SOFTWARE, pretty_json(software()))
        return writer.finish(_about(version, public_url, estimated=estimated, has_counts=not estimated & own))


def subject_of(version: ReleasedVersion) -> Subject:
    """Return what a version tells of."""
    form = version.form if version.wave_id is None else None
    year = version.year if version.wave_id is None else None
    return Subject(version.kind, version.agency_id, version.wave_id, year, form, version.released_on)


def seal_of(version: ReleasedVersion, public_url: str) -> Seal:
    """Return what every page of a released document carries: the checksum of its figures, and where they are public."""
    address = release_address(public_url, version.code)
    return Seal(version.sha256, address, qr_svg(address))


def tables_of(value: Value, language: str) -> Iterator[tuple[str, bytes]]:
    """Yield the tables of a value, each with the ending of its name; the same value gives the same bytes anywhere."""
    if isinstance(value, AgencyFindings):
        yield "csv", agency_csv(value, language)
        yield "excel.csv", agency_csv(value, language, excel_vietnam=True)
        yield "json", agency_json(value, language)
        return
    yield "csv", annual_csv(value, language)
    yield "excel.csv", annual_csv(value, language, excel_vietnam=True)
    yield "json", annual_json(value, language)
    if value.questions:
        yield "questions.csv", annual_questions_csv(value, language)


def has_pages(kind: str, parts: int) -> bool:
    """Return whether a value has documents to be read, beside its tables, in a bundle of so many values."""
    return kind != "agency" or parts <= MOST_WITH_DOCUMENTS


def documents_of(value: Value, stem: str, seal: Seal, *, with_pages: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a value with their names in the bundle; tables alone without pages."""
    for language in _languages(value):
        for ending, content in tables_of(value, language):
            yield f"{stem}.{language}.{ending}", content
        if with_pages:
            report = replace(_report(value, language), seal=seal)
            yield f"{stem}.{language}.pdf", report_pdf(report)
            yield f"{stem}.{language}.docx", report_docx(report)
            yield f"{stem}.{language}.xlsx", _book(value, language)


def document_names(value: Value, stem: str, *, with_pages: bool) -> Iterator[str]:
    """Yield the names of what ``documents_of`` makes, without making it."""
    endings = ["csv", "excel.csv", "json", *(_PAGES if with_pages else ())]
    if not isinstance(value, AgencyFindings) and value.questions:
        endings.append("questions.csv")
    for language in _languages(value):
        yield from (f"{stem}.{language}.{ending}" for ending in endings)


def _languages(value: Value) -> tuple[str, ...]:
    return ("vi",) if isinstance(value, AgencyFindings) else ("vi", "en")


def _report(value: Value, language: str) -> Report:
    return agency_report(value, language) if isinstance(value, AgencyFindings) else annual_report(value, language)


def _book(value: Value, language: str) -> bytes:
    return agency_xlsx(value, language) if isinstance(value, AgencyFindings) else annual_xlsx(value, language)


def _add_evidence(session: Session, subject: Subject, writer: BundleWriter, *, but: frozenset[UUID]) -> None:
    evidence = evidence_of(session, subject, but=but)
    for name in DEFINITIONS:
        writer.add(f"definitions/{name}.json", pretty_json(evidence[name]))
    for name in COUNTS:
        rows = evidence[name]
        writer.add(f"counts/{name}.csv", rows_csv(list(rows[0]) if rows else ["agency_id"], rows))
    with watching() as seen:
        groups: list[dict[str, Any]] = []
        for kind, agency_id, found in findings_of(session, subject):
            groups += group_rows(kind, agency_id, witnesses(found, seen))
            seen.clear()
    writer.add(GROUPS, rows_csv(_GROUP_COLUMNS, groups))


def _about(
    version: ReleasedVersion, public_url: str, *, estimated: frozenset[UUID], has_counts: bool
) -> dict[str, Any]:
    return {
        "release": {
            "kind": version.kind,
            "code": version.code,
            "version": version.version,
            "note": version.note,
            "agency_id": str(version.agency_id),
            "agency": version.agency_code,
            "wave_id": str(version.wave_id) if version.wave_id else None,
            "wave": version.wave_code,
            "year": version.year if version.wave_id is None else None,
            "form": version.form,
            "released_on": version.released_on.isoformat(),
            "address": release_address(public_url, version.code),
        },
        "checksum": version.sha256,
        "has_counts": has_counts,
        # Surveys with strata or weights: their answers stay where they are, and their sums would not make the figures.
        "estimated_from_answers": sorted(str(wave_id) for wave_id in estimated),
        "seeds": {"rank_bootstrap": SEED},
    }


@cache
def software() -> dict[str, Any]:
    """Return what computes, draws and sets: the versions of its parts, and the checksum of our own sources."""
    return {
        "python": platform.python_version(),
        "packages": {name: version_of(name) for name in _PARTS},
        "sources": _checksum_of_sources(),
    }


def _checksum_of_sources() -> str:
    """Return one checksum of all that makes a figure or a document: two that are the same make the same bytes."""
    project = Path(analysis.__file__).parents[1]
    made_of = [path for folder in _SOURCES for path in (project / folder).rglob("*") if path.suffix in _KINDS]
    digest = hashlib.sha256()
    for path in sorted(made_of):
        digest.update(
            f"{path.relative_to(project).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
        )
    return digest.hexdigest()


def subject_in(release: dict[str, Any]) -> Subject:
    """Return what a bundle tells of, from its manifest.

    Raises:
        ValueError, KeyError: The manifest does not say so.

    """
    wave_id = UUID(release["wave_id"]) if release["wave_id"] else None
    day = date.fromisoformat(release["released_on"])
    return Subject(release["kind"], UUID(release["agency_id"]), wave_id, release["year"], release["form"], day)

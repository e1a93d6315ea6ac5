"""Checks a bundle on any machine: every file by its checksum, every document and figure by making it anew."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from analysis.proportions import wilson
from survey.findings.errors import FindingsError
from survey.findings.evidence import findings_of, measured_anew
from survey.findings.frozen import plain, thaw
from survey.findings.movement import SEED
from survey.findings.values import AgencyFindings
from survey.jobs.bundles import (
    COUNTS,
    DEFINITIONS,
    GROUPS,
    README,
    SOFTWARE,
    VALUES,
    Value,
    has_pages,
    software,
    subject_in,
)
from survey.jobs.verified import Verification
from survey.jobs.verify_coherence import check_coherence
from survey.jobs.verify_documents import DocumentCheck
from survey.jobs.verify_places import OF_COMPARISON, OF_GROUPS, QUESTIONS, agree, at, compared, measures_in
from survey.models.editions import Method, Questionnaire, content_sha256
from survey.queries.evidence import Evidence, Rows, open_evidence
from survey.rendering.blocks import Seal
from survey.rendering.bundle import LARGEST_FILE, MANIFEST, BundleError, BundleReader, read_rows
from survey.rendering.poster import qr_svg
from survey.rendering.release_readme import release_readme
from survey.services.frozen_values import checksum_of

# What a forged value may end in wherever it is read; a bundle is somebody else's file.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    FindingsError,
)


_FINDINGS: Final = "findings/"
_LONGEST_ADDRESS: Final = 500
Key = tuple[str, UUID]  # kind and agency


@dataclass(frozen=True, slots=True)
class _Told:
    """Where a released value stands in a bundle."""

    reader: BundleReader
    names: Mapping[Key, str]

    def read(self, key: Key) -> Any:  # noqa: ANN401 -- any JSON
        """Return a value as JSON; of thousands of bodies one after the other, never all at once."""
        return json.loads(self.reader.read(self.names[key]))


def verify_bundle(path: Path, *, quick: bool = False) -> Verification:
    """Check a bundle; needs neither a database nor a network.  ``quick`` leaves out documents with pages.

    Raises:
        BundleError: The file is no bundle that could be checked at all.

    """
    reader = BundleReader(path)
    with path.open("rb") as stream:
        found = Verification(_release(reader), hashlib.file_digest(stream, "sha256").hexdigest())
    _check_files(reader, found)
    told = _check_values(reader, found, quick=quick)
    found.has_counts = bool(reader.manifest.get("has_counts"))
    found.has_gaps = bool(reader.manifest.get("estimated_from_answers"))
    if found.has_counts:
        _check_figures(reader, found, told)
    else:
        _check_coherence(reader, found, told)
    return found


def _check_coherence(reader: BundleReader, found: Verification, told: _Told) -> None:
    """Check what was estimated from answers against itself; only such a survey may leave its counts at home."""
    by_design = False
    for key, name in told.names.items():
        value = told.read(key)
        by_design = by_design or value.get("weighting") == "design"
        try:
            check_coherence(found, name, value)
        except _UNREADABLE as error:
            found.fault(name, f"không đọc được số liệu ({error})", f"its figures cannot be read ({error})")
    if not by_design or not reader.manifest.get("estimated_from_answers"):
        found.fault(
            MANIFEST,
            "nói không có số đếm, nhưng khảo sát này không chia tầng, không có trọng số",
            "says that there are no counts, but this survey has neither strata nor weights",
        )


def _release(reader: BundleReader) -> dict[str, Any]:
    release: Any = reader.manifest.get("release")
    try:
        subject_in(release)
        code, address = release["code"], release["address"]
        if not (code.isascii() and code.isalnum() and address.isascii() and len(address) < _LONGEST_ADDRESS):
            raise BundleError(
                vi=f"{MANIFEST} ghi mã hoặc địa chỉ không thể có.",
                en=f"{MANIFEST} names an impossible code or address.",
            )
        return dict(release)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BundleError(
            vi=f"{MANIFEST} không nói gói này của bản công bố nào ({error}).",
            en=f"{MANIFEST} does not say of which release this bundle is ({error}).",
        ) from error


def _check_files(reader: BundleReader, found: Verification) -> None:
    """Compare every file with the manifest, and the manifest with what the software writes into it."""
    listed = {str(entry.get("path")): entry for entry in reader.manifest["files"] if isinstance(entry, dict)}
    for name in sorted(set(reader.names()) - set(listed)):
        found.fault(name, "tệp không có trong bản kê", "the file is not in the manifest")
    for name, entry in sorted(listed.items()):
        size = entry.get("bytes")
        try:
            content = reader.read(name, most=size if isinstance(size, int) and 0 <= size < LARGEST_FILE else 0)
        except BundleError as error:
            found.fault(name, error.vi, error.en)
            continue
        if len(content) != size or hashlib.sha256(content).hexdigest() != entry.get("sha256"):
            found.fault(
                name,
                "nội dung đã bị thay đổi: mã kiểm khác bản kê",
                "was changed: its checksum is not that of the manifest",
            )
        else:
            found.files += 1
    if reader.manifest.get("seeds") != {"rank_bootstrap": SEED}:
        found.fault(MANIFEST, "ghi số mầm ngẫu nhiên khác", "says another seed of random numbers")


def _check_values(reader: BundleReader, found: Verification, *, quick: bool) -> _Told:
    """Read each value, make its documents again, and compare the common checksum, which the public page shows."""
    manifest, release = reader.manifest, found.release
    names = [name for name in reader.names() if name.startswith(_FINDINGS)]
    same_software = _same_software(reader)
    check = DocumentCheck(found, reader, same_software=same_software, quick=quick)
    seal = Seal(f"{manifest.get('checksum')}", release["address"], qr_svg(release["address"]))
    told: dict[Key, str] = {}
    checksums: dict[Key, str] = {}
    for name in names:
        kind = name.removeprefix(_FINDINGS).partition("-")[0]
        try:
            content = reader.read(name)
            value: Value = thaw(VALUES[kind], content)
        except BundleError:
            # It was said already that it is damaged.
            continue
        except _UNREADABLE as error:
            found.fault(name, f"không đọc được số liệu ({error})", f"its figures cannot be read ({error})")
            continue
        key = kind, value.agency.id if isinstance(value, AgencyFindings) else value.root.id
        if key in told:
            found.fault(name, f"nói lần nữa điều {told[key]} đã nói", f"tells again what {told[key]} tells")
        told[key], checksums[key] = name, hashlib.sha256(content).hexdigest()
        stem = name.replace(_FINDINGS, "documents/").removesuffix(".json")
        check.check(value, stem, seal, with_pages=has_pages(kind, len(names)))
    if checksum_of(checksums) != manifest.get("checksum"):
        found.fault(
            _FINDINGS, "mã kiểm chung khác mã trong bản kê", "their common checksum is not that of the manifest"
        )
    _check_names(reader, found, {*names, *check.expected})
    if same_software:
        _check_readme(reader, found)
    return _Told(reader, told)


def _same_software(reader: BundleReader) -> bool:
    try:
        told: Any = json.loads(reader.read(SOFTWARE))
        return all(told.get(name) == software()[name] for name in ("packages", "sources"))
    except (BundleError, *_UNREADABLE):
        return True


def _check_names(reader: BundleReader, found: Verification, expected: set[str]) -> None:
    """Tell of files that no bundle has, and of those that this one should have."""
    expected |= {README, SOFTWARE}
    if reader.manifest.get("has_counts"):
        expected |= {GROUPS, *_evidence_names()}
    listed = {str(entry.get("path")) for entry in reader.manifest["files"] if isinstance(entry, dict)}
    names = set(reader.names())
    for name in sorted((names & listed) - expected):
        found.fault(name, "không phải tệp của một gói hồ sơ", "is no file of a bundle")
    for name in sorted(expected - names - listed):
        found.fault(name, "thiếu trong gói", "is missing from the bundle")


def _check_readme(reader: BundleReader, found: Verification) -> None:
    told = release_readme(found.release["code"], found.release["address"])
    if README in reader.names() and reader.read(README) != told:
        found.fault(README, "không đúng như phần mềm viết", "is not what the software writes")


def _evidence_names() -> tuple[str, ...]:
    return (*(f"definitions/{one}.json" for one in DEFINITIONS), *(f"counts/{one}.csv" for one in COUNTS))


def _check_figures(reader: BundleReader, found: Verification, told: _Told) -> None:
    evidence = _read_evidence(reader, found)
    groups = _GroupRows.read(reader, evidence, found) if evidence else None
    if evidence is None or groups is None:
        return
    _check_questionnaires(found, evidence)
    left = dict(told.names)
    try:
        with open_evidence(evidence) as session:
            for kind, agency_id, value in findings_of(session, subject_in(found.release)):
                name = left.pop((kind, agency_id), None)
                if name is None:
                    found.fault(_FINDINGS, f"thiếu số liệu {kind} của {agency_id}", f"lack the {kind} of {agency_id}")
                    continue
                frozen = told.read((kind, agency_id))
                _check_value(found, name, frozen, plain(value), groups.of(kind, agency_id, frozen))
    except BundleError as error:
        found.fault(_FINDINGS, error.vi, error.en)
    except _UNREADABLE as error:
        found.fault("counts/", f"không tính lại được ({error})", f"no figure can be made of them ({error})")
        return
    for name in sorted(left.values()):
        found.fault(name, "không có số đếm để tính lại", "there are no counts to make it from")


def _check_value(
    found: Verification, name: str, told: dict[str, Any], anew: dict[str, Any], groups: Mapping[str, Any]
) -> None:
    _compare(found, name, told, anew, leaving=OF_COMPARISON if found.has_gaps else frozenset())
    for place, measures in groups.items():
        _compare(found, name, at(told, place), measures, place)
    _check_questions(found, name, told)
    for one in sorted(OF_GROUPS & set(told)):
        for place in measures_in(told[one], one):
            if place not in groups:
                found.skipped(one)
    if found.has_gaps and told.get("series"):
        found.skipped("series")


def _check_questionnaires(found: Verification, evidence: Evidence) -> None:
    """Hold the questionnaires and methods to their own checksums, which the figures name."""
    for table in ("questionnaire_editions", "method_editions"):
        for row in evidence[table]:
            if content_sha256(row["content"]) != row.get("sha256"):
                found.fault(
                    f"definitions/{table}.json",
                    "nội dung không khớp mã kiểm của chính nó",
                    "its content has another checksum than it says",
                )


def _compare(
    found: Verification,
    name: str,
    told: Any,  # noqa: ANN401 -- any JSON
    anew: Any,  # noqa: ANN401 -- likewise
    place: str = "",
    *,
    leaving: frozenset[str] = frozenset(),
) -> None:
    for where, one, other in compared(told, anew, place, leaving):
        found.figures += 1
        if not agree(one, other):
            _differs(found, name, where, one, other)


def _read_evidence(reader: BundleReader, found: Verification) -> Evidence | None:
    evidence: Evidence = {}
    for name in _evidence_names():
        table = name.rpartition("/")[2].partition(".")[0]
        try:
            content = reader.read(name)
            evidence[table] = json.loads(content) if name.endswith(".json") else read_rows(content)
        except (BundleError, *_UNREADABLE) as error:
            found.fault(name, f"thiếu hoặc không đọc được ({error})", f"is missing or cannot be read ({error})")
    return evidence if len(evidence) == len(DEFINITIONS) + len(COUNTS) else None


class _GroupRows:
    """The sums of groups, by the value in which they are told."""

    def __init__(self, evidence: Evidence) -> None:
        """Read the questionnaires and methods that the sums are estimated by."""
        self._rows: dict[Key, Rows] = defaultdict(list)
        editions = {row["id"]: Questionnaire.from_content(row["content"]) for row in evidence["questionnaire_editions"]}
        methods = {row["id"]: Method.from_content(row["content"]) for row in evidence["method_editions"]}
        self._asked = {
            row["id"]: (editions[row["questionnaire_edition_id"]], methods[row["method_edition_id"]])
            for row in evidence["waves"]
        }

    @classmethod
    def read(cls, reader: BundleReader, evidence: Evidence, found: Verification) -> _GroupRows | None:
        """Read the rows; None, with a fault, where they or what they need cannot be read."""
        try:
            groups = cls(evidence)
            for row in read_rows(reader.read(GROUPS)):
                row["n"] = int(row["n"])
                groups._rows[row["kind"], UUID(row["agency_id"])].append(row)
        except (BundleError, *_UNREADABLE) as error:
            found.fault(GROUPS, f"thiếu hoặc không đọc được ({error})", f"is missing or cannot be read ({error})")
            return None
        return groups

    def of(self, kind: str, agency_id: UUID, told: Mapping[str, Any]) -> dict[str, Any]:
        """Make the figures of groups of a value anew, each from its own row, by where they stand."""
        rows = self._rows.pop((kind, agency_id), [])
        if not rows:
            return {}
        wave = told["wave"] if kind == "agency" else told["waves"][0]
        asked = self._asked[wave["id"]]
        return {row["place"]: plain(measured_anew(row, *asked)) for row in rows}


def _differs(found: Verification, name: str, place: str, one: object, other: object) -> None:
    found.fault(
        f"{name}: {place}",
        f"đã công bố {one}, tính lại từ số đếm được {other}",
        f"released as {one}, made anew from the counts it is {other}",
    )


def _check_questions(found: Verification, name: str, told: Mapping[str, Any]) -> None:
    """Make the share of every option of a question that is not rated anew, from the counts beside it."""
    for number, question in enumerate(told.get(QUESTIONS) or ()):
        for position, option in enumerate(question["options"]):
            if option["share"] is None or not question["n"]:
                continue
            level = option["share"]["confidence_level"]
            share = plain(wilson(successes=option["count"], n=question["n"], confidence_level=level))
            _compare(found, name, option["share"], share, f"{QUESTIONS}/{number}/options/{position}/share")

"""Checks a bundle on any machine: every file by its checksum, every figure by making it anew from the counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from analysis.proportions import wilson
from survey.findings.errors import FindingsError
from survey.findings.evidence import findings_of, measured_anew
from survey.findings.frozen import plain, thaw
from survey.findings.values import AgencyFindings
from survey.jobs.bundles import COUNTS, DEFINITIONS, GROUPS, VALUES, subject_in, tables_of
from survey.models.editions import Method, Questionnaire
from survey.queries.evidence import Evidence, open_evidence
from survey.rendering.bundle import LARGEST_FILE, MANIFEST, BundleError, BundleReader, read_rows
from survey.services.frozen_values import common_checksum

# As far apart as two machines may compute the same number.
TOLERANCE: Final = 1e-9
# Bare counts and dates: not figures of answers, and what they are counted from stays where it is.
NOT_FIGURES: Final = frozenset(
    {
        "made_on",
        "folded_until",
        "stored",
        "letterhead",
        "forms",
        "exclusions",
        "withdrawals",
        "corrections",
        "is_final",
        "seed",
    }
)
# Told apart by what tallies beside these keep; each is made anew from its own row of ``groups``.
OF_GROUPS: Final = frozenset({"breakdowns", "by_channel", "by_field", "by_group", "exclusion_effect", "proof"})
QUESTIONS: Final = "questions"
_LANGUAGES: Final = ("vi", "en")
_NEEDED: Final = ("findings/", "definitions/", "counts/")
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


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not agree, and where; both languages."""

    place: str
    vi: str
    en: str

    def text(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.en if language == "en" else self.vi


@dataclass
class Verification:
    """What a check found: how many files and figures agree, and everything that does not."""

    release: dict[str, Any]
    bundle_sha256: str
    files: int = 0
    figures: int = 0
    has_counts: bool = True
    faults: list[Fault] = field(default_factory=list)
    unchecked: dict[str, int] = field(default_factory=dict)

    def fault(self, place: str, vi: str, en: str) -> None:
        """Note something that does not agree."""
        self.faults.append(Fault(place, vi, en))


def verify_bundle(path: Path) -> Verification:
    """Check a bundle; needs neither a database nor a network.

    Raises:
        BundleError: The file is no bundle that could be checked at all.

    """
    reader = BundleReader(path)
    with path.open("rb") as stream:
        found = Verification(_release(reader), hashlib.file_digest(stream, "sha256").hexdigest())
    contents = _check_files(reader, found)
    frozen = _check_values(reader.manifest, contents, found)
    _check_tables(frozen, reader, found)
    found.has_counts = bool(reader.manifest.get("has_counts"))
    if found.has_counts:
        _check_figures(found, frozen, contents)
    return found


def _release(reader: BundleReader) -> dict[str, Any]:
    release: Any = reader.manifest.get("release")
    try:
        subject_in(release)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            vi=f"{MANIFEST} không nói gói này của bản công bố nào ({error}).",
            en=f"{MANIFEST} does not say of which release this bundle is ({error}).",
        ) from error
    return dict(release)


def _check_files(reader: BundleReader, found: Verification) -> dict[str, bytes]:
    """Compare every file with the manifest; return those needed below that agree."""
    contents: dict[str, bytes] = {}
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
        if name.startswith(_NEEDED):
            contents[name] = content
    return contents


def _check_values(
    manifest: Mapping[str, Any], contents: Mapping[str, bytes], found: Verification
) -> dict[tuple[str, UUID], Any]:
    """Read the frozen values and compare their common checksum, which the public page shows."""
    values: dict[tuple[str, UUID], bytes] = {}
    read: dict[tuple[str, UUID], Any] = {}
    for name, content in contents.items():
        if not name.startswith("findings/"):
            continue
        kind = name.removeprefix("findings/").partition("-")[0]
        try:
            value = thaw(VALUES[kind], content)
        except _UNREADABLE as error:
            found.fault(name, f"không đọc được số liệu ({error})", f"its figures cannot be read ({error})")
            continue
        agency_id = value.agency.id if isinstance(value, AgencyFindings) else value.root.id
        values[kind, agency_id] = content
        read[kind, agency_id] = (name, value)
    if common_checksum(values) != manifest.get("checksum"):
        found.fault(
            "findings/", "mã kiểm chung khác mã trong bản kê", "their common checksum is not that of the manifest"
        )
    return read


def _check_tables(frozen: Mapping[tuple[str, UUID], Any], reader: BundleReader, found: Verification) -> None:
    """Write the tables of every value again and compare them byte by byte."""
    names = set(reader.names())
    for name, value in frozen.values():
        stem = name.replace("findings/", "documents/").removesuffix(".json")
        try:
            tables = {
                f"{stem}.{language}.{ending}": made
                for language in _LANGUAGES
                for ending, made in tables_of(value, language)
            }
        except _UNREADABLE as error:
            found.fault(name, f"không lập được bảng từ số liệu này ({error})", f"no table can be made of it ({error})")
            continue
        for table, made in tables.items():
            if table in names and _content(reader, table) != made:
                found.fault(table, "không đúng như số liệu đã công bố", "does not say what the released figures say")


def _content(reader: BundleReader, name: str) -> bytes | None:
    try:
        return reader.read(name)
    except BundleError:
        return None


def _check_figures(found: Verification, frozen: Mapping[tuple[str, UUID], Any], contents: Mapping[str, bytes]) -> None:
    evidence = _read_evidence(contents, found)
    if evidence is None:
        return
    anew: dict[tuple[str, UUID], Any] = {}
    try:
        with open_evidence(evidence) as session:
            for kind, agency_id, value in findings_of(session, subject_in(found.release)):
                anew[kind, agency_id] = plain(value)
    except _UNREADABLE as error:
        found.fault("counts/", f"không tính lại được ({error})", f"no figure can be made of them ({error})")
        return
    groups = _groups(contents, evidence, frozen, found)
    for key, (name, value) in sorted(frozen.items(), key=lambda item: item[1][0]):
        told = plain(value)
        if key not in anew:
            found.fault(name, "không có số đếm để tính lại", "there are no counts to make it from")
            continue
        _compare(found, name, told, anew[key])
        for place, measures in groups.get(key, {}).items():
            _compare(found, name, _at(told, place), measures, place)
        _check_questions(found, name, told)
        _count_unchecked(found, told, groups.get(key, {}))


def _compare(found: Verification, name: str, told: Any, anew: Any, place: str = "") -> None:  # noqa: ANN401 -- any JSON
    for below, one, other in _compared(told, anew, place):
        found.figures += 1
        if not _agree(one, other):
            _differs(found, name, below, one, other)


def _read_evidence(contents: Mapping[str, bytes], found: Verification) -> Evidence | None:
    evidence: Evidence = {}
    for name in (*(f"definitions/{one}.json" for one in DEFINITIONS), *(f"counts/{one}.csv" for one in COUNTS)):
        table = name.rpartition("/")[2].partition(".")[0]
        try:
            content = contents[name]
            evidence[table] = json.loads(content) if name.endswith(".json") else read_rows(content)
        except _UNREADABLE as error:
            found.fault(name, f"thiếu hoặc không đọc được ({error})", f"is missing or cannot be read ({error})")
    return evidence if len(evidence) == len(DEFINITIONS) + len(COUNTS) else None


def _groups(
    contents: Mapping[str, bytes], evidence: Evidence, frozen: Mapping[tuple[str, UUID], Any], found: Verification
) -> dict[tuple[str, UUID], dict[str, Any]]:
    """Make the figures of groups anew, each from its own row."""
    made: dict[tuple[str, UUID], dict[str, Any]] = {}
    try:
        questionnaires = {
            f"{row['questionnaire']}/{row['edition']}": Questionnaire.from_content(row["content"])
            for row in evidence["questionnaire_editions"]
        }
        methods = {row["code"]: Method.from_content(row["content"]) for row in evidence["method_editions"]}
        for row in read_rows(contents.get(GROUPS, b"")):
            key = row["kind"], UUID(row["agency_id"])
            if key not in frozen:
                # Its value could not be read, which was said already.
                continue
            _, value = frozen[key]
            wave = value.wave if row["kind"] == "agency" else value.waves[0]
            asked = questionnaires[f"{wave.questionnaire}/{wave.questionnaire_edition}"]
            row["n"] = int(row["n"])
            made.setdefault(key, {})[row["place"]] = plain(measured_anew(row, asked, methods[wave.method_edition]))
    except _UNREADABLE as error:
        found.fault(GROUPS, f"không đọc được ({error})", f"cannot be read ({error})")
    return made


def _compared(told: Any, anew: Any, place: str) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 -- any JSON
    """Yield every figure that is told with the one made anew; what is withheld is told nowhere and not compared."""
    if isinstance(told, dict):
        for name in sorted(told):
            if name not in NOT_FIGURES | OF_GROUPS and name != QUESTIONS:
                yield from _compared(
                    told[name], anew.get(name) if isinstance(anew, dict) else None, _below(place, name)
                )
    elif isinstance(told, list):
        for position, each in enumerate(told):
            other = anew[position] if isinstance(anew, list) and position < len(anew) else None
            yield from _compared(each, other, _below(place, f"{position}"))
    elif told is not None:
        yield place, told, anew


def _agree(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return one == other


def _differs(found: Verification, name: str, place: str, one: object, other: object) -> None:
    found.fault(
        f"{name}: {place}",
        f"đã công bố {one}, tính lại từ số đếm được {other}",
        f"released as {one}, made anew from the counts it is {other}",
    )


def _check_questions(found: Verification, name: str, told: Mapping[str, Any]) -> None:
    """Make the share of every option of a question that is not rated anew, from the counts beside it."""
    for at, question in enumerate(told.get(QUESTIONS) or ()):
        for position, option in enumerate(question["options"]):
            if option["share"] is None or not question["n"]:
                continue
            level = option["share"]["confidence_level"]
            share = plain(wilson(successes=option["count"], n=question["n"], confidence_level=level))
            _compare(found, name, option["share"], share, f"{QUESTIONS}/{at}/options/{position}/share")


def _count_unchecked(found: Verification, told: Mapping[str, Any], groups: Mapping[str, Any]) -> None:
    """Count the figures of groups of which the bundle has no sums."""
    for name in sorted(OF_GROUPS & set(told)):
        for place in _measures_in(told[name], name):
            if place not in groups:
                found.unchecked[name] = found.unchecked.get(name, 0) + 1


def _measures_in(told: Any, place: str) -> Iterator[str]:  # noqa: ANN401 -- any JSON
    if isinstance(told, dict):
        if told.get("share_satisfied") is not None:
            yield place
        else:
            for name, each in told.items():
                yield from _measures_in(each, _below(place, name))
    elif isinstance(told, list):
        for position, each in enumerate(told):
            yield from _measures_in(each, _below(place, f"{position}"))


def _at(told: Any, place: str) -> Any:  # noqa: ANN401 -- any JSON
    for part in place.split("/"):
        try:
            told = told[int(part)] if isinstance(told, list) else told[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return told


def _below(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name

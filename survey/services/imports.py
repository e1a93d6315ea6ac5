"""An existing survey goes into a wave: first the whole file is checked, then all of it is stored, or nothing.

The two steps are apart so that a long check holds no lock: what it finds good waits in a temporary file.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import response_id
from survey.models.responses import Response
from survey.models.tallies import FoldMark
from survey.services.audit import Act, Detail
from survey.services.errors import ImportRefusedError
from survey.services.fold import fold
from survey.services.import_file import CsvFile, open_csv
from survey.services.import_lines import BadCell, Complaints, Header, Line, LineReader
from survey.services.import_map import ImportMap
from survey.services.import_target import ImportTarget, find_target, make_target
from survey.services.progress import Progress, no_progress

READING: Final = ("Đọc tệp", "Reading")
STORING: Final = ("Ghi phiếu", "Storing")
FOLDING: Final = ("Tổng hợp", "Folding")
BATCH: Final = 2_000
SQLITE_CACHE_KIB: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class CheckedImport:
    """A file that was read through.

    ``responses`` are good, ``skipped`` lines were left out by [only], ``blank`` responses hold no answer, and
    ``bad_cells`` could not be read: if there is a single one, nothing of the file may be stored.
    """

    file: CsvFile
    plan: ImportMap
    target: ImportTarget
    responses: int
    skipped: int
    blank: int
    bad_cells: int
    first_day: date | None
    last_day: date | None
    spool: IO[str]


@dataclass(frozen=True, slots=True)
class ImportedResponses:
    """What an import did: ``stored`` responses of so many ``agencies``, or, of a file known before, nothing at all.

    ``rated`` counts the stored responses by agency, ``made`` are the agencies that were made for them.
    """

    wave_id: UUID
    wave_code: str
    stored: int
    already_there: int
    agencies: int
    agencies_made: int
    rated: Mapping[UUID, int] = field(default_factory=dict)
    made: frozenset[UUID] = frozenset()


@contextmanager
def checked_import(
    session: Session,
    path: Path,
    plan: ImportMap,
    *,
    today: date,
    on_bad_cell: Callable[[BadCell], None],
    progress: Progress = no_progress,
) -> Iterator[CheckedImport]:
    """Check a file against its map without writing to the database; every bad cell is told to ``on_bad_cell``.

    Raises:
        ServiceError: where the file, or what it is to go into, cannot be used at all.

    """
    file = open_csv(path, encoding=plan.file.encoding, delimiter=plan.file.delimiter, columns=plan.columns_named())
    target = find_target(session, plan)
    complaints = Complaints(on_bad_cell)
    reader = LineReader(file, plan, target, today, complaints)
    with tempfile.TemporaryFile("w+", encoding="utf-8", prefix="hailong-import-") as spool:
        responses, first_day, last_day = 0, None, None
        for line in reader.read():
            if responses % BATCH == 0:
                progress(READING, line.number, file.line_count)
            responses += 1
            day = line.header.day
            first_day, last_day = min(first_day or day, day), max(last_day or day, day)
            if not complaints.in_file:
                spool.write(_packed(line))
        progress(READING, file.line_count, file.line_count)
        yield CheckedImport(
            file, plan, target, responses, reader.skipped, reader.blank, complaints.in_file, first_day, last_day, spool
        )


def store_import(
    session: Session, checked: CheckedImport, *, today: date, progress: Progress = no_progress
) -> ImportedResponses:
    """Store what was checked, with the wave and the agencies it needs, and fold it, so that its figures are there.

    The same file again changes nothing: a line is known by its wave, the file's checksum and its number.

    Raises:
        ImportRefusedError: where there are bad cells, or the file was stored for other agencies before.

    """
    if checked.bad_cells or not checked.responses or checked.last_day is None:
        raise ImportRefusedError(
            vi=f"Tệp {checked.file.path} có {checked.bad_cells} ô sai và {checked.responses} phiếu dùng được; "
            f"chưa ghi gì. Hãy sửa rồi nhập lại.",
            en=f"The file {checked.file.path} has {checked.bad_cells} bad cells and {checked.responses} usable "
            f"responses; nothing was stored. Correct it and import it again.",
        )
    wave, agency_ids = make_target(session, checked.plan, checked.target, today=today)
    rated: Counter[UUID] = Counter()
    if is_new := not _is_known(session, wave, checked, agency_ids):
        rated = _insert(session, checked, wave, agency_ids, progress)
        fold(
            session,
            until=_last_day_to_fold(session, wave, checked.last_day, set(rated)),
            wave_ids=[wave.id],
            progress=lambda part, total: progress(FOLDING, part, total),
        )
    stored = checked.responses if is_new else 0
    return ImportedResponses(
        wave.id,
        wave.code,
        stored,
        checked.responses - stored,
        len(rated),
        len(checked.target.to_make),
        rated,
        frozenset(agency_ids[key] for key in checked.target.to_make if key in agency_ids),
    )


def imported_acts(done: ImportedResponses, *, name: str) -> Iterator[Act]:
    """Tell of a whole file, and to each agency of its own answers."""
    subject = f"responses {name}"
    yield Act("import.done", subject, None, {"answers": done.stored})
    for agency_id in {**done.rated, **dict.fromkeys(done.made, 0)}:
        answers = done.rated.get(agency_id, 0)
        details: dict[str, Detail] = {"wave": done.wave_code, "answers": answers}
        yield Act("import.done", subject, agency_id, details | ({"added": 1} if agency_id in done.made else {}))


def _insert(
    session: Session, checked: CheckedImport, wave: Wave, agency_ids: dict[str, UUID], progress: Progress
) -> Counter[UUID]:
    """Insert every response; return how many of each agency."""
    rated: Counter[UUID] = Counter()
    done = 0
    if session.connection().dialect.name == "sqlite":
        # Keys are random: with the default of 2 MB the same pages would be written again and again.
        session.connection().exec_driver_sql(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
    try:
        for batch in _batches(_rows(checked, wave, agency_ids)):
            session.connection().execute(insert(Response), batch)
            rated.update(row["agency_id"] for row in batch)
            done += len(batch)
            progress(STORING, done, checked.responses)
    except IntegrityError as error:
        # A line of this file is there already, although its first one is not.
        raise _other_map(checked) from error
    return rated


def _is_known(session: Session, wave: Wave, checked: CheckedImport, agency_ids: dict[str, UUID]) -> bool:
    """Tell whether the file was imported into the wave before, every line for the same agency.

    A key is unique within its agency only, so a map that now names other agencies would store a line twice.

    Raises:
        ImportRefusedError: where some lines are there, or belong to other agencies.

    """
    first = next(_lines(checked.spool))
    below = select(Agency.id).where(Agency.path.startswith(wave.agency.path, autoescape=True))
    first_agency = session.scalar(
        select(Response.agency_id).where(
            Response.agency_id.in_(below), Response.key_hash == _key_hash(wave, checked.file, first.number)
        )
    )
    if first_agency is None:
        return False
    there = sum(_count_there(session, batch) for batch in _batches(_rows(checked, wave, agency_ids)))
    if there < checked.responses:
        raise _other_map(checked)
    return True


def _count_there(session: Session, batch: list[dict[str, Any]]) -> int:
    keys: dict[UUID, list[str]] = defaultdict(list)
    for row in batch:
        keys[row["agency_id"]].append(row["key_hash"])
    return sum(
        session.execute(
            select(func.count()).where(Response.agency_id == agency_id, Response.key_hash.in_(hashes))
        ).scalar_one()
        for agency_id, hashes in keys.items()
    )


def _last_day_to_fold(session: Session, wave: Wave, last_day: date, agency_ids: set[UUID]) -> date:
    """Return the last imported day, or the day the wave is folded to where that is later: paper comes in late."""
    folded = select(func.max(FoldMark.folded_until)).where(
        FoldMark.agency_id.in_(agency_ids), FoldMark.wave_id == wave.id
    )
    return max(last_day, session.scalar(folded) or last_day)


def _packed(line: Line) -> str:
    number, header, answers = line
    return json.dumps([number, *header[:1], header.day.isoformat(), *header[2:], answers], ensure_ascii=False) + "\n"


def _lines(spool: IO[str]) -> Iterator[Line]:
    spool.seek(0)
    for text in spool:
        number, agency, day, *rest, answers = json.loads(text)
        yield Line(number, Header(agency, date.fromisoformat(day), *rest), answers)


def _rows(checked: CheckedImport, wave: Wave, agency_ids: dict[str, UUID]) -> Iterator[dict[str, Any]]:
    wave_id, edition_id = wave.id, wave.questionnaire_edition_id
    for number, header, answers in _lines(checked.spool):
        agency_id = agency_ids[header.agency]
        yield {
            "agency_id": agency_id,
            "id": response_id(header.day),
            "wave_id": wave_id,
            "questionnaire_edition_id": edition_id,
            "received_by_agency_id": agency_id,
            "answered_on": header.day,
            "channel": header.channel,
            "language": header.language,
            "answers": answers,
            "key_hash": _key_hash(wave, checked.file, number),
            "stratum": header.stratum,
            "cluster": header.cluster,
            "weight": header.weight,
        }


def _key_hash(wave: Wave, file: CsvFile, line: int) -> str:
    return hashlib.sha256(f"{wave.id} {file.sha256} {line}".encode()).hexdigest()


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _other_map(checked: CheckedImport) -> ImportRefusedError:
    code = checked.plan.wave.code
    return ImportRefusedError(
        vi=f"Tệp này đã nhập vào đợt {code} bằng một tệp ánh xạ khác; chưa ghi gì thêm. Hãy dùng lại tệp ánh xạ cũ, "
        f"hoặc nhập vào một đợt khác.",
        en=f"This file was imported into the wave {code} with another map; nothing was added. Use that map, or "
        f"another wave.",
    )

from __future__ import annotations

import io
import unicodedata

import pytest
import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from small_world import DAY, World, small_world
from survey.models.audit import AuditEntry
from survey.models.fieldwork import PopulationSize
from survey.services.errors import ImportRefusedError, WaveError
from survey.services.fold import fold
from survey.services.population_import import PopulationPlan, plan_population, store_population
from survey.services.table_file import read_table


@pytest.fixture
def world(session: Session) -> World:
    world = small_world(session)
    world.add_service("S1", agency="A")
    return world


def plan(world: World, content: bytes, *, above: str = "P") -> PopulationPlan:
    """Plan a file for a survey manager of the agency ``above``, who sets N of what lies below it."""
    root = world.agencies[above].path
    table = read_table(content, name="n.csv")
    wave = world.waves["W"]
    return plan_population(
        world.session, wave, table, may_set=lambda path: path.startswith(root) and (path != root or above == "P")
    )


def kept(world: World) -> dict[tuple[str, str], int]:
    rows = world.session.scalars(select(PopulationSize))
    codes = {agency.id: code for code, agency in world.agencies.items()}
    return {(codes[row.agency_id], row.month): row.transactions for row in rows if row.service_field_id is None}


def bad(found: PopulationPlan) -> list[tuple[int, str]]:
    return [(cell.line, cell.column) for cell in found.bad]


@pytest.mark.parametrize(
    "content",
    [
        b"agency_code,month,transactions\nA,2026-01,1200\nB,2026-02,30\n",
        "Mã cơ quan;Tháng;Số hồ sơ\nA;01/2026;1.200\nB;tháng 2/2026;30\n".encode("utf-8-sig"),
        "Ma\tThang\tN\nA\t2026/1\t1 200\nB\t2026-02-01\t30\n".encode("utf-16"),
    ],
)
def test_a_file_is_read_as_offices_write_it(world: World, content: bytes) -> None:
    found = plan(world, content)

    assert found.bad == []
    assert store_population(world.session, world.waves["W"], found, today=DAY, name="n.csv") == 2
    assert kept(world) == {("A", "2026-01"): 1200, ("B", "2026-02"): 30}


def windows_1258(text: str) -> bytes:
    """Write a text as Windows-1258 does: the tone behind its vowel."""
    written = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
        bare = "".join(part for part in parts if part not in tones)
        written.append(unicodedata.normalize("NFC", bare) + "".join(tones))
    return "".join(written).encode("cp1258")


def test_windows_1258_is_read(world: World) -> None:
    content = windows_1258("Mã cơ quan;Tháng;Số hồ sơ\nA;01/2026;12\n")

    assert [size.transactions for size in plan(world, content).sizes] == [12]


def test_a_spreadsheet_is_read_and_a_formula_in_it_is_named(world: World) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("N")
        for line, cells in enumerate([("Mã cơ quan", "Tháng", "Số hồ sơ"), ("A", "2026-01", 12), ("B", "2026-01")]):
            sheet.write_row(line, 0, cells)
        sheet.write_formula(2, 2, "=A2*2")

    found = plan(world, file.getvalue())

    assert [size.transactions for size in found.sizes] == [12]
    assert {line for line, _ in bad(found)} == {3}


def test_every_bad_line_is_named_with_its_cell(world: World) -> None:
    found = plan(
        world,
        b"agency_code,month,transactions,field_code,wave_code\n"
        b"NOBODY,2026-01,5,,\nA,2026-13,5,,\nA,2026-05,5,,\nA,2026-01,-5,,\nA,2026-01,0,,\n"
        b"A,2026-02,7,,\nA,2026-02,8,,\nB,2026-01,5,NOFIELD,\nB,2026-01,5,,OTHER\n",
    )

    assert bad(found) == [
        (2, "agency_code"),
        (3, "month"),
        (4, "month"),
        (5, "transactions"),
        (6, "month"),
        (8, "agency_code"),
        (9, "field_code"),
        (10, "wave_code"),
    ]
    assert "đã có ở dòng 7" in found.bad[5].vi


def test_only_what_lies_below_the_sender_is_taken(world: World) -> None:
    found = plan(world, b"agency_code,month,transactions\nA,2026-01,5\nB,2026-01,5\n", above="A")

    # Neither his own body nor a neighbour: to him both read the same.
    assert bad(found) == [(2, "agency_code"), (3, "agency_code")]
    assert len({cell.vi for cell in found.bad}) == 1


def test_n_below_the_answers_is_named_by_agency_month_and_field_and_still_planned(world: World) -> None:
    world.answer("A", [5, 4, 4, 5], times=20, service="S1")
    fold(world.session, until=DAY)

    found = plan(world, b"agency_code,month,transactions,field_code\nA,2026-02,7,\nA,2026-02,8,F-S1\nA,2026-01,3,\n")

    small = [(size.line, size.transactions, size.respondents) for size in found.too_small]
    assert small == [(2, 7, 20), (3, 8, 20)]
    assert len(found.added) == 3


def test_what_was_known_is_compared_and_the_change_stands_in_the_audit(world: World) -> None:
    world.set_population_size("A", {"2026-01": 10, "2026-02": 20})
    found = plan(world, b"agency_code,month,transactions\nA,2026-01,10\nA,2026-02,25\nA,2026-03,30\n")
    assert ([size.before for size in found.changed], len(found.added)) == ([20], 1)

    store_population(world.session, world.waves["W"], found, today=DAY, name="n.csv")

    entry = world.session.scalars(select(AuditEntry).order_by(AuditEntry.position.desc())).first()
    assert entry is not None
    assert (entry.verb, entry.subject) == ("population.imported", "W")
    assert entry.details["sizes"] == ["A 2026-03: - → 30", "A 2026-02: 20 → 25"]
    row = world.session.scalars(select(PopulationSize).where(PopulationSize.month == "2026-02")).one()
    assert row.set_on == DAY


def test_the_digest_tells_when_somebody_else_set_n_meanwhile(world: World) -> None:
    content = b"agency_code,month,transactions\nA,2026-01,10\n"
    shown = plan(world, content)
    assert plan(world, shown.as_csv().encode()).digest == shown.digest

    world.set_population_size("A", {"2026-01": 11})

    assert plan(world, content).digest != shown.digest


def test_a_released_wave_takes_no_file(world: World) -> None:
    world.waves["W"].state = "closed"
    world.release("W")

    with pytest.raises(WaveError, match="is released"):
        plan(world, b"agency_code,month,transactions\nA,2026-01,10\n")


def test_a_file_without_the_columns_is_refused(world: World) -> None:
    with pytest.raises(ImportRefusedError, match="lacks the column"):
        plan(world, b"code,when\nA,2026-01\n")


def test_a_number_of_thousands_of_digits_is_a_bad_cell(world: World) -> None:
    content = f"agency_code,month,transactions\nA,2026-01,{'9' * 5000}\nB,2026-01,{'9' * 12}\n".encode()

    assert bad(plan(world, content)) == [(2, "transactions"), (3, "month")]

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldwork import add_editions, add_wave
from survey.models.agencies import Agency
from survey.models.fieldwork import Wave
from survey.models.identifiers import response_id
from survey.models.responses import Response
from survey.models.tallies import LevelTally
from survey.services.agencies import add_agency
from survey.services.errors import ImportRefusedError, ServiceError
from survey.services.fold import fold
from survey.services.import_lines import BadCell
from survey.services.import_map import ImportMap, check_import_map, read_import_map
from survey.services.imports import ImportedResponses, checked_import, store_import
from survey.services.releases import draft_release, release_wave, review_wave
from survey.services.waves import close_wave, open_wave

TODAY = date(2026, 11, 21)
WAVE = {
    "code": "W",
    "name": "Đợt giấy",
    "agency": "P",
    "questionnaire": "test",
    "edition": "q1-q2-overall",
    "method": "share-2026",
    "sample_kind": "household",
    "index_year": 2026,
    "opens_on": date(2026, 1, 1),
    "closes_on": date(2026, 10, 31),
}


@dataclass
class Importing:
    """Runs an import the way the command does, on a file of the test's own."""

    session: Session
    folder: Path
    bad: list[BadCell] = field(default_factory=list)
    blank: int = 0
    skipped: int = 0

    def write(self, text: str | bytes, name: str = "answers.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def map(self, **sections: Any) -> ImportMap:
        base = {
            "columns": {"date": "date"},
            "constants": {"agency": "P"},
            "items": {"q1": "q1"},
            "wave": WAVE,
        }
        return check_import_map({**base, **sections}, name="map.toml")

    def run(self, text: str | bytes | Path, **sections: Any) -> ImportedResponses | None:
        path = text if isinstance(text, Path) else self.write(text)
        self.bad.clear()
        with checked_import(
            self.session, path, self.map(**sections), today=TODAY, on_bad_cell=self.bad.append
        ) as checked:
            self.blank, self.skipped = checked.blank, checked.skipped
            if checked.bad_cells:
                return None
            return store_import(self.session, checked, today=TODAY)

    def answers(self) -> list[dict[str, Any]]:
        return [dict(answers) for answers in self.session.scalars(select(Response.answers))]

    def stored(self) -> int:
        return self.session.scalar(select(func.count()).select_from(Response)) or 0


@pytest.fixture
def province(session: Session) -> Agency:
    return add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=date(2025, 7, 1))


@pytest.fixture
def importing(session: Session, province: Agency, tmp_path: Path) -> Importing:
    assert province.code == "P"
    add_editions(session, "q1", "q2", "overall")
    return Importing(session, tmp_path)


def test_texts_become_levels_no_opinion_or_nothing(importing: Importing) -> None:
    done = importing.run(
        "date,q1,q2\n2026-03-01,Rất hài lòng,3\n2026-03-02,Không biết,4.0\n2026-03-03,,x\n2026-03-04,,\n",
        items={"q1": "q1", "q2": "q2"},
        values={"Rất hài lòng": 5, "Không biết": "no_opinion", "x": "missing"},
    )

    assert done is not None
    assert (done.stored, done.agencies, importing.blank) == (2, 1, 2)
    assert sorted(importing.answers(), key=str) == [{"q1": 0, "q2": 4}, {"q1": 5, "q2": 3}]


def test_scale_can_run_the_other_way_round(importing: Importing) -> None:
    importing.run(
        "date,q1,q2\n2026-03-01,1,2\n2026-03-01,5,4\n",
        items={"q1": {"column": "q1", "reverse": True}, "q2": "q2"},
    )

    assert sorted(importing.answers(), key=str) == [{"q1": 1, "q2": 4}, {"q1": 5, "q2": 2}]


def test_listed_codes_are_levels_already_and_not_turned_round(importing: Importing) -> None:
    importing.run(
        "date,q1\n2026-03-01,1\n2026-03-01,tốt\n2026-03-01,6\n",
        scale={"reverse": True},
        values={"tốt": 4, "6": "no_opinion"},
    )

    assert sorted(answers["q1"] for answers in importing.answers()) == [0, 4, 5]


def test_long_layout_puts_a_respondents_lines_together(importing: Importing) -> None:
    done = importing.run(
        "id,date,question,value\n1,2026-03-01,a,5\n1,2026-03-01,b,2\n2,2026-03-01,a,4\n3,2026-03-01,b,\n",
        file={"layout": "long"},
        columns={"date": "date", "respondent": "id", "question": "question", "value": "value"},
        items={"q1": "a", "q2": "b"},
    )

    assert done is not None
    assert (done.stored, importing.blank) == (2, 1)
    assert sorted(importing.answers(), key=str) == [{"q1": 4}, {"q1": 5, "q2": 2}]


@pytest.mark.parametrize(
    ("lines", "line", "word"),
    [
        ("1,2026-03-01,a,5\n2,2026-03-01,a,5\n1,2026-03-01,b,5\n", 4, "came earlier"),
        ("1,2026-03-01,a,5\n1,2026-03-02,b,5\n", 3, "another date"),
        ("1,2026-03-01,a,5\n1,2026-03-01,a,4\n", 3, "twice"),
        ("1,2026-03-01,z,5\n", 2, "none of the questions"),
    ],
)
def test_long_layout_names_lines_that_do_not_fit(importing: Importing, lines: str, line: int, word: str) -> None:
    importing.run(
        f"id,date,question,value\n{lines}",
        file={"layout": "long"},
        columns={"date": "date", "respondent": "id", "question": "question", "value": "value"},
        items={"q1": "a", "q2": "b"},
    )

    assert [(cell.line, word in cell.en) for cell in importing.bad] == [(line, True)]


def test_every_bad_cell_is_named_and_nothing_is_stored(importing: Importing) -> None:
    done = importing.run(
        'date,q1,q2\n2026-03-01,5,2.5\n2026-03-01,4,4\nhôm qua,62,"mười\nhai"\n2026-03-01,0,5\n',
        items={"q1": "q1", "q2": "q2"},
    )

    assert done is None
    assert [(cell.line, cell.column, cell.value) for cell in importing.bad] == [
        (2, "q2", "2.5"),
        (4, "date", "hôm qua"),
        (4, "q1", "62"),
        (4, "q2", "mười\nhai"),
        (6, "q1", "0"),
    ]
    assert all(cell.vi and cell.en for cell in importing.bad)
    assert importing.stored() == 0
    assert importing.session.scalar(select(func.count()).select_from(Wave)) == 0


def test_what_has_bad_cells_cannot_be_stored(importing: Importing) -> None:
    path = importing.write("date,q1\n2026-03-01,9\n")

    with (
        checked_import(
            importing.session, path, importing.map(), today=TODAY, on_bad_cell=importing.bad.append
        ) as checked,
        pytest.raises(ImportRefusedError, match="1 bad cells"),
    ):
        store_import(importing.session, checked, today=TODAY)


def test_identical_lines_are_different_people(importing: Importing) -> None:
    importing.run("date,q1\n" + "2026-03-01,5\n" * 12)

    assert importing.stored() == 12


def test_same_file_twice_changes_nothing(importing: Importing) -> None:
    text = "date,q1\n" + "2026-03-01,5\n" * 12
    importing.run(text)
    importing.session.commit()

    again = importing.run(text)

    assert again is not None
    assert (again.stored, again.already_there, importing.stored()) == (0, 12, 12)


def test_longer_file_is_another_file(importing: Importing) -> None:
    importing.run("date,q1\n2026-03-01,5\n")
    importing.run("date,q1\n2026-03-01,5\n2026-03-01,5\n")

    assert importing.stored() == 3


def test_file_that_went_to_other_agencies_is_refused(importing: Importing, session: Session, province: Agency) -> None:
    for code in ("X", "Y"):
        add_agency(session, code=code, kind="commune", name=code, parent=province, valid_from=date(2025, 7, 1))
    text = "date,who,q1\n2026-03-01,a,5\n2026-03-01,b,5\n"
    by_column: dict[str, Any] = {"columns": {"date": "date", "agency": "who"}, "constants": {}}
    importing.run(text, **by_column, agencies={"codes": {"a": "X", "b": "Y"}})

    for codes in ({"a": "Y", "b": "Y"}, {"a": "X", "b": "X"}):
        with pytest.raises(ImportRefusedError, match="with another map"):
            importing.run(text, **by_column, agencies={"codes": codes})


def test_figures_are_there_at_once(importing: Importing) -> None:
    importing.run("date,q1\n" + "2026-03-01,5\n" * 12)

    rows = importing.session.execute(select(LevelTally.item, LevelTally.level, LevelTally.count))
    assert [tuple(row) for row in rows] == [("q1", 5, 12)]


def test_late_paper_joins_a_wave_that_is_folded_further(importing: Importing, province: Agency) -> None:
    wave = add_wave(importing.session, province, "W", closes_on=date(2026, 12, 31))
    open_wave(importing.session, wave, today=TODAY)
    day = date(2026, 11, 10)
    for number in range(10):
        importing.session.add(
            Response(
                agency_id=province.id,
                id=response_id(day),
                wave_id=wave.id,
                questionnaire_edition_id=wave.questionnaire_edition_id,
                received_by_agency_id=province.id,
                answered_on=day,
                channel="qr",
                language="vi",
                answers={"q1": 4},
                key_hash=f"{number}",
            )
        )
    importing.session.flush()
    fold(importing.session, until=day)

    importing.run("date,q1\n" + "2026-03-01,5\n" * 12, wave={"code": "W"})

    rows = importing.session.execute(select(LevelTally.level, LevelTally.count).order_by(LevelTally.level))
    assert [tuple(row) for row in rows] == [(4, 10), (5, 12)]


def test_everything_beside_the_ratings_is_kept(importing: Importing) -> None:
    importing.run(
        "date;kênh;tiếng;tầng;cụm;w;q1\n02/03/2026;giấy;Khmer; Tầng  1 ;C1;1,5;5\n03/03/2026;qr;vi;;;;4\n",
        file={"delimiter": ";", "decimal": ","},
        columns={
            "date": "date",
            "channel": "kênh",
            "language": "tiếng",
            "stratum": "tầng",
            "cluster": "cụm",
            "weight": "w",
        },
        dates={"formats": ["%d/%m/%Y"]},
        channels={"giấy": "paper"},
        languages={"Khmer": "km"},
    )

    rows = importing.session.scalars(select(Response).order_by(Response.answered_on)).all()
    assert [(r.answered_on, r.channel, r.language, r.stratum, r.cluster, r.weight) for r in rows] == [
        (date(2026, 3, 2), "paper", "km", "Tầng 1", "C1", 1.5),
        (date(2026, 3, 3), "qr", "vi", None, None, None),
    ]
    assert {r.received_by_agency_id for r in rows} == {r.agency_id for r in rows}


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "1,5", "nhiều"])
def test_weight_is_a_positive_number(importing: Importing, weight: str) -> None:
    importing.run(f'date,w,q1\n2026-03-01,"{weight}",5\n', columns={"date": "date", "weight": "w"})

    assert [(cell.column, cell.value) for cell in importing.bad] == [("w", weight)]


@pytest.mark.parametrize(
    ("column", "text", "word"), [("channel", "bồ câu", "[channels]"), ("language", "xx", "[languages]")]
)
def test_unknown_channel_or_language_is_named(importing: Importing, column: str, text: str, word: str) -> None:
    importing.run(f"date,c,q1\n2026-03-01,{text},5\n", columns={"date": "date", column: "c"})

    assert [(cell.value, word in cell.en) for cell in importing.bad] == [(text, True)]


@pytest.mark.parametrize(
    ("text", "formats", "ambiguous", "read"),
    [
        ("05/03/2026", ["%d/%m/%Y"], "refuse", date(2026, 3, 5)),
        ("05/03/2026", ["%d/%m/%Y", "%m/%d/%Y"], "refuse", None),
        ("05/03/2026", ["%d/%m/%Y", "%m/%d/%Y"], "first", date(2026, 3, 5)),
        ("3/25/2026", ["%d/%m/%Y", "%m/%d/%Y"], "refuse", date(2026, 3, 25)),
        ("05/05/2026", ["%d/%m/%Y", "%m/%d/%Y"], "refuse", date(2026, 5, 5)),
        ("2026-03-05 23:59:59", ["%Y-%m-%d %H:%M:%S"], "refuse", date(2026, 3, 5)),
        ("30/02/2026", ["%d/%m/%Y"], "refuse", None),
        ("01/12/2026", ["%d/%m/%Y"], "refuse", None),
        ("31/12/2025", ["%d/%m/%Y"], "refuse", None),
    ],
)
def test_dates_are_read_as_the_map_says_and_lie_in_the_wave(
    importing: Importing, text: str, formats: list[str], ambiguous: str, read: date | None
) -> None:
    importing.run(f"date,q1\n{text},5\n", dates={"formats": formats, "ambiguous": ambiguous})

    assert importing.session.scalar(select(Response.answered_on)) == read
    assert [cell.value for cell in importing.bad] == ([] if read else [text])


def test_future_day_is_refused_also_in_an_open_wave(importing: Importing) -> None:
    wave = {**WAVE, "closes_on": date(2026, 12, 31), "state": "open"}

    importing.run("date,q1\n2026-11-22,5\n", wave=wave)

    assert "future" in importing.bad[0].en


def test_lines_can_be_left_out_openly(importing: Importing) -> None:
    done = importing.run("date,year,q1\n2026-03-01,2025,9\n2026-03-01,2026,5\n", only={"year": ["2026"]})

    assert done is not None
    assert (done.stored, importing.skipped) == (1, 1)


def test_formula_stays_a_text(importing: Importing) -> None:
    importing.run(
        "date,who,q1\n2026-03-01,=1+1,5\n2026-03-01,@x,4\n",
        columns={"date": "date", "agency": "who"},
        constants={},
        agencies={"create": True, "prefix": "P-"},
    )

    names = importing.session.scalars(select(Agency.name).where(Agency.kind == "department").order_by(Agency.code))
    assert list(names) == ["=1+1", "@x"]


def test_agency_is_found_by_code_by_name_or_as_listed(importing: Importing, session: Session, province: Agency) -> None:
    commune = add_agency(session, code="X1", kind="commune", name="Xã X", parent=province, valid_from=date(2025, 7, 1))

    importing.run(
        "date,who,q1\n2026-03-01,X1,5\n2026-03-01,Xã  X,5\n2026-03-01,xx,5\n",
        columns={"date": "date", "agency": "who"},
        constants={},
        agencies={"codes": {"xx": "X1"}},
    )

    assert list(session.scalars(select(Response.agency_id))) == [commune.id] * 3


def test_unknown_agency_is_named_unless_it_is_to_be_made(importing: Importing) -> None:
    by_column: dict[str, Any] = {"columns": {"date": "date", "agency": "who"}, "constants": {}}
    importing.run("date,who,q1\n2026-03-01,Xã Z,5\n2026-03-01,,5\n", **by_column)
    assert [cell.value for cell in importing.bad] == ["Xã Z", ""]

    made = importing.run(
        "date,who,q1\n2026-03-01,Xã Z,5\n2026-03-01,Xã Y,5\n",
        **by_column,
        agencies={"create": True, "kind": "commune", "prefix": "P-", "codes": {"Xã Y": "Y"}},
    )

    assert made is not None
    assert made.agencies_made == 2
    rows = importing.session.execute(select(Agency.code, Agency.name).where(Agency.kind == "commune"))
    assert sorted(map(tuple, rows)) == [("P-01", "Xã Z"), ("Y", "Xã Y")]


def test_agency_that_did_not_exist_that_day_is_named(importing: Importing, session: Session, province: Agency) -> None:
    add_agency(session, code="X", kind="commune", name="Xã X", parent=province, valid_from=date(2026, 5, 1))

    importing.run("date,who,q1\n2026-03-01,X,5\n", columns={"date": "date", "agency": "who"}, constants={})

    assert "did not exist on 2026-03-01" in importing.bad[0].en


def test_root_agency_is_made_where_the_map_describes_it(session: Session, tmp_path: Path) -> None:
    add_editions(session, "q1", "q2", "overall")
    importing = Importing(session, tmp_path)

    importing.run(
        "date,q1\n2026-03-01,5\n",
        agencies={"root": {"code": "P", "kind": "commune", "name": "Xã P", "valid_from": date(2025, 7, 1)}},
    )

    assert session.scalar(select(Agency.name)) == "Xã P"
    assert importing.stored() == 1


def test_wave_is_made_as_the_map_says(importing: Importing) -> None:
    importing.run("date,q1\n2026-03-01,5\n")

    wave = importing.session.scalars(select(Wave)).one()
    assert (wave.code, wave.state, wave.closed_on, wave.index_year) == ("W", "closed", date(2026, 10, 31), 2026)
    assert (wave.sample_kind, wave.agency.code) == ("household", "P")


def _close(session: Session, province: Agency) -> Wave:
    wave = add_wave(session, province)
    open_wave(session, wave, today=TODAY)
    close_wave(session, wave, today=TODAY)
    return wave


def _release(session: Session, province: Agency) -> None:
    wave = _close(session, province)
    draft_release(session, wave, drafted_by=uuid4(), today=TODAY)
    review_wave(session, wave, reviewed_by=uuid4(), today=date(2026, 12, 1))
    release_wave(session, wave, released_by=uuid4(), today=date(2026, 12, 1))


@pytest.mark.parametrize(
    ("prepare", "wave", "word"),
    [
        (None, {"code": "W"}, "no wave W; plan it first, or add to .wave.: name, agency, questionnaire"),
        (None, {**WAVE, "edition": "none"}, "no questionnaire test none"),
        (None, {**WAVE, "method": "none"}, "no method none"),
        (None, {**WAVE, "agency": "Q"}, "No agency has the code “Q”"),
        (add_wave, {"code": "W"}, "not opened yet"),
        (_close, {"code": "W", "index_year": 2020}, "index_year = 2026, the map says 2020"),
        (_release, {"code": "W"}, "is released"),
    ],
)
def test_wave_must_be_able_to_take_the_answers(
    importing: Importing, province: Agency, prepare: Callable[..., Any] | None, wave: dict[str, Any], word: str
) -> None:
    if prepare is not None:
        prepare(importing.session, province)

    with pytest.raises(ServiceError, match=word):
        importing.run("date,q1\n2026-03-01,5\n", wave=wave)

    assert importing.stored() == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"", "is empty"),
        (b"date,q1\n", "no line of data"),
        (b"date,q1\n\n\n", "no line of data"),
        (b"date,q1\n2026-03-01,5\n2026-03-01,\xe0\xff\n", "Line 3 of .* is not utf-8"),
        (b"date;q1\n2026-03-01;5\n", "one single column; .*semicolon"),
        (b"date\tq1\n2026-03-01\t5\n", "one single column; .*tab"),
        (b"date,q2\n2026-03-01,5\n", "lacks the column “q1” .items.q1.; the file has “date”, “q2”"),
        (b"date,q1,q1\n2026-03-01,5,5\n", "two columns “q1”"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        ("date,q1\n2026-03-01,5\n".encode("utf-16"), "is not utf-8"),
        ("date,q1\n2026-03-01,5\n".encode("utf-16-le"), "NUL character"),
        (b'date,q1\n2026-03-01,5\n2026-03-01,"5\n2026-03-01,5\n', "From line 3 on"),
    ],
)
def test_file_that_cannot_be_used_gets_one_sentence(importing: Importing, text: bytes, word: str) -> None:
    with pytest.raises(ImportRefusedError, match=word) as refusal:
        importing.run(text)

    assert "answers.csv" in refusal.value.vi


def test_missing_file_gets_one_sentence(importing: Importing, tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="cannot be opened"):
        importing.run(tmp_path / "none.csv")


def test_line_of_another_width_is_named(importing: Importing) -> None:
    importing.run("date,q1\n2026-03-01,5\n2026-03-01,5,5\n2026-03-01\n")

    assert [(cell.line, cell.value) for cell in importing.bad] == [(3, "2026-03-01,5,5"), (4, "2026-03-01")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "windows-1258"])
def test_file_of_another_encoding_is_read(importing: Importing, encoding: str) -> None:
    # Windows-1258 writes the tone behind its vowel; the text is the same once it is composed.
    text = "date,Mức độ\n2026-03-01,Tốt\n".replace("ứ", "ư\u0301").replace("ộ", "ô\u0323").replace("ố", "ô\u0301")

    importing.run(
        text.encode(encoding),
        file={"encoding": "utf-8" if encoding == "utf-8-sig" else encoding},
        items={"q1": "Mức độ"},
        values={"Tốt": 4},
    )

    assert importing.answers() == [{"q1": 4}]


@pytest.mark.parametrize(
    ("sections", "word"),
    [
        ({"column": {}}, "column: Extra inputs"),
        ({"values": {"x": 6}}, "values.x"),
        ({"values": {"x": "vielleicht"}}, "values.x"),
        ({"file": {"encoding": "klingon"}}, "no such encoding"),
        ({"dates": {"formats": ["dd/mm/yyyy"]}}, "no date format with a year"),
        ({"columns": {}}, "give date either"),
        ({"columns": {"date": "d", "agency": "a"}}, "give agency either"),
        ({"file": {"layout": "long"}}, "long layout needs columns.respondent"),
        ({"columns": {"date": "d", "value": "v"}}, "wide layout has no columns.value"),
        ({"items": {}}, "items"),
        ({"constants": {"agency": "P", "channel": "bồ câu"}}, "constants.channel"),
    ],
)
def test_map_is_refused_by_key(importing: Importing, sections: dict[str, Any], word: str) -> None:
    with pytest.raises(ImportRefusedError, match=word):
        importing.map(**sections)


def test_map_that_names_an_unknown_item_is_refused(importing: Importing) -> None:
    with pytest.raises(ImportRefusedError, match=r"has no item q9 .* it has q1, q2, overall"):
        importing.run("date,q1\n2026-03-01,5\n", items={"q9": "q1"})


def test_constant_agency_that_is_none_is_refused_once(importing: Importing) -> None:
    with pytest.raises(ImportRefusedError, match=r"constants\.agency in the map: “Q”"):
        importing.run("date,q1\n2026-03-01,5\n" * 3, constants={"agency": "Q"})


@pytest.mark.parametrize(("content", "word"), [(b"[columns", "is not TOML"), (b"\xff", "is not TOML in UTF-8")])
def test_map_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(content)

    with pytest.raises(ImportRefusedError, match=word):
        read_import_map(path)
    with pytest.raises(ImportRefusedError, match="cannot be opened"):
        read_import_map(tmp_path / "none.toml")


_ROWS = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 10, 31)),
        st.sampled_from(["", 'tốt, "lắm"', "dở\nlắm", "k.b.", "1", "2", "3.0", "4", "5"]),
        st.sampled_from(["", "k.b.", "1", "5", "3,0"]),
        st.sampled_from(["", "Tầng 1", "=2+2", "“ngoặc”"]),
    ),
    min_size=1,
    max_size=30,
)
_MEANINGS = {'tốt, "lắm"': 5, "dở\nlắm": 1, "k.b.": 0, "3.0": 3, "3,0": 3, **{f"{n}": n for n in range(1, 6)}}


@given(rows=_ROWS, delimiter=st.sampled_from([",", ";", "\t"]), newline=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_comes_back(
    importing: Importing, rows: list[tuple[date, str, str, str]], delimiter: str, newline: str
) -> None:
    path = importing.folder / "round.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
        writer.writerow(["date", "a", "b", "s"])
        writer.writerows(rows)
    attempt = importing.session.begin_nested()
    expected: Counter[tuple[Any, ...]] = Counter()
    for day, first, second, stratum in rows:
        answers = {code: _MEANINGS[text] for code, text in (("q1", first), ("q2", second)) if text}
        if answers:
            expected[day, tuple(sorted(answers.items())), stratum or None] += 1

    sections: dict[str, Any] = {
        "file": {"delimiter": delimiter},
        "columns": {"date": "date", "stratum": "s"},
        "items": {"q1": "a", "q2": "b"},
        "values": {'tốt, "lắm"': 5, "dở lắm": 1, "k.b.": "no_opinion"},
    }
    if expected:
        importing.run(path, **sections)
    else:
        with pytest.raises(ImportRefusedError, match="0 usable responses"):
            importing.run(path, **sections)

    found = Counter(
        (row.answered_on, tuple(sorted(row.answers.items())), row.stratum)
        for row in importing.session.scalars(select(Response))
    )
    attempt.rollback()
    assert found == expected

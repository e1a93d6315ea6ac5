from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldwork import add_wave
from survey.models.agencies import Agency, ServicePoint, ServicePointCode
from survey.models.fieldwork import PopulationSize
from survey.services.agencies import add_agency, add_service_field
from survey.services.errors import ImportRefusedError
from survey.services.import_lines import BadCell
from survey.services.setup_imports import (
    SetupFile,
    SetupReport,
    import_agencies,
    import_counters,
    import_population,
)

TODAY = date(2026, 11, 21)
HEADER = "code,kind,name,name_en,parent_code,valid_from\n"


@dataclass
class SettingUp:
    session: Session
    folder: Path
    bad: list[BadCell] = field(default_factory=list)

    def file(self, text: str | bytes, encoding: str = "utf-8") -> SetupFile:
        path = self.folder / "file.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        self.bad.clear()
        return SetupFile(path, self.bad.append, encoding)

    def agencies(self, lines: str) -> SetupReport:
        return import_agencies(self.session, self.file(HEADER + lines))

    def counters(self, lines: str) -> SetupReport:
        text = "agency_code,name,name_en,serves_code\n" + lines
        return import_counters(self.session, self.file(text), today=TODAY)

    def names(self) -> dict[str, str]:
        return {row.code: row.name for row in self.session.execute(select(Agency.code, Agency.name))}


@pytest.fixture
def setting_up(session: Session, tmp_path: Path) -> SettingUp:
    return SettingUp(session, tmp_path)


@pytest.fixture
def commune(session: Session) -> Agency:
    province = add_agency(session, code="P", kind="province", name="Tỉnh A", valid_from=date(2025, 7, 1))
    return add_agency(session, code="X", kind="commune", name="Xã X", parent=province, valid_from=date(2025, 7, 1))


def test_children_may_stand_before_their_parents(setting_up: SettingUp) -> None:
    report = setting_up.agencies(
        "U,unit,Phòng,,X,2025-07-01\nX,commune,Xã X,X Commune,P,2025-07-01\nP,province,Tỉnh A,,,2025-07-01\n"
    )

    assert (report.added, report.bad_cells, setting_up.bad) == (3, 0, [])
    unit = setting_up.session.scalars(select(Agency).where(Agency.code == "U")).one()
    assert unit.path.count("/") == 3


def test_same_file_twice_changes_nothing(setting_up: SettingUp) -> None:
    lines = "P,province,Tỉnh A,,,2025-07-01\nX,commune,Xã X,,P,2025-07-01\n"
    setting_up.agencies(lines)

    report = setting_up.agencies(lines)

    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)


def test_agency_that_is_there_is_renamed_and_moved(setting_up: SettingUp, commune: Agency) -> None:
    report = setting_up.agencies("S,department,Sở,,P,2025-07-01\nX,commune,Phường X,X Ward,P,2025-07-01\n")

    assert (report.added, report.changed) == (1, 1)
    assert (commune.name, commune.name_en) == ("Phường X", "X Ward")


def test_one_bad_line_takes_everything_back_and_every_bad_line_is_named(setting_up: SettingUp) -> None:
    report = setting_up.agencies(
        "P,province,Tỉnh A,,,2025-07-01\n"
        "X,commune,,,P,2025-07-01\n"
        "Y,village,Làng,,P,2025-07-01\n"
        "Z,commune,Xã Z,,Q,2025-07-01\n"
        "T,commune,Xã T,,P,01/07/2025\n"
        "P,province,Tỉnh B,,,2025-07-01\n"
        "V,commune\n"
    )

    assert report.bad_cells == 6
    assert sorted((cell.line, cell.value) for cell in setting_up.bad) == [
        (3, "X"),
        (4, "Y"),
        (5, "Z"),
        (6, "T"),
        (7, "P"),
        (8, "V,commune"),
    ]
    assert setting_up.names() == {}


def test_circle_of_parents_is_named(setting_up: SettingUp) -> None:
    setting_up.agencies("A,unit,A,,B,2025-07-01\nB,unit,B,,A,2025-07-01\nC,unit,C,,C,2025-07-01\n")

    assert [(cell.line, "circle" in cell.en) for cell in setting_up.bad] == [(2, True), (3, True), (4, True)]


def test_semicolons_and_windows_1258_are_read(setting_up: SettingUp) -> None:
    text = (HEADER + "P,province,Tỉnh Hồng,,,2025-07-01\n").replace(",", ";")
    text = text.replace("ỉ", "i\u0309").replace("ồ", "ô\u0300")

    import_agencies(setting_up.session, setting_up.file(text.encode("windows-1258"), "windows-1258"))

    assert setting_up.names() == {"P": "Tỉnh Hồng"}


def test_windows_1258_taken_for_utf_8_is_told(setting_up: SettingUp) -> None:
    with pytest.raises(ImportRefusedError, match=r"Line 2 .* is not utf-8; .*windows-1258"):
        import_agencies(
            setting_up.session, setting_up.file((HEADER + "P,province,Xa\u0303,,,2025").encode("windows-1258"))
        )


def test_counters_get_codes_and_stay_when_imported_again(setting_up: SettingUp, commune: Agency) -> None:
    lines = "X,Quầy 1,Counter 1,\nX,Quầy 2,,P\n"
    first = setting_up.counters(lines)
    again = setting_up.counters(lines)

    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    assert len(list(setting_up.session.scalars(select(ServicePointCode)))) == 2
    own = setting_up.session.scalars(select(ServicePoint).where(ServicePoint.name == "Quầy 1")).one()
    assert own.serves_agency_id == commune.id


@pytest.mark.usefixtures("commune")
def test_counter_of_nobody_or_for_somebody_else_is_named(setting_up: SettingUp) -> None:
    setting_up.counters("X,Quầy 1,,\n")

    report = setting_up.counters("X,Quầy 1,,P\nN,Quầy 2,,\nX,Quầy 3,,\n")

    assert report.bad_cells == 2
    assert [(cell.line, cell.value) for cell in setting_up.bad] == [(2, "Quầy 1"), (3, "Quầy 2")]
    assert list(setting_up.session.scalars(select(ServicePoint.name))) == ["Quầy 1"]


def test_population_is_set_by_field_too_and_told_where_too_small(
    setting_up: SettingUp, session: Session, commune: Agency
) -> None:
    add_wave(session, commune, "W")
    add_service_field(session, code="LV", name="Hộ tịch")

    report = import_population(
        session,
        setting_up.file(
            "wave_code,agency_code,month,transactions,field_code\nW,X,2026-10,500,\nW,X,2026-10,200,LV\nW,X,2026-11,9,\n"
        ),
    )

    assert (report.added, report.bad_cells, report.too_small) == (3, 0, [])
    assert sorted(session.scalars(select(PopulationSize.transactions))) == [9, 200, 500]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("V,X,2026-10,500", "no wave V"),
        ("W,Y,2026-10,500", "No agency has the code “Y”"),
        ("W,X,2024-10,500", "not a month of the wave"),
        ("W,X,2026-10,0", "must be positive"),
        ("W,X,2026-10,1.234", "no whole number"),
        ("W,X,2026-10,-5", "no whole number"),
    ],
)
def test_bad_population_is_named(
    setting_up: SettingUp, session: Session, commune: Agency, line: str, word: str
) -> None:
    add_wave(session, commune, "W")

    report = import_population(session, setting_up.file(f"wave_code,agency_code,month,transactions\n{line}\n"))

    assert report.bad_cells == 1
    assert word in setting_up.bad[0].en

"""What an export writes goes in again and changes nothing, whatever the names are."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from register_world import TODAY, Register, make_register
from survey.rendering.register import marked, register_csv, register_xlsx
from survey.services.agencies import add_agency, add_service, add_service_field, add_service_point
from survey.services.register_export import export_register
from survey.services.register_work import Rights, _unmarked
from survey.services.table_file import read_table

SHAPES = ("agencies", "counters", "services", "officials")
# Letters of Vietnamese, signs that spreadsheets and CSV give a meaning, signs that nobody sees.
NAMES = st.text(st.sampled_from("aăâđêôơưỹ Ậ\"',;=+-@|\t\u200b\u0301.0"), min_size=1, max_size=12).filter(
    lambda text: any(sign.isalpha() for sign in text) and "\t" not in text.strip()
)


@pytest.fixture
def register(session: Session) -> Register:
    return make_register(session)


def files(register: Register, shape: str, language: str = "vi") -> list[tuple[str, bytes]]:
    scope = register.scope_of(("01", "administrator"))
    table = export_register(register.session, shape, scope=scope, today=TODAY, language=language)
    assert table.rows
    return [
        ("a.csv", register_csv(table.headings, table.rows)),
        ("a.xlsx", register_xlsx(table.headings, table.rows, title="Danh mục")),
    ]


def assert_nothing_changes(register: Register, shape: str, language: str = "vi") -> None:
    for name, content in files(register, shape, language):
        plan = register.plan(content, name=name, scope=register.scope_of(("01", "administrator")))
        assert (plan.shape, plan.bad) == (shape, [])
        assert {line.act for line in plan.lines} == {"unchanged"}, plan.lines


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_export_goes_in_again_and_changes_nothing(register: Register, shape: str, language: str) -> None:
    assert_nothing_changes(register, shape, language)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, min_size=6, max_size=6, unique_by=lambda text: text.strip().casefold()))
def test_it_does_so_for_any_names(register: Register, names: list[str]) -> None:
    session = register.session
    attempt = session.begin_nested()
    try:
        add_named(register, names)
        for shape in SHAPES:
            assert_nothing_changes(register, shape)
    finally:
        attempt.rollback()
        session.expire_all()


def add_named(register: Register, names: list[str]) -> None:
    """Add one thing of every kind, called like this."""
    session = register.session
    agency, agency_en, field, service, counter, official = names
    unit = add_agency(
        session,
        code="U",
        kind="unit",
        name=agency,
        name_en=agency_en,
        parent=register.agencies["SNV"],
        valid_from=TODAY,
    )
    group = add_service_field(session, code="F", name=field)
    offered = add_service(session, code="S-1", name=service, service_field=group, agency=unit)
    add_service_point(session, agency=unit, name=counter, services=[offered], today=TODAY)
    register.administrator.name = official.strip()
    session.flush()


def test_a_sign_that_nobody_sees_hides_no_formula_from_the_export(register: Register) -> None:
    register.administrator.name = "'\u200b=Ân"
    assert_nothing_changes(register, "officials")


@given(text=st.text(st.sampled_from("'=+-@a"), max_size=6))
def test_the_apostrophe_before_a_formula_comes_and_goes(text: str) -> None:
    assert _unmarked(marked(text)) == text
    assert not marked(text).startswith(("=", "+", "-", "@"))


def test_a_formula_leaves_as_text_in_both_kinds_of_file(register: Register) -> None:
    add_agency(register.session, code="F", kind="province", name="=1+1", valid_from=TODAY)
    scope = Rights.of_operator().scope
    table = export_register(register.session, "agencies", scope=scope, today=TODAY, language="vi")
    for name, content in (
        ("a.csv", register_csv(table.headings, table.rows)),
        ("a.xlsx", register_xlsx(table.headings, table.rows, title="Danh mục")),
    ):
        read = read_table(content, name=name)
        assert not read.faults
        assert any("'=1+1" in row.cells for row in read.rows)


def test_what_lies_outside_the_subtree_is_not_written(register: Register) -> None:
    table = export_register(
        register.session,
        "agencies",
        scope=register.scope_of(("00004", "administrator")),
        today=TODAY,
        language="vi",
    )
    assert [row[0] for row in table.rows] == ["00004", "TT"]

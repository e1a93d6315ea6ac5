"""What a screen reader finds in the PDF: chapters, lists, tables with their heads, pictures with their texts."""

from typing import Any

import pytest

from survey.rendering.agency_report import agency_report
from survey.rendering.annual_report import annual_report
from survey.rendering.blocks import Bullets, Chart, Heading, Report, Table
from survey.rendering.pdf import report_pdf
from tests.rendering.examples import agency_example, annual_example
from tests.rendering.tag_tree import Tag, tags


@pytest.fixture(scope="module", params=["agency", "annual"])
def read(request: pytest.FixtureRequest) -> tuple[Report, list[list[Tag]]]:
    if request.param == "agency":
        report = agency_report(agency_example(items_per_element=3), "vi")
    else:
        report = annual_report(annual_example(34), "vi")
    return report, tags(report_pdf(report))


def of_kind(pages: list[list[Tag]], *kinds: str) -> list[Tag]:
    return [tag for page in pages for root in page for tag in root.walk() if tag.kind in kinds]


def blocks_of(report: Report, kind: type) -> list[Any]:
    return [block for block in (*report.body, *report.annexes) if isinstance(block, kind)]


def test_chapters_lists_tables_and_pictures_are_tagged_as_what_they_are(read: tuple[Report, list[list[Tag]]]) -> None:
    report, pages = read
    assert all([root.kind for root in page] == ["Document"] for page in pages)

    headings = [f"H{block.level}" for block in blocks_of(report, Heading)]
    assert [tag.kind for tag in of_kind(pages, "H1", "H2", "H3")] == headings
    assert [tag.alternative for tag in of_kind(pages, "Figure")] == [b.alternative for b in blocks_of(report, Chart)]
    items = sum(len(block.items) for block in blocks_of(report, Bullets))
    # What a page break tears in two is found on both pages.
    assert items <= len(of_kind(pages, "LI")) <= items + len(pages)


def test_every_table_has_a_head_of_its_own_and_a_cell_for_every_value(read: tuple[Report, list[list[Tag]]]) -> None:
    report, pages = read
    tables = blocks_of(report, Table)
    printable = [[column for column in table.columns if not column.sheet_only] for table in tables]

    heads = [tag for tag in of_kind(pages, "THead") if tag.children]
    assert [len(head.children[0].children) for head in heads] == [len(columns) for columns in printable]
    assert {cell.kind for head in heads for row in head.children for cell in row.children} == {"TH"}
    cells = sum(len(table.rows) * len(columns) for table, columns in zip(tables, printable, strict=True))
    assert cells <= len(of_kind(pages, "TD")) <= cells + 20 * len(pages)
    assert len(of_kind(pages, "Caption")) >= len(tables) + len(blocks_of(report, Chart))

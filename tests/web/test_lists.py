"""Lists sorted, searched and paged by their address."""

from __future__ import annotations

from dataclasses import dataclass

import flask
import pytest

from survey.models.sort_key import sort_key
from survey.web.lists import Column, Listing, asked, list_of, listed
from survey.web.slices import Slice


@dataclass(frozen=True)
class Commune:
    name: str
    size: int | None


COLUMNS: tuple[Column[Commune], ...] = (
    Column("name", "Tên", by=lambda line: sort_key(line.name)),
    Column("size", "Cỡ", by=lambda line: line.size, is_number=True),
    Column("acts", "Thao tác"),
)
COMMUNES = [Commune("Xã 10", 3), Commune("Đa Tốn", 1), Commune("Nguyễn Huệ", None), Commune("Xã 2", 2)]


@pytest.fixture
def bare() -> flask.Flask:
    return flask.Flask("bare")


def names(bare: flask.Flask, address: str, *, size: int = 50, prefix: str = "") -> list[str]:
    return [line.name for line in shown(bare, address, size=size, prefix=prefix).lines]


def shown(bare: flask.Flask, address: str, *, size: int = 50, prefix: str = "") -> Listing[Commune]:
    with bare.test_request_context(address):
        return list_of(COMMUNES, COLUMNS, text=lambda line: line.name, size=size, prefix=prefix)


def test_it_begins_with_the_first_column_as_vietnamese_sorts(bare: flask.Flask) -> None:
    assert names(bare, "/list") == ["Đa Tốn", "Nguyễn Huệ", "Xã 2", "Xã 10"]


def test_what_is_not_known_stands_last_either_way(bare: flask.Flask) -> None:
    assert names(bare, "/list?sort=size") == ["Đa Tốn", "Xã 2", "Xã 10", "Nguyễn Huệ"]
    assert names(bare, "/list?sort=-size") == ["Xã 10", "Xã 2", "Đa Tốn", "Nguyễn Huệ"]


@pytest.mark.parametrize("sort", ["acts", "-acts", "nothing", "--name", "'; DROP TABLE"])
def test_an_order_that_no_column_offers_is_the_first(bare: flask.Flask, sort: str) -> None:
    assert names(bare, f"/list?sort={sort}")[0] == "Đa Tốn"


@pytest.mark.parametrize(
    ("search", "found"),
    [("nguyen", ["Nguyễn Huệ"]), ("HUE nguyễn", ["Nguyễn Huệ"]), ("da ton", ["Đa Tốn"]), ("xa", ["Xã 2", "Xã 10"])],
)
def test_words_are_found_without_marks_capitals_and_order(bare: flask.Flask, search: str, found: list[str]) -> None:
    assert names(bare, f"/list?search={search}") == found


@pytest.mark.parametrize(("page", "found"), [("0", "Đa Tốn"), ("2", "Xã 2"), ("99", "Xã 2"), ("x", "Đa Tốn")])
def test_a_page_beyond_the_last_is_the_last(bare: flask.Flask, page: str, found: str) -> None:
    assert names(bare, f"/list?page={page}", size=2)[0] == found


def test_the_links_keep_what_else_the_address_asks_for(bare: flask.Flask) -> None:
    with bare.test_request_context("/list?state=open&search=xa&sort=-name&page=3&lang=en"):
        listing = list_of(COMMUNES, COLUMNS, text=lambda line: line.name)

        assert listing.sorted_address(COLUMNS[0]) == "/list?state=open&sort=name&search=xa"
        assert listing.sorted_address(COLUMNS[1]) == "/list?state=open&sort=size&search=xa"
        assert listing.page_address(2) == "/list?state=open&sort=-name&search=xa&page=2"
        assert listing.whole_address() == "/list?state=open&sort=-name"
        assert listing.direction(COLUMNS[0]) == "descending"


def test_two_lists_of_one_page_do_not_disturb_each_other(bare: flask.Flask) -> None:
    assert names(bare, "/list?search=nothing&b-search=da", prefix="b-") == ["Đa Tốn"]


def test_a_page_of_the_database_is_shown_as_it_is(bare: flask.Flask) -> None:
    columns: tuple[Column[Commune], ...] = (Column("name", "Tên", is_sorted_elsewhere=True),)
    with bare.test_request_context("/list?sort=-name&search=xa&page=2"):
        wanted = asked(columns)
        listing = listed(Slice(lines=COMMUNES, number=2, total=100, pages=3), columns, wanted)

        assert (wanted.order, wanted.is_descending, wanted.search, wanted.page) == ("name", True, "xa", 2)
        assert listing.page_address(3) == "/list?sort=-name&search=xa&page=3"
        assert [column.key for column in listing.sortable] == ["name"]

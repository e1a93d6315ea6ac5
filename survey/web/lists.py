"""One way to sort, search and page a list, by the address alone and without a script.

A view says which columns there are and what of a line is searched, and hands the listing to its template::

    COLUMNS = (
        Column("name", _("Tên"), by=lambda line: line.sort_key),
        Column("code", _("Mã"), by=lambda line: line.code),
        Column("size", _("Số quầy"), by=lambda line: line.counters, is_number=True),
        Column("acts", _("Thao tác")),  # without ``by`` it cannot be sorted by
    )
    listing = list_of(lines, COLUMNS, text=lambda line: f"{line.name} {line.code}")

    {% from "components/list_search.html" import list_search %}  … and so list_head, list_pages, list_none
    {{ list_search(listing, _("Tìm theo tên hoặc mã")) }}
    {% if listing.lines %}
      <table class="stack"><caption>…</caption>
        {{ list_head(listing) }}
        <tbody>{% for line in listing.lines %}…{% endfor %}</tbody>
      </table>
      {{ list_pages(listing) }}
    {% elif listing.search %}{{ list_none(listing) }}
    {% else %}{{ empty(_("…"), _("what to do next")) }}{% endif %}

``order`` is the column to begin with, ``-code`` for the largest first.  Names are compared by a stored ``sort_key`` or
by ``sort_key(name)``; None stands last either way.  A list too long to be read whole asks the database instead:
``asked(COLUMNS)`` says what the address wants, ``listed(...)`` takes the page that a query returned.  Two lists on one
page carry different ``prefix``.  Everything else in the address, such as a filter, is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

import flask

from survey.queries.desk_lists import PAGE_SIZE, plain

Line = TypeVar("Line")
Paged_co = TypeVar("Paged_co", covariant=True)
LONGEST_SEARCH: Final = 100


@dataclass(frozen=True, slots=True)
class Column(Generic[Line]):
    """One column: its ``key`` in the address, its heading, and what of a line it is sorted ``by``, if it is."""

    key: str
    name: object
    by: Callable[[Line], Any] | None = None
    is_number: bool = False
    is_sorted_elsewhere: bool = False

    @property
    def is_sortable(self) -> bool:
        """Return whether the list can be sorted by the column, here or by the database."""
        return self.by is not None or self.is_sorted_elsewhere


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: words to search, the column to sort by, and the page from 1."""

    search: str
    order: str
    is_descending: bool
    page: int
    prefix: str = ""


class Page(Protocol[Paged_co]):
    """A page as a query returns it."""

    @property
    def lines(self) -> Sequence[Paged_co]: ...  # noqa: D102 -- as in ``Listing``
    @property
    def number(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def pages(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Listing(Generic[Line]):
    """One page of a list with everything its links need; ``total`` counts what was found, on all pages."""

    lines: Sequence[Line]
    columns: Sequence[Column[Any]]
    number: int
    total: int
    pages: int
    asked: Asked
    kept: Sequence[tuple[str, str]] = field(default=())

    @property
    def search(self) -> str:
        """Return what was searched for."""
        return self.asked.search

    @property
    def sortable(self) -> Sequence[Column[Any]]:
        """Return the columns by which the list can be sorted."""
        return [column for column in self.columns if column.is_sortable]

    @property
    def order(self) -> str:
        """Return the order as it stands in the address."""
        return f"-{self.asked.order}" if self.asked.is_descending else self.asked.order

    def direction(self, column: Column[Any]) -> str:
        """Return "ascending" or "descending" where the list is sorted by the column, else nothing."""
        if column.key != self.asked.order:
            return ""
        return "descending" if self.asked.is_descending else "ascending"

    def sorted_address(self, column: Column[Any]) -> str:
        """Return the address of the list sorted by a column; once more turns it round."""
        turned = "-" if self.direction(column) == "ascending" else ""
        return self._address(sort=f"{turned}{column.key}", search=self.search)

    def page_address(self, number: int) -> str:
        """Return the address of another page of the same list."""
        return self._address(sort=self.order, search=self.search, page=str(number))

    def whole_address(self) -> str:
        """Return the address of the list with nothing searched."""
        return self._address(sort=self.order)

    def parameter(self, name: str) -> str:
        """Return what ``search``, ``sort`` or ``page`` is called in this list's address."""
        return f"{self.asked.prefix}{name}"

    def _address(self, **values: str) -> str:
        mine = [(self.parameter(name), value) for name, value in values.items() if value]
        return f"{flask.request.path}?{urlencode([*self.kept, *mine])}"


def asked(columns: Sequence[Column[Any]], *, order: str = "", prefix: str = "") -> Asked:
    """Read what the address asks for; whatever no column is called means ``order``, or else the first column."""
    arguments = flask.request.args
    sortable = {column.key for column in columns if column.is_sortable}
    wanted = arguments.get(f"{prefix}sort", "")
    if wanted.removeprefix("-") not in sortable:
        wanted = order or next((column.key for column in columns if column.is_sortable), "")
    return Asked(
        search=" ".join(arguments.get(f"{prefix}search", "").replace("\0", "").split())[:LONGEST_SEARCH],
        order=wanted.removeprefix("-"),
        is_descending=wanted.startswith("-"),
        page=arguments.get(f"{prefix}page", 1, type=int),
        prefix=prefix,
    )


def listed(page: Page[Line], columns: Sequence[Column[Any]], wanted: Asked) -> Listing[Line]:
    """Make a listing of a page that the database has already searched, sorted and cut."""
    return Listing(page.lines, columns, page.number, page.total, page.pages, wanted, _kept(wanted))


def list_of(
    lines: Iterable[Line],
    columns: Sequence[Column[Line]],
    *,
    text: Callable[[Line], str],
    order: str = "",
    prefix: str = "",
    size: int = PAGE_SIZE,
) -> Listing[Line]:
    """Search, sort and cut lines that are at hand; every word must be part of ``text``, marks and capitals or not."""
    wanted = asked(columns, order=order, prefix=prefix)
    words = plain(wanted.search).split()
    found = [line for line in lines if not words or all(word in plain(text(line)) for word in words)]
    column = next((each for each in columns if each.key == wanted.order), None)
    if column is not None and column.by is not None:
        found = _sorted(found, column.by, is_descending=wanted.is_descending)
    pages = max(1, -(-len(found) // size))
    number = min(max(1, wanted.page), pages)
    here = found[(number - 1) * size : number * size]
    return Listing(here, columns, number, len(found), pages, wanted, _kept(wanted))


def _sorted(lines: Sequence[Line], by: Callable[[Line], Any], *, is_descending: bool) -> list[Line]:
    keyed = [(by(line), line) for line in lines]
    known = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=is_descending)
    return [line for _, line in known] + [line for key, line in keyed if key is None]


def _kept(wanted: Asked) -> list[tuple[str, str]]:
    mine = {f"{wanted.prefix}{name}" for name in ("search", "sort", "page")} | {"lang"}
    return [(name, value) for name, value in flask.request.args.items(multi=True) if name not in mine]

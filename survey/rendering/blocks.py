"""What a report is made of, before it is a PDF or a spreadsheet: headings, sentences, tables, charts.

Tables carry the findings' own values and are written out cell by cell (``survey.rendering.cells``), so that the
table of the PDF and the sheet of the spreadsheet are one and the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from analysis.results import Estimate
from survey.findings.values import Change, Participation, Points


class Kind(StrEnum):
    """What the cells of a column hold, and so how they are written."""

    TEXT = "text"
    COUNT = "count"
    MIXED = "mixed"
    PERCENT = "percent"
    SHARE = "share"
    SHARE_N = "share_n"
    SCORE = "score"
    CHANGE = "change"
    DIFFERENCE = "difference"
    MOVEMENT = "movement"
    PARTICIPATION = "participation"
    STANDING = "standing"
    POINTS = "points"
    POINTS_PART = "points_part"


@dataclass(frozen=True, slots=True)
class Standing:
    """A rank with both ends of its set; all None where the agency is not ranked."""

    rank: int | None
    low: int | None
    high: int | None


Value = str | int | float | date | Estimate | Change | Participation | Points | Standing | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` is its part of the page, ``missing`` what an empty cell says.

    ``sheet_only`` keeps a column of use to machines, a code for example, out of the narrow printed page.
    """

    heading: str
    kind: Kind
    width: float
    missing: str = ""
    sheet_only: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``code`` names it across languages, ``sheet`` is its short name in a spreadsheet."""

    code: str
    title: str
    sheet: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn picture with the text that stands for it where it cannot be seen."""

    code: str
    title: str
    alternative: str
    svg: bytes


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a chapter.  ``new_page``: what it heads begins on a page of its own."""

    level: int
    text: str
    new_page: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more sentences; ``lead`` stands bold before them, as "Điều 1." of a decision."""

    text: str
    lead: str = ""
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short sentences."""

    items: tuple[str, ...]


Block = Heading | Paragraph | Bullets | Table | Chart


@dataclass(frozen=True, slots=True)
class Letter:
    """The head and the foot of an official document, as printed; what is to be filled in by hand is dotted.

    ``closing`` ends the text, so that the signature never stands alone on a page; ``closing_lead`` stands bold before
    it.  ``issues``: the subtitle is who decides, and is set as the decree sets it.  ``signs_rows``: the last rows of a
    table that ends the text stay with the signature.
    """

    superior: str
    issuer: str
    republic: str
    motto: str
    number: str
    place_and_date: str
    kind: str
    closing: str
    recipients_head: str
    recipients: tuple[str, ...]
    authority: tuple[str, ...]
    signature: str
    signer: str
    closing_lead: str = ""
    issues: bool = False
    signs_rows: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """What ties a released document to its public page: an address, its QR code as SVG, and a checksum."""

    checksum: str
    address: str
    qr: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """A document in the official layout: head, body, signature, annexes.

    ``marks`` are words that every page carries (draft, demo); a ``seal`` stands at the foot of every page.
    """

    language: str
    title: str
    subtitle: str
    letter: Letter
    made_on: date
    marks: tuple[str, ...]
    watermark: str
    body: tuple[Block, ...]
    annexes: tuple[Block, ...]
    seal: Seal | None = None

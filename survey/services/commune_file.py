"""The file of the reorganisation of 1 July 2025: every old commune and the new one it went to, whole or in part.

Pure: nothing here knows the database.  What contradicts itself in the file is told as an oddity, never corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from survey.services.commune_checks import find_oddities
from survey.services.commune_values import CommuneRow, Extent, Oddity
from survey.services.table_file import Table
from survey.services.table_headings import Column, HeadedTable, headed
from survey.services.table_values import Row, plain_heading

REORGANISED_ON: Final = date(2025, 7, 1)
COMMUNE_COLUMNS: Final = (
    Column("new_province_code", "Mã tỉnh mới", "New province code", is_needed=True),
    Column("new_province", "Tỉnh mới", "New province", ("Tên tỉnh mới",), is_needed=True),
    Column("new_commune_code", "Mã xã mới", "New commune code", is_needed=True),
    Column("new_commune", "Xã mới", "New commune", ("Tên xã mới",), is_needed=True),
    Column("old_commune_code", "Mã xã cũ", "Old commune code", is_needed=True),
    Column("old_commune", "Xã cũ", "Old commune", ("Tên xã cũ",), is_needed=True),
    Column("note", "Ghi chú", "Note", ("Cách sắp xếp",)),
    Column("old_district_code", "Mã huyện cũ", "Old district code"),
    Column("old_district", "Huyện cũ", "Old district", ("Tên huyện cũ",)),
    Column("old_province_code", "Mã tỉnh cũ", "Old province code"),
    Column("old_province", "Tỉnh cũ", "Old province", ("Tên tỉnh cũ",)),
)
_TYPES: Final = {"xa": "xã", "phuong": "phường", "thi tran": "thị trấn", "dac khu": "đặc khu"}
_PARTLY: Final = ("nhap mot phan", "phan con lai", "nhap toan bo dien tich")
_RENAMED_PART: Final = "tu mot phan"

__all__ = ["COMMUNE_COLUMNS", "REORGANISED_ON", "CommuneFile", "CommuneRow", "Oddity", "read_communes"]


@dataclass(frozen=True, slots=True)
class CommuneFile:
    """Every row of the file in its order, and what looks odd in it, by line; line 0 is the file as a whole."""

    rows: tuple[CommuneRow, ...]
    oddities: tuple[Oddity, ...]


def read_communes(table: Table, named: Mapping[str, str] | None = None) -> CommuneFile:
    """Read the file; ``named`` maps names of ``COMMUNE_COLUMNS`` to its headings where these are not recognised.

    Raises:
        ImportRefusedError: where a needed column is missing.

    """
    read = headed(table, COMMUNE_COLUMNS, named)
    rows = tuple(_row(read, row) for row in read.rows)
    return CommuneFile(rows, find_oddities(rows))


def _row(read: HeadedTable, row: Row) -> CommuneRow:
    def cell(column: str) -> str:
        return read.cell(row, column)

    return CommuneRow(
        line=row.line,
        old_code=cell("old_commune_code"),
        old_name=cell("old_commune"),
        old_type=_type(cell("old_commune")),
        old_district_code=cell("old_district_code"),
        old_district=cell("old_district"),
        old_province_code=cell("old_province_code"),
        old_province=cell("old_province"),
        new_code=cell("new_commune_code"),
        new_name=cell("new_commune"),
        new_type=_type(cell("new_commune")),
        new_province_code=cell("new_province_code"),
        new_province=cell("new_province"),
        note=cell("note"),
        extent=_extent(cell("note")),
    )


def _type(name: str) -> str:
    plain = plain_heading(name)
    return next((kind for start, kind in _TYPES.items() if plain.startswith(f"{start} ")), "")


def _extent(note: str) -> Extent:
    plain = plain_heading(note)
    if not plain.startswith(_PARTLY) and _RENAMED_PART not in plain:
        return "whole"
    return "all_people" if "toan bo dan so" in plain else "part"

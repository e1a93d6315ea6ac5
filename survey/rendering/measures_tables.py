"""Tables of both statistics, a line a group: one shape for channels, fields, groups, counters, what exclusions did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from survey.rendering.blocks import Column, Kind, Table, Value
from survey.rendering.words import interval_name, speaker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from survey.findings.values import BreakdownRow, Measures


class WithLevel(Protocol):
    """Findings that say at which level of confidence their intervals stand."""

    @property
    def confidence_level(self) -> float:
        """Return the level, between 0 and 1."""


def measure_columns(first: str, findings: WithLevel, language: str) -> tuple[Column, ...]:
    """Return the columns for ``measured``; the first is headed ``first``."""
    say, interval = speaker(language), interval_name(findings.confidence_level, language)
    return (
        Column(first, Kind.TEXT, 4.4),
        Column("n", Kind.COUNT, 1.2, "–"),
        Column(say(f"Tỷ lệ hài lòng, {interval}", f"Share satisfied, {interval}"), Kind.SHARE, 2.3),
        Column(say(f"Điểm trung bình (1–5), {interval}", f"Mean score (1–5), {interval}"), Kind.SCORE, 2.3),
    )


def measured(name: str, measures: Measures) -> tuple[Value, ...]:
    """Return a line of such a table."""
    return (name, measures.n, measures.share_satisfied, measures.mean_score)


def measures_table(
    findings: WithLevel,
    rows: Iterable[BreakdownRow],
    language: str,
    *,
    code: str,
    names: tuple[str, str, str],
    note: str,
) -> Table:
    """Make such a table; ``names`` are its title, the name of its sheet, and the head of its first column."""
    title, sheet, first = names
    return Table(
        code=code,
        title=title,
        sheet=sheet,
        columns=measure_columns(first, findings, language),
        rows=tuple(measured(row.name.text(language), row.measures) for row in rows),
        note=note,
    )

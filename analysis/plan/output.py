"""The result of a plan as JSON and as a readable table; the same result gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Result = dict[str, Any]

_COLUMNS = {
    "n": "n",
    "estimate": "estimate",
    "standard_error": "std. error",
    "low": "low",
    "high": "high",
    "degrees_of_freedom": "df",
    "design_effect": "deff",
    "effective_n": "eff. n",
    "missing": "missing",
}
_RANK_COLUMNS = {
    "rank": "rank",
    "low_rank": "from",
    "high_rank": "to",
    "n": "n",
    "estimate": "estimate",
    "standard_error": "std. error",
    "low": "low",
    "high": "high",
}
_CHANGE_COLUMNS = {
    "n_from": "n before",
    "n_to": "n after",
    "difference": "difference",
    "standard_error": "std. error",
    "low": "low",
    "high": "high",
    "degrees_of_freedom": "df",
    "p_value": "p",
    "p_adjusted": "p adjusted",
    "verdict": "verdict",
}


def as_json(result: Result) -> bytes:
    """Return the result as UTF-8 JSON, in the order in which it was made."""
    return (json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


_TERMS: Final = {"statistic", "sets"}  # what is ours in a sentence; names are the analyst's
# The sentences around the tables; another language brings its own under the same names.
_SENTENCES: Final = {
    "head of an estimate": "{name}: {statistic} of {outcome}, {interval} {level}",
    "head of the changes": "changes, {level}",
    "head of a ranking": "{name}: rank of {outcome}, {sets} sets {level} ({method})",
    "units that share clusters": "units share clusters and are ranked as if they were independent",
    "data": "{data}: {rows} rows, SHA-256 {data_sha256}",
    "design": "design: {degrees_of_freedom} degrees of freedom, design effect of the weights alone (Kish) {kish:.4g}",
    "plan": "plan: SHA-256 {plan_sha256}",
    "version": "version {version}",
}


def as_text(result: Result, beside: Mapping[str, str] | None = None) -> str:
    """Return the result as tables for the eye; figures are cut to five digits, JSON has them all.

    Args:
        result: Of ``run_plan``.
        beside: Another language, by the English word or the name of the sentence; it is printed above the English.
    """
    level = f"{100 * result['input']['confidence_level']:g} %"
    words = _Words(beside or {})
    parts = []
    for estimate in result["estimates"]:
        head = words.say("head of an estimate", {**estimate, "level": level})
        parts.append(_table(head, estimate["rows"], _COLUMNS, words))
    if result["changes"]:
        rows = [{**change, "domain": _named(change)} for change in result["changes"]]
        parts.append(_table(words.say("head of the changes", {"level": level}), rows, _CHANGE_COLUMNS, words))
    for ranking in result["rankings"]:
        head = words.say("head of a ranking", {**ranking, "level": level})
        head += words.say("units that share clusters", {}) if ranking["units_share_clusters"] else []
        parts.append(_table(head, ranking["rows"], _RANK_COLUMNS, words))
    source = {**result["input"], "kish": result["input"]["kish_design_effect"]}
    foot = [line for name in ("data", "design", "plan", "version") for line in words.say(name, source)]
    parts.append("\n".join([*foot, ""]))
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Words:
    """English, and above it another language where it has the word."""

    other: Mapping[str, str]

    def say(self, name: str, values: Mapping[str, Any]) -> list[str]:
        """Return a sentence in each language, a line each."""
        other = {**values, **{key: self.other.get(values[key], values[key]) for key in _TERMS & values.keys()}}
        lines = [self.other[name].format_map(other)] if name in self.other else []
        return [*lines, _SENTENCES[name].format_map(values)]

    def titles(self, names: list[str], titles: list[str]) -> list[list[str]]:
        """Return the head of a table, a line a language; ``names`` are the analyst's own."""
        other = [[*names, *(self.other.get(title, title) for title in titles)]] if self.other else []
        return [*other, [*names, *titles]]

    def verdict(self, verdict: str) -> str:
        """Return a verdict in both languages, on one line."""
        return f"{self.other[verdict]} / {verdict}" if verdict in self.other else verdict


def _named(change: Result) -> dict[str, str]:
    step = f"{change['column']} {change['from']} → {change['to']}"
    return {"change": change["name"], "between": step, **change["domain"]}


def _table(head: list[str], rows: list[Result], columns: dict[str, str], words: _Words) -> str:
    """Return a table with its head lines; the domains stand on the left."""
    keys = list(dict.fromkeys(key for row in rows for key in row["domain"]))
    with_level = ["level"] if any("level" in row for row in rows) else []
    lines = words.titles(keys, [*with_level, *columns.values()])
    titles = lines[-1]
    for row in rows:
        left = [row["domain"].get(key, "") for key in keys] + [_figure(row[key]) for key in with_level]
        figures = [words.verdict(row[key]) if key == "verdict" else _figure(row[key]) for key in columns]
        lines.append([*left, *figures])
    widths = [max(len(line[place]) for line in lines) for place in range(len(titles))]
    texts = {place for place, title in enumerate(titles) if place < len(keys) or title == "verdict"}
    body = [
        "  ".join(
            cell.ljust(width) if place in texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([*head, *body, ""])


def _figure(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.5g}" if abs(value) < 1e5 else f"{value:.0f}"  # noqa: PLR2004 - totals are read whole
    return str(value)

"""The result of a plan as JSON and as a readable table; the same result gives the same bytes."""

from __future__ import annotations

import json
from typing import Any

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


def as_text(result: Result) -> str:
    """Return the result as tables for the eye; figures are cut to five digits, JSON has them all."""
    level = f"{100 * result['input']['confidence_level']:g} %"
    parts = []
    for estimate in result["estimates"]:
        head = f"{estimate['name']}: {estimate['statistic']} of {estimate['outcome']}, {estimate['interval']} {level}"
        parts.append(_table(head, estimate["rows"], _COLUMNS))
    if result["changes"]:
        rows = [{**change, "domain": _named(change)} for change in result["changes"]]
        parts.append(_table(f"changes, {level}", rows, _CHANGE_COLUMNS))
    for ranking in result["rankings"]:
        head = f"{ranking['name']}: rank of {ranking['outcome']}, {ranking['sets']} sets {level} ({ranking['method']})"
        parts.append(_table(head, ranking["rows"], _RANK_COLUMNS))
    source = result["input"]
    parts.append(
        f"{source['data']}: {source['rows']} rows, SHA-256 {source['data_sha256']}\n"
        f"design: {source['degrees_of_freedom']} degrees of freedom, "
        f"design effect of the weights alone (Kish) {source['kish_design_effect']:.4g}\n"
        f"plan: SHA-256 {source['plan_sha256']}\nversion {source['version']}\n"
    )
    return "\n".join(parts)


def _named(change: Result) -> dict[str, str]:
    step = f"{change['column']} {change['from']} → {change['to']}"
    return {"change": change["name"], "between": step, **change["domain"]}


def _table(head: str, rows: list[Result], columns: dict[str, str]) -> str:
    """Return a table with its head line; the domains stand on the left."""
    keys = list(dict.fromkeys(key for row in rows for key in row["domain"]))
    with_level = ["level"] if any("level" in row for row in rows) else []
    titles = [*keys, *with_level, *columns.values()]
    lines = [titles]
    for row in rows:
        left = [row["domain"].get(key, "") for key in keys] + [_figure(row[key]) for key in with_level]
        lines.append([*left, *(_figure(row[key]) for key in columns)])
    widths = [max(len(line[place]) for line in lines) for place in range(len(titles))]
    texts = {place for place, title in enumerate(titles) if place < len(keys) or title == "verdict"}
    body = [
        "  ".join(
            cell.ljust(width) if place in texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([head, *body, ""])


def _figure(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.5g}" if abs(value) < 1e5 else f"{value:.0f}"  # noqa: PLR2004 - totals are read whole
    return str(value)

"""What a leaf of a rubric must fulfil: its maximum, where its value comes from, and the formula that fits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from survey.models.rubric_content import FORMULAS, ROUNDINGS, SOURCES
from survey.services.edition_faults import Fault, not_one_of, tables, unknown_keys
from survey.services.rubric_faults import (
    MOST_DECIMALS,
    faults_of_code,
    faults_of_name,
    faults_of_number,
    faults_of_points,
    number_in,
    written,
)

# What each source needs to be known by, and the formulas that can read its value.
_NEEDED: Final = {"indicator": "indicator", "survey": "survey"}
_FORMULAS_OF: Final = {
    "satisfaction": ("share", "linear", "bands"),
    "survey": ("points", "share", "linear", "bands"),
    "indicator": ("share", "linear", "bands", "yes_no"),
}
_KEYS: Final = frozenset(
    {"code", "name", "maximum", "source", "formula", "decimals", "rounding", "requires", "guide"}
    | {"element", "indicator", "survey"}
)
_FORMULA_KEYS: Final = {
    "points": frozenset({"kind", "step"}),
    "share": frozenset({"kind"}),
    "linear": frozenset({"kind", "nothing_at", "all_at"}),
    "bands": frozenset({"kind", "steps"}),
    "yes_no": frozenset({"kind"}),
}
_LONGEST_WORD: Final = 60


def faults_of_leaf(leaf: Mapping[str, Any], place: str, *, most_known: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """Yield what is wrong with a leaf; ``most_known`` are keys beyond those of every leaf."""
    yield from unknown_keys(dict(leaf), _KEYS | most_known, f"{place}.")
    yield from faults_of_head(leaf, place)
    yield from faults_of_points(leaf, "maximum", f"{place}.")
    yield from faults_of_cut(leaf, f"{place}.")
    yield from _faults_of_source(leaf, place)
    yield from _faults_of_formula(leaf, place)
    requires = leaf.get("requires", [])
    if not isinstance(requires, list) or not all(isinstance(one, str) for one in requires):
        yield Fault(f"{place}.requires", 'hãy ghi danh sách mã, ví dụ ["1.2"]', 'write a list of codes, as ["1.2"]')


def faults_of_head(table: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Yield what is wrong with the code, the name and the guide of an area, a criterion or a leaf."""
    yield from faults_of_code(table.get("code"), f"{place}.code")
    yield from faults_of_name(table.get("name"), f"{place}.name")
    if "guide" in table:
        yield from faults_of_name(table["guide"], f"{place}.guide")


def faults_of_cut(table: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Yield what is wrong with decimals and rounding, which may be left out."""
    decimals = table.get("decimals", 0)
    if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= MOST_DECIMALS:
        yield Fault(
            f"{place}decimals",
            f"phải là số nguyên 0 đến {MOST_DECIMALS}; hãy sửa",
            f"must be a whole number, 0 to {MOST_DECIMALS}; change it",
        )
    if "rounding" in table:
        yield from not_one_of(table["rounding"], ROUNDINGS, f"{place}rounding")


def _faults_of_source(leaf: Mapping[str, Any], place: str) -> Iterator[Fault]:
    source = leaf.get("source")
    if source is None:
        yield Fault(
            f"{place}.source",
            f"thiếu nguồn điểm; hãy ghi một trong: {', '.join(SOURCES)}",
            f"does not say where its points come from; write one of {', '.join(SOURCES)}",
        )
        return
    yield from not_one_of(source, SOURCES, f"{place}.source")
    for key in ("element", "indicator", "survey"):
        word = leaf.get(key)
        if word is not None and (not isinstance(word, str) or not word.strip() or len(word) > _LONGEST_WORD):
            yield Fault(f"{place}.{key}", "phải là một mã ngắn; hãy sửa", "must be a short code; change it")
        elif word is None and _NEEDED.get(str(source)) == key:
            yield Fault(
                f"{place}.{key}",
                f"nguồn {source} phải nói rõ {key} nào; hãy ghi mã",
                f"the source {source} needs to say which {key}; give its code",
            )
        elif word is not None and key != _NEEDED.get(str(source), "element" if source == "satisfaction" else ""):
            yield Fault(
                f"{place}.{key}",
                f"không hợp với nguồn {source}; hãy bỏ đi hoặc đổi nguồn",
                f"does not fit the source {source}; take it out or change the source",
            )


def _faults_of_formula(leaf: Mapping[str, Any], place: str) -> Iterator[Fault]:
    formula, where = leaf.get("formula", {"kind": "points"}), f"{place}.formula"
    if not isinstance(formula, dict):
        yield Fault(where, 'hãy ghi { kind = "share" }', 'write { kind = "share" }')
        return
    kind = formula.get("kind")
    yield from not_one_of(kind, FORMULAS, f"{where}.kind")
    if kind not in FORMULAS:
        return
    allowed = _FORMULAS_OF.get(str(leaf.get("source")), FORMULAS)
    if kind not in allowed:
        yield Fault(
            f"{where}.kind",
            f"nguồn {leaf.get('source')} chỉ dùng được: {', '.join(allowed)}",
            f"the source {leaf.get('source')} can only use {', '.join(allowed)}",
        )
    yield from unknown_keys(formula, _FORMULA_KEYS[kind], f"{where}.")
    if kind == "points" and "step" in formula:
        yield from faults_of_points(formula, "step", f"{where}.")
    elif kind == "linear":
        yield from _faults_of_linear(formula, where)
    elif kind == "bands":
        yield from _faults_of_steps(formula.get("steps"), leaf, f"{where}.steps")


def _faults_of_linear(formula: Mapping[str, Any], where: str) -> Iterator[Fault]:
    for key in ("nothing_at", "all_at"):
        yield from faults_of_number(formula, key, f"{where}.")
    ends = number_in(formula, "nothing_at"), number_in(formula, "all_at")
    if None not in ends and ends[0] == ends[1]:
        yield Fault(
            f"{where}.all_at",
            "hai mốc 0 điểm và điểm tối đa phải khác nhau; hãy sửa một mốc",
            "the ends of no points and of all points must differ; change one of them",
        )


def _faults_of_steps(steps: object, leaf: Mapping[str, Any], where: str) -> Iterator[Fault]:
    rows = tables(steps)
    if not rows or not isinstance(steps, list) or len(rows) < len(steps):
        yield Fault(where, 'hãy ghi các bậc { at_least = "0.9", points = "2" }', "list steps { at_least, points }")
        return
    limit = "at_most" if "at_most" in rows[0] else "at_least"
    maximum, seen = number_in(leaf, "maximum"), set()
    for number, row in enumerate(rows, start=1):
        place = f"{where}[{number}]"
        if set(row) != {limit, "points"}:
            yield Fault(
                place,
                "mỗi bậc chỉ ghi points và cùng một loại mốc (at_least hoặc at_most)",
                "a step has points and the same kind of limit as the others, at_least or at_most",
            )
            continue
        yield from faults_of_number(row, limit, f"{place}.")
        yield from faults_of_number(row, "points", f"{place}.", low=0)
        points, mark = number_in(row, "points"), number_in(row, limit)
        if points is not None and maximum is not None and points > maximum:
            yield Fault(
                f"{place}.points",
                f"{written(points)} vượt điểm tối đa {written(maximum)}; hãy giảm điểm của bậc hoặc tăng điểm tối đa",
                f"{written(points)} is above the maximum {written(maximum)}; lower the step or raise the maximum",
            )
        if mark is not None and mark in seen:
            yield Fault(f"{place}.{limit}", "trùng mốc với bậc khác; hãy đổi mốc", "repeats a limit; change it")
        seen.add(mark)

"""What a leaf of a rubric must fulfil: its maximum, where its value comes from, and the formula that fits it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from survey.models.rubric_content import FORMULAS, ROUNDINGS, SOURCES
from survey.services import rubric_words as words
from survey.services.edition_faults import Fault, tables, unknown_keys
from survey.services.rubric_faults import (
    MOST_DECIMALS,
    faults_of_code,
    faults_of_name,
    faults_of_number,
    faults_of_order,
    faults_of_points,
    listed,
    not_among,
    number_in,
    written,
    written_vi,
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
    if "rounding" in table and table["rounding"] not in ROUNDINGS:
        yield not_among(table["rounding"], words.ROUNDINGS, ROUNDINGS, f"{place}rounding")


def _faults_of_source(leaf: Mapping[str, Any], place: str) -> Iterator[Fault]:
    source = leaf.get("source")
    if source is None:
        yield Fault(
            f"{place}.source",
            f"thiếu nguồn điểm; hãy chọn một trong: {listed(words.SOURCES, SOURCES, 'vi')}",
            f"does not say where its points come from; choose one of {listed(words.SOURCES, SOURCES, 'en')}",
        )
        return
    if source not in SOURCES:
        yield not_among(source, words.SOURCES, SOURCES, f"{place}.source")
    said = words.SOURCES.get(str(source), (str(source), str(source)))
    for key in ("element", "indicator", "survey"):
        word = leaf.get(key)
        if word is not None and not _is_word(word):
            yield Fault(f"{place}.{key}", "phải là một mã ngắn; hãy sửa", "must be a short code; change it")
        elif word is None and _NEEDED.get(str(source)) == key:
            yield Fault(
                f"{place}.{key}",
                f"nguồn “{said[0]}” phải nói rõ lấy từ đâu; hãy ghi mã ở “Lấy từ” ({key})",
                f"the source “{said[1]}” must say which; give its code in “Taken from” ({key})",
            )
        elif word is not None and key != _NEEDED.get(str(source), "element" if source == "satisfaction" else ""):
            yield Fault(
                f"{place}.{key}",
                f"không hợp với nguồn {said[0]}; hãy bỏ đi hoặc đổi nguồn",
                f"does not fit the source {said[1]}; take it out or change the source",
            )


def _is_word(word: object) -> bool:
    return isinstance(word, str) and bool(word.strip()) and len(word) <= _LONGEST_WORD and word.isprintable()


def _faults_of_formula(leaf: Mapping[str, Any], place: str) -> Iterator[Fault]:
    formula, where = leaf.get("formula", {"kind": "points"}), f"{place}.formula"
    if not isinstance(formula, dict):
        yield Fault(where, 'hãy ghi { kind = "share" }', 'write { kind = "share" }')
        return
    kind = formula.get("kind")
    if kind not in FORMULAS:
        yield not_among(kind, words.FORMULAS, FORMULAS, f"{where}.kind")
        return
    allowed = _FORMULAS_OF.get(str(leaf.get("source")), FORMULAS)
    if kind not in allowed:
        source = words.SOURCES[str(leaf.get("source"))]
        yield Fault(
            f"{where}.kind",
            f"nguồn “{source[0]}” chỉ dùng được: {listed(words.FORMULAS, allowed, 'vi')}",
            f"the source “{source[1]}” can only use {listed(words.FORMULAS, allowed, 'en')}",
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
        yield Fault(
            where,
            "chưa có bậc nào; hãy ghi mốc và điểm của từng bậc, như >=0,9: 2",
            "has no steps; write the limit and the points of each, as >=0.9: 2",
        )
        return
    limit = "at_most" if "at_most" in rows[0] else "at_least"
    maximum, seen = number_in(leaf, "maximum"), set()
    for number, row in enumerate(rows, start=1):
        place = f"{where}[{number}]"
        if set(row) != {limit, "points"}:
            shown = str(row.get("points", ""))[:_LONGEST_WORD]
            yield Fault(
                place,
                f"bậc “{shown}” không đọc được, hoặc khác chiều các bậc kia; ghi mọi bậc cùng một loại mốc "
                "như >=0,9: 2 hoặc <=0,1: 2 (trong TOML: at_least hoặc at_most, và points)",
                f"the step “{shown}” cannot be read, or goes another way than the others; write all steps with one "
                "kind of limit, >=0.9: 2 or <=0.1: 2 (in TOML: at_least or at_most, and points)",
            )
            continue
        yield from faults_of_number(row, limit, f"{place}.")
        yield from faults_of_number(row, "points", f"{place}.", low=0)
        points, mark = number_in(row, "points"), number_in(row, limit)
        if points is not None and maximum is not None and points > maximum > 0:
            yield Fault(
                f"{place}.points",
                f"{written_vi(points)} vượt điểm tối đa {written_vi(maximum)}; "
                "hãy giảm điểm của bậc hoặc tăng điểm tối đa",
                f"{written(points)} is above the maximum {written(maximum)}; lower the step or raise the maximum",
            )
        if mark is not None and mark in seen:
            yield Fault(f"{place}.{limit}", "trùng mốc với bậc khác; hãy đổi mốc", "repeats a limit; change it")
        seen.add(mark)
    yield from faults_of_order([number_in(row, limit) for row in rows], where)

"""One line of a rubric edited at the desk; the sums above it follow, so that the rubric fits together again."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from survey.models.columns import exact_text
from survey.models.rubric_content import exact
from survey.services import rubric_words as words
from survey.services.edition_faults import Fault
from survey.services.rubric_leaf_checks import faults_of_head, faults_of_leaf
from survey.services.rubric_tree import lines_of

FIELDS: Final = (
    "name", "name_en", "maximum", "source", "taken_from", "formula", "numbers", "decimals", "rounding", "requires",
    "guide", "guide_en",
)  # fmt: skip
# The fields of an area, or of a criterion that is the sum of its parts.
SUM_FIELDS: Final = ("name", "name_en", "guide", "guide_en")
_TAKEN_FROM: Final = {"satisfaction": "element", "indicator": "indicator", "survey": "survey"}
_FIELD_OF: Final = {"element": "taken_from", "indicator": "taken_from", "survey": "taken_from", "code": ""}


@dataclass(frozen=True, slots=True)
class EditedLine:
    """The rubric with a line changed, and what is wrong with the line by its field ("" for none of them)."""

    content: dict[str, Any]
    faults: tuple[tuple[str, Fault], ...]


def find_line(content: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    """Return the line of a code."""
    return next((table for _, _, table in lines_of(content) if table["code"] == code), None)


def is_sum(line: Mapping[str, Any]) -> bool:
    """Return whether a line is only the sum of those below it."""
    return bool(line.get("criteria") or line.get("parts"))


def texts_of(line: Mapping[str, Any]) -> dict[str, str]:
    """Return a line as the boxes of a form hold it."""
    formula = line.get("formula", {})
    source = str(line.get("source", ""))
    return {
        "name": line["name"].get("vi", ""),
        "name_en": line["name"].get("en", ""),
        "maximum": str(line.get("maximum", "")),
        "source": source,
        "taken_from": str(line.get(_TAKEN_FROM.get(source, ""), "")),
        "formula": formula.get("kind", "points"),
        "numbers": words.formula_text(formula),
        "decimals": str(line.get("decimals", "")),
        "rounding": str(line.get("rounding", "")),
        "requires": ", ".join(line.get("requires", ())),
        "guide": line.get("guide", {}).get("vi", ""),
        "guide_en": line.get("guide", {}).get("en", ""),
    }


def edit_line(content: Mapping[str, Any], code: str, texts: Mapping[str, str]) -> EditedLine:
    """Return the rubric with what the boxes say for a line; sums above it, and the total, follow."""
    edited: dict[str, Any] = copy.deepcopy(dict(content))
    line = next(table for _, _, table in lines_of(edited) if table["code"] == code)
    assert isinstance(line, dict)  # noqa: S101 -- what was copied is made of dicts
    _set_words(line, texts)
    if is_sum(line):
        return EditedLine(edited, tuple(_by_field(faults_of_head(line, code), code)))
    _set_leaf(line, texts)
    faults = tuple(_by_field(faults_of_leaf(line, code), code))
    if not faults:
        _sum_up(edited)
    return EditedLine(edited, faults)


def _set_words(line: dict[str, Any], texts: Mapping[str, str]) -> None:
    for key in ("name", "guide"):
        said = {"vi": texts[key].strip(), "en": texts[f"{key}_en"].strip()}
        line[key] = {language: text for language, text in said.items() if text}
    if not line["guide"]:
        del line["guide"]


def _set_leaf(line: dict[str, Any], texts: Mapping[str, str]) -> None:
    source, formula = texts["source"], texts["formula"]
    for key in ("maximum", "decimals", "rounding", "requires", "element", "indicator", "survey", "formula"):
        line.pop(key, None)
    line["maximum"], line["source"] = words.number_of(texts["maximum"].strip()), source
    if formula != "points" or texts["numbers"].strip():
        line["formula"] = words.formula_from(formula, " ".join(texts["numbers"].split()))
    if texts["taken_from"].strip():
        line[_TAKEN_FROM.get(source, "element")] = texts["taken_from"].strip()
    if decimals := texts["decimals"].strip():
        line["decimals"] = int(decimals) if decimals.isdecimal() and len(decimals) == 1 else decimals
    if texts["rounding"]:
        line["rounding"] = texts["rounding"]
    if codes := [code.strip() for code in texts["requires"].split(",") if code.strip()]:
        line["requires"] = codes


def _by_field(faults: Iterator[Fault], code: str) -> Iterator[tuple[str, Fault]]:
    for fault in faults:
        rest = fault.place.removeprefix(f"{code}.")
        key = rest.replace("[", ".").split(".", maxsplit=1)[0]
        if key == "formula":
            field = "formula" if rest in {"formula", "formula.kind"} else "numbers"
        else:
            field = _FIELD_OF.get(key, key)
        yield field if field in FIELDS else "", fault


def _sum_up(content: dict[str, Any]) -> None:
    total = Fraction(0)
    for area in content["areas"]:
        for criterion in area["criteria"]:
            if criterion.get("parts"):
                criterion["maximum"] = exact_text(_sum(criterion["parts"]))
        area["maximum"] = exact_text(_sum(area["criteria"]))
        total += exact(area["maximum"])
    content["maximum"] = exact_text(total)


def _sum(lines: list[dict[str, Any]]) -> Fraction:
    return sum((exact(line["maximum"]) for line in lines), Fraction(0))

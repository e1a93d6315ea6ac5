"""Lines of a rubric typed at the desk: changed and added, each sound by itself; whether all fits is told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from survey.models.columns import exact_text
from survey.models.rubric_content import exact
from survey.services import rubric_words as words
from survey.services.edition_faults import Fault
from survey.services.rubric_faults import faults_of_points
from survey.services.rubric_leaf_checks import faults_of_head, faults_of_leaf
from survey.services.rubric_structure import codes_of, copied, find_spot, place_for, recoded
from survey.services.rubric_tree import lines_of

FIELDS: Final = (
    "code", "name", "name_en", "maximum", "source", "element", "indicator", "survey", "formula", "step", "nothing_at",
    "all_at", "direction", "decimals", "rounding", "requires", "guide", "guide_en",
)  # fmt: skip
# The fields of an area, or of a criterion that is the sum of its parts.
SUM_FIELDS: Final = ("code", "name", "name_en", "maximum", "guide", "guide_en")
NUMBERS: Final = ("maximum", "step", "nothing_at", "all_at")
MOST_STEPS: Final = 20
_TAKEN_FROM: Final = {"satisfaction": "element", "indicator": "indicator", "survey": "survey"}
_STEP_PLACE: Final = re.compile(r"formula\.steps\[(\d+)\]\.?(\w*)")


@dataclass(frozen=True, slots=True)
class EditedLine:
    """The rubric with a line changed, and what is wrong with the line, by the box of the form."""

    content: dict[str, Any]
    faults: tuple[tuple[str, Fault], ...]


def find_line(content: Mapping[str, Any], code: str) -> Mapping[str, Any] | None:
    """Return the line of a code."""
    return next((table for _, _, table in lines_of(content) if table["code"] == code), None)


def is_sum(line: Mapping[str, Any]) -> bool:
    """Return whether a line is only the sum of those below it."""
    return "criteria" in line or bool(line.get("parts"))


def texts_of(line: Mapping[str, Any]) -> dict[str, str]:
    """Return a line as the boxes of a form hold it; the steps of bands are limit_1, points_1 and so on."""
    formula = line.get("formula", {})
    steps = formula.get("steps", [])
    texts = {
        "code": line["code"],
        "maximum": str(line.get("maximum", "")),
        "source": str(line.get("source", "")),
        "formula": formula.get("kind", "points"),
        "direction": "at_most" if steps and "at_most" in steps[0] else "at_least",
        "decimals": str(line.get("decimals", "")),
        "rounding": str(line.get("rounding", "")),
        "requires": ", ".join(line.get("requires", ())),
    }
    texts |= {key: str(line.get(key, "")) for key in ("element", "indicator", "survey")}
    texts |= {key: str(formula.get(key, "")) for key in ("step", "nothing_at", "all_at")}
    for key in ("name", "guide"):
        texts |= {key: line.get(key, {}).get("vi", ""), f"{key}_en": line.get(key, {}).get("en", "")}
    for number, step in enumerate(steps, start=1):
        texts[f"limit_{number}"] = str(step.get("at_most", step.get("at_least", "")))
        texts[f"points_{number}"] = str(step.get("points", ""))
    return texts


def edit_line(content: Mapping[str, Any], code: str, texts: Mapping[str, str]) -> EditedLine:
    """Return the rubric with what the boxes say for a line; conditions that name it follow its code."""
    edited = copied(content)
    spot = find_spot(edited, code)
    assert spot is not None  # noqa: S101 -- the caller found the line
    faults = [*_typed_into(spot.table, texts)]
    new = spot.table["code"]
    if new != code:
        faults += _taken(new, codes_of(content))
        spot.table["code"] = code
        edited = recoded(edited, {code: new})
    return EditedLine(edited, tuple(faults))


def add_line(content: Mapping[str, Any], kind: str, under: str, texts: Mapping[str, str]) -> EditedLine | None:
    """Return the rubric with a new line at the end of its place; None where there is no such place."""
    edited = copied(content)
    members = place_for(edited, kind, under)
    if members is None:
        return None
    table: dict[str, Any] = {"code": "", "criteria": []} if kind == "area" else {"code": ""}
    members.append(table)
    return EditedLine(edited, (*_typed_into(table, texts), *_taken(table["code"], codes_of(content))))


def sum_up(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rubric with every sum, and the total, made to agree with what stands below it."""
    summed = copied(content)
    for area in summed["areas"]:
        for criterion in area["criteria"]:
            if criterion.get("parts"):
                criterion["maximum"] = exact_text(_sum(criterion["parts"]))
        if area["criteria"]:
            area["maximum"] = exact_text(_sum(area["criteria"]))
    if summed["areas"]:
        summed["maximum"] = exact_text(_sum(summed["areas"]))
    return summed


def _taken(code: str, codes: list[str]) -> Iterator[tuple[str, Fault]]:
    if code in codes:
        yield (
            "code",
            Fault(
                code,
                f"mã “{code}” đã có dòng khác dùng; hãy ghi mã khác",
                f"another line has the code “{code}”; give another one",
            ),
        )


def _typed_into(line: dict[str, Any], texts: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:
    """Put what was typed into a line, and yield what is wrong with it, by its box."""
    line["code"] = texts["code"].strip()
    line["maximum"] = words.number_of(texts["maximum"].strip())
    for key in ("name", "guide"):
        said = {"vi": " ".join(texts[key].split()), "en": " ".join(texts[f"{key}_en"].split())}
        line[key] = {language: text for language, text in said.items() if text}
    if not line["guide"]:
        del line["guide"]
    if is_sum(line):
        yield from _by_box(faults_of_head(line, ""))
        yield from _by_box(faults_of_points(line, "maximum", "."))
    else:
        _set_leaf(line, texts)
        yield from _by_box(faults_of_leaf(line, ""))


def _set_leaf(line: dict[str, Any], texts: Mapping[str, str]) -> None:
    source = texts["source"]
    for key in ("decimals", "rounding", "requires", "element", "indicator", "survey", "formula", "source"):
        line.pop(key, None)
    if source:
        line["source"] = source
    if (key := _TAKEN_FROM.get(source, "")) and texts[key].strip():
        line[key] = texts[key].strip()
    if formula := _formula(texts):
        line["formula"] = formula
    if decimals := texts["decimals"].strip():
        line["decimals"] = words.whole_of(decimals)
    if texts["rounding"]:
        line["rounding"] = texts["rounding"]
    if codes := [code.strip() for code in texts["requires"].replace(";", ",").split(",") if code.strip()]:
        line["requires"] = codes


def _formula(texts: Mapping[str, str]) -> dict[str, Any]:
    kind = texts["formula"]
    if kind == "linear":
        return {"kind": kind} | {key: words.number_of(texts[key].strip()) for key in ("nothing_at", "all_at")}
    if kind == "bands":
        rows = [
            (texts.get(f"limit_{number}", "").strip(), texts.get(f"points_{number}", "").strip())
            for number in range(1, MOST_STEPS + 1)
        ]
        limit = texts["direction"] if texts["direction"] == "at_most" else "at_least"
        return {
            "kind": kind,
            "steps": [
                {limit: words.number_of(at), "points": words.number_of(points)} for at, points in rows if at or points
            ],
        }
    if kind == "points":
        step = words.number_of(texts["step"].strip())
        return {"kind": kind, "step": step} if step else {}
    return {"kind": kind}


def _by_box(faults: Iterator[Fault]) -> Iterator[tuple[str, Fault]]:
    for fault in faults:
        rest = fault.place.lstrip(".")
        if step := _STEP_PLACE.match(rest):
            yield f"{'points' if step[2] == 'points' else 'limit'}_{step[1]}", fault
            continue
        *_, last = rest.split(".")
        box = {"kind": "formula", "steps": "formula"}.get(last, rest.replace("[", ".").split(".", maxsplit=1)[0])
        yield (last if last in {"step", "nothing_at", "all_at"} else box), fault


def _sum(lines: list[dict[str, Any]]) -> Fraction:
    return sum((exact(line["maximum"]) for line in lines), Fraction(0))

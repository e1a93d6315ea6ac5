"""The general part of a rubric typed at the desk: names, rules, limits of bonus and penalty, classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from survey.services import rubric_words as words
from survey.services.edition_faults import Fault
from survey.services.rubric_checks import faults_of_general
from survey.services.rubric_editing import EditedLine
from survey.services.rubric_structure import copied

GENERAL_FIELDS: Final = (
    "rubric", "edition", "year", "title", "title_en", "origin", "origin_en", "applies_to", "maximum", "decimals",
    "rounding", "without_survey", "bonus_maximum", "penalty_maximum", "may_exceed",
)  # fmt: skip
GENERAL_NUMBERS: Final = ("maximum", "bonus_maximum", "penalty_maximum", "band_from")
MOST_BANDS: Final = 12
_DEFAULTS: Final = {"decimals": "2", "rounding": "truncate", "without_survey": "refuse"}
_BAND: Final = re.compile(r"bands\[(\d+)\]\.?(\w*)")
_BAND_BOX: Final = {"code": "band_code", "name": "band_name", "at_least": "band_from"}


def general_texts(content: Mapping[str, Any]) -> dict[str, str]:
    """Return the general part as the boxes of a form hold it; classes are band_code_1 and so on."""
    texts = {key: str(content.get(key, _DEFAULTS.get(key, ""))) for key in GENERAL_FIELDS}
    for key in ("title", "origin"):
        text = content.get(key, {})
        texts |= {key: text.get("vi", ""), f"{key}_en": text.get("en", "")}
    texts["may_exceed"] = "true" if content.get("may_exceed") else "false"
    for number, band in enumerate(content.get("bands", []), start=1):
        texts |= {
            f"band_code_{number}": str(band.get("code", "")),
            f"band_name_{number}": band.get("name", {}).get("vi", ""),
            f"band_name_en_{number}": band.get("name", {}).get("en", ""),
            f"band_from_{number}": str(band.get("at_least", "")),
        }
    return texts


def edit_general(content: Mapping[str, Any], texts: Mapping[str, str]) -> EditedLine:
    """Return the rubric with what the boxes say; classes stand as they were written."""
    edited = copied(content)
    for key in ("title", "origin"):
        said = {"vi": " ".join(texts[key].split()), "en": " ".join(texts[f"{key}_en"].split())}
        edited[key] = {language: text for language, text in said.items() if text}
    if not edited["origin"]:
        del edited["origin"]
    for key in ("rubric", "edition", "applies_to", "rounding", "without_survey"):
        edited[key] = texts[key].strip()
    for key in ("year", "decimals"):
        edited[key] = words.whole_of(texts[key].strip())
    edited["maximum"] = words.number_of(texts["maximum"].strip())
    for key in ("bonus_maximum", "penalty_maximum"):
        edited.pop(key, None)
        if limit := texts[key].strip():
            edited[key] = words.number_of(limit)
    edited["may_exceed"] = texts["may_exceed"] == "true"
    _set_bands(edited, texts)
    faults = tuple(_by_box(faults_of_general(edited)))
    return EditedLine(edited, faults)


def _set_bands(content: dict[str, Any], texts: Mapping[str, str]) -> None:
    bands = []
    for number in range(1, MOST_BANDS + 1):
        code, vi, en, at_least = (
            texts.get(f"{box}_{number}", "").strip() for box in ("band_code", "band_name", "band_name_en", "band_from")
        )
        if code or vi or at_least:
            name = {language: text for language, text in (("vi", vi), ("en", en)) if text}
            bands.append({"code": code, "name": name, "at_least": words.number_of(at_least.removesuffix("%").strip())})
    content.pop("bands", None)
    if bands:
        content["bands"] = bands


def _by_box(faults: Iterator[Fault]) -> Iterator[tuple[str, Fault]]:
    for fault in faults:
        if band := _BAND.match(fault.place):
            yield f"{_BAND_BOX.get(band[2], 'band_code')}_{band[1]}", fault
        else:
            yield fault.place.split(".", maxsplit=1)[0], fault

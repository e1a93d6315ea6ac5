"""What the JSON of a questionnaire edition and of a method edition means, as frozen values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Self

RATING_LEVELS = (1, 2, 3, 4, 5)
SATISFIED_LEVELS = (4, 5)
NO_OPINION = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A rated question; ``text`` maps language codes to wording."""

    code: str
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """A group of rated questions that are pooled."""

    code: str
    name: dict[str, str]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """An edition: ordered elements with their items, and the single overall question, which is never pooled.

    ``scale`` names the levels 1 to 5 in their order.
    """

    questionnaire: str
    edition: str
    title: dict[str, str]
    overall: Item | None
    elements: tuple[Element, ...]
    scale: tuple[dict[str, str], ...] = ()

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Read the JSON of an edition that was checked when it was loaded."""
        overall = content.get("overall")
        return cls(
            questionnaire=content["questionnaire"],
            edition=content["edition"],
            title=content["title"],
            overall=Item(code=overall["code"], text=overall["text"]) if overall else None,
            elements=tuple(
                Element(
                    code=element["code"],
                    name=element["name"],
                    items=tuple(Item(code=item["code"], text=item["text"]) for item in element["items"]),
                )
                for element in content["elements"]
            ),
            scale=tuple(content["scale"][str(level)] for level in RATING_LEVELS) if "scale" in content else (),
        )

    @property
    def items(self) -> tuple[Item, ...]:
        """Return every rated question: the elements' in order, then the overall question."""
        own = tuple(item for element in self.elements for item in element.items)
        return (*own, self.overall) if self.overall else own


@dataclass(frozen=True, slots=True)
class PointsRule:
    """How satisfaction becomes index points; ``maximum`` and results are decimal text, to stay exact."""

    source: str
    maximum_per_part: str
    decimals: int
    rounding: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method edition.  ``statistic``: share or mean; ``aggregation``: pooled, element_mean or weights."""

    code: str
    statistic: str
    aggregation: str
    confidence_level: float
    smallest_n_shown: int
    smallest_n_index: int
    points: PointsRule

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Read the JSON of a method edition that was checked when it was loaded."""
        return cls(**{**content, "points": PointsRule(**content["points"])})


def content_sha256(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of an edition."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

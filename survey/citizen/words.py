"""The wording of citizens' pages, one file a language; what a translation lacks is shown in Vietnamese."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "wording"
ORIGINAL: Final = "vi"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language, completed from Vietnamese; ``tag`` is what ``lang`` says in HTML."""

    tag: str
    name: str
    text: dict[str, str]

    def say(self, key: str, **values: str) -> str:
        """Return a sentence with its placeholders filled."""
        return self.text[key].format(**values)


def _read(tag: str, original: dict[str, str]) -> Words:
    content = tomllib.loads((FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))
    return Words(tag=tag, name=content["language"]["name"], text={**original, **content["text"]})


def _read_all() -> dict[str, Words]:
    original = _read(ORIGINAL, {})
    others = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != ORIGINAL)
    return {ORIGINAL: original, **{tag: _read(tag, original.text) for tag in others}}


WORDS: Final = _read_all()

"""What every report shares: its marks, and the numbers of its chapters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from survey.rendering.blocks import Block, Heading
from survey.rendering.words import DEMO, DEMO_NOTE, DRAFT, DRAFT_NOTE, PREVIEW_NOTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from survey.findings.values import AgencyFindings, AnnualFindings


def agency_marks(findings: AgencyFindings, language: str) -> tuple[str, ...]:
    """Return the words that every page of an agency's report must carry."""
    return marks_of(language, is_draft=not findings.wave.is_released, is_preview=False, is_demo=findings.agency.is_demo)


def annual_marks(findings: AnnualFindings, language: str) -> tuple[str, ...]:
    """Return the words that every page of the annual summary must carry."""
    return marks_of(
        language, is_draft=findings.is_draft, is_preview=is_preview(findings), is_demo=findings.root.is_demo
    )


def is_preview(findings: AnnualFindings) -> bool:
    """Return whether a wave that still runs is in the figures, so that no verdict may be given."""
    return any(wave.state != "closed" for wave in findings.waves)


def marks_of(language: str, *, is_draft: bool, is_preview: bool, is_demo: bool) -> tuple[str, ...]:
    """Return the words that hold, in their order."""
    marks = ((is_preview, PREVIEW_NOTE), (is_draft, DRAFT_NOTE), (is_demo, DEMO_NOTE))
    return tuple(words.text(language) for holds, words in marks if holds)


def watermark_of(*, is_draft: bool, is_demo: bool, language: str) -> str:
    """Return the words that lie behind every page; empty for released figures of real agencies."""
    words = DRAFT if is_draft else DEMO if is_demo else None
    return words.text(language) if words else ""


def numbered(blocks: Iterable[Block], prefix: str = "") -> Iterator[Block]:
    """Number the chapters in the order they came out: "1. …", or "Phụ lục 1. …" with a prefix."""
    number = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            number += 1
            yield replace(block, text=f"{prefix}{number}. {block.text}")
        else:
            yield block

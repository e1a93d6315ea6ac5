"""Approved comments as a file: the batch and the words, in the order in which the page shows them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from survey.rendering.plain_text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from survey.queries.comments import Batch


def comments_csv(batches: Iterable[Batch]) -> bytes:
    """Write a comment a line; no text runs as a formula, and a Vietnamese spreadsheet opens it by a double click."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("batch", "comment"))
    for batch in batches:
        writer.writerows((batch.number, harmless(words)) for words in batch.texts)
    return text.getvalue().encode("utf-8-sig")

"""Approved comments as a file: the batch and the words, in the order in which the page shows them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from survey.rendering.plain_text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def comments_csv(batches: Iterable[tuple[int, Sequence[str]]]) -> bytes:
    """Write a comment a line, of batches by their numbers.

    No text runs as a formula, and a Vietnamese spreadsheet opens the file by a double click.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("batch", "comment"))
    for number, texts in batches:
        writer.writerows((number, harmless(words)) for words in texts)
    return text.getvalue().encode("utf-8-sig")

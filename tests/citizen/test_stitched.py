from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from survey.citizen.stitched import StitchedPage


@given(before=st.text(), between=st.text(max_size=500), after=st.text(max_size=500))
def test_a_stitched_page_is_the_page(before: str, between: str, after: str) -> None:
    page = StitchedPage(before, after)
    whole = f"{before}{between}{after}".encode()
    assert page.plain(between) == whole
    assert gzip.decompress(page.gzip(between)) == whole


def test_only_the_first_part_is_compressed() -> None:
    page = StitchedPage("lặp lại " * 10_000, "</html>")
    assert len(page.gzip("key" * 20)) < 500

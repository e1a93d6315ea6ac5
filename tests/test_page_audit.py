from __future__ import annotations

import base64
import hashlib

import pytest

from page_audit import faults_of_page

GOOD = (
    "<!doctype html><html lang='vi'><head><meta charset='utf-8'><title>Trang</title></head>"
    "<body><h1>Trang</h1>{}</body></html>"
)


def faults(body: str, policy: str = "") -> list[str]:
    return list(faults_of_page(GOOD.format(body), policy=policy))


def test_a_sound_page_has_no_fault() -> None:
    assert faults("<label>Tên <input name='a'></label><label for='b'>Ghi chú</label><textarea id='b'></textarea>") == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>Hai</h1>", "has 2 h1"),
        ("<p id='a'></p><p id='a'></p>", "id 'a' stands 2 times"),
        ("<input name='a'>", "input 'a' has no label"),
        ("<div><p></div></p>", "does not parse"),
        ("<script>1</script>", "has an inline script"),
        ("<style>p {}</style>", "has an inline style"),
        ("<p style='color: red'></p>", "p has style="),
        ("<svg><style>p {}</style></svg>", "has an inline"),
        ("<p onclick='x()'></p>", "p has onclick="),
        ("<a href='javascript:x()'>a</a>", "runs a script"),
        ("<img src='https://example.org/a.png' alt=''>", "img loads https://example.org/a.png"),
        ("<img src='/a.png'>", "has no alt"),
        ("<a href='#no'>a</a>", "points nowhere"),
        ("<a href='/'></a>", "has no words"),
        ("<form action='https://example.org/'></form>", "form loads"),
    ],
)
def test_each_fault_is_found(body: str, fault: str) -> None:
    assert any(fault in found for found in faults(body))


@pytest.mark.parametrize(
    ("whole", "part", "fault"),
    [
        (" lang='vi'", "", "has no language"),
        ("<title>Trang</title>", "<title></title>", "has no title"),
        ("<h1>Trang</h1>", "", "has 0 h1"),
        ("<meta charset='utf-8'>", "", "has no <meta charset>"),
        ("<!doctype html>", "", "does not parse"),
    ],
)
def test_a_page_lacks_nothing_of_its_frame(whole: str, part: str, fault: str) -> None:
    assert any(fault in found for found in faults_of_page(GOOD.format("").replace(whole, part)))


def test_an_inline_script_named_by_the_policy_is_allowed() -> None:
    digest = base64.b64encode(hashlib.sha256(b"1").digest()).decode()
    assert faults("<script>1</script>", policy=f"script-src 'sha256-{digest}'") == []

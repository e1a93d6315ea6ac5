from __future__ import annotations

from pathlib import Path

import pytest

from survey.services.editions import BUILT_IN as EDITIONS
from survey.services.editions import read_edition_file
from survey.services.wording import ORIGINAL, STATUSES, count_edition, placeholders, read_catalogues

CATALOGUES = read_catalogues()
FOREIGN = ("cjm", "hmn", "jra", "km", "rad", "tyz", "zh")


def test_every_language_of_the_country_has_its_file_and_no_file_has_a_fault() -> None:
    assert list(CATALOGUES) == ["vi", "cjm", "en", "hmn", "jra", "km", "rad", "tyz", "zh"]
    assert {tag: catalogue.faults for tag, catalogue in CATALOGUES.items() if catalogue.faults} == {}


@pytest.mark.parametrize("tag", ["vi", "en"])
def test_vietnamese_and_english_are_complete_and_reviewed(tag: str) -> None:
    counts = CATALOGUES[tag].count(CATALOGUES[ORIGINAL].strings)
    assert counts == {"reviewed": len(CATALOGUES[ORIGINAL].strings)}


@pytest.mark.parametrize("tag", FOREIGN)
def test_nothing_is_invented_in_a_language_that_nobody_has_translated(tag: str) -> None:
    assert CATALOGUES[tag].count(CATALOGUES[ORIGINAL].strings) == {"missing": len(CATALOGUES[ORIGINAL].strings)}
    assert CATALOGUES[tag].name


def write(folder: Path, tag: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{tag}.toml"
    path.write_text(text, encoding="utf-8")
    return folder


def test_each_string_has_its_own_status_and_a_bare_one_is_a_draft(tmp_path: Path) -> None:
    own = write(tmp_path, "km", '[text]\nsend = { text = "ផ្ញើ", status = "reviewed" }\ncomment = "មតិ"\n')
    khmer = read_catalogues(own)["km"]
    assert {key: wording.status for key, wording in khmer.strings.items()} == {"send": "reviewed", "comment": "draft"}
    assert khmer.name == "ខ្មែរ"  # from the file that comes with the product


def test_a_string_of_the_installation_stands_before_ours_and_the_others_stay(tmp_path: Path) -> None:
    own = write(tmp_path, "vi", '[language]\nstatus = "reviewed"\n[text]\nsend = "Gửi phiếu"\n')
    vietnamese = read_catalogues(own)["vi"].strings
    assert vietnamese["send"].text == "Gửi phiếu"
    assert vietnamese["comment"] == CATALOGUES["vi"].strings["comment"]


@pytest.mark.parametrize(
    "line",
    [
        'no_such_string = "x"',
        'withdraw_until = "no placeholder"',
        'withdraw_until = "{week}"',
        'send = "{day}"',
        'send = "{"',
        'send = " "',
        'send = "two\\nlines"',
        'send = { text = "x", status = "machine" }',
        "send = { status = 'reviewed' }",
    ],
)
def test_a_string_that_cannot_be_shown_is_left_out_and_named(tmp_path: Path, line: str) -> None:
    khmer = read_catalogues(write(tmp_path, "km", f"[text]\n{line}\n"))["km"]
    assert khmer.strings == {}
    assert line.split(" ", maxsplit=1)[0] in khmer.faults[0]


def test_a_file_that_is_no_toml_is_a_fault_and_the_product_goes_on(tmp_path: Path) -> None:
    khmer = read_catalogues(write(tmp_path, "km", "[text\n"))["km"]
    assert (len(khmer.faults), khmer.strings, khmer.name) == (1, {}, "ខ្មែរ")


def test_a_language_that_we_do_not_know_can_be_added(tmp_path: Path) -> None:
    own = write(tmp_path, "lo", '[language]\nname = "ລາວ"\n[text]\nsend = { text = "ສົ່ງ", status = "reviewed" }\n')
    assert read_catalogues(own)["lo"].is_reviewed_in_part


def test_placeholders_are_the_words_in_braces() -> None:
    assert placeholders("đến hết ngày {day}, {{code}}") == {"day"}


@pytest.mark.parametrize("path", sorted(EDITIONS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_built_in_editions_are_complete_in_vietnamese_and_english(path: Path) -> None:
    content = read_edition_file(path)
    for tag in ("vi", "en"):
        assert set(count_edition(content, tag)) == {"reviewed"}
    assert set(count_edition(content, "km")) == {"missing"}


def test_the_wording_of_an_edition_is_counted_string_by_string() -> None:
    scale = {"1": {"vi": "Kém", "km": {"text": "…", "status": "draft"}}, "2": {"vi": "Tốt", "km": "…"}}
    content = {"languages": {"vi": "reviewed", "km": "reviewed"}, "title": {"vi": "Phiếu"}, "scale": scale}
    assert count_edition(content, "km") == {"missing": 1, "draft": 1, "reviewed": 1}
    assert set(STATUSES) < {"missing", "draft", "reviewed"}

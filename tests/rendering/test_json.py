"""JSON: stable keys, full precision, both languages."""

import json

from survey.findings.frozen import frozen_json, plain
from survey.rendering.json import agency_json, annual_json
from tests.rendering.examples import agency_example, annual_example
from tests.rendering.reading import read_json


def test_the_keys_are_the_names_of_the_fields() -> None:
    findings = read_json(agency_json(agency_example()))["findings"]

    assert set(findings["overall"]["share_satisfied"]) == {
        "value", "ci", "standard_error", "n", "confidence_level", "method",
        "design_effect", "effective_n", "degrees_of_freedom",
    }  # fmt: skip
    assert findings["made_on"] == "2026-11-21"
    assert findings["agency"]["name"] == {"vi": "Ủy ban nhân dân xã Suối Biếc", "en": "Ủy ban nhân dân xã Suối Biếc"}


def test_numbers_have_full_precision() -> None:
    findings = agency_example()
    assert findings.overall.share_satisfied

    told = read_json(agency_json(findings))["findings"]["overall"]["share_satisfied"]["value"]

    assert told == findings.overall.share_satisfied.value


def test_a_suppressed_figure_is_null() -> None:
    told = read_json(agency_json(agency_example(suppressed=True)))["findings"]

    assert told["overall"]["share_satisfied"] is None
    assert told["overall"]["levels"] is None


def test_the_format_and_the_marks_stand_on_top() -> None:
    document = read_json(annual_json(annual_example(3), "en"))

    assert (document["format"], document["version"], document["language"]) == ("hai-long/annual", 1, "en")
    assert document["marks"] == [
        "DRAFT – not released",
        "ILLUSTRATIVE DATA – every agency and figure is made up by the software",
    ]
    assert "assuming that those who answered are like a random sample" in document["notes"][1]


def test_the_same_findings_are_the_same_bytes() -> None:
    assert annual_json(annual_example(34)) == annual_json(annual_example(34))


def test_what_is_written_line_by_line_is_what_one_tree_would_be() -> None:
    for value in (annual_example(3), agency_example()):
        whole = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert frozen_json(value) == whole.encode()
    written = annual_json(annual_example(3))
    assert written == (json.dumps(json.loads(written), ensure_ascii=False) + "\n").encode()
    assert json.loads(written)["findings"] == json.loads(frozen_json(annual_example(3)))

"""The verb paper-form: numbered sheets from the terminal, in order and never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import flask
import pypdfium2
import pytest
import zxingcpp
from click.testing import Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldwork import add_editions
from survey.models.identifiers import local_today
from survey.models.paper import PaperSeries
from survey.services.paper import read_sheet_number

Run = Callable[..., Result]


@pytest.fixture
def run(app: flask.Flask, session: Session, run_verb: Run) -> Run:
    """Give a function that runs a verb where the wave W covers a province with a commune and its counter."""
    add_editions(session, "q1", "q2", "overall")
    session.commit()
    today = local_today()

    def run(*arguments: object) -> Result:
        session.rollback()
        return run_verb(app, *arguments)

    for arguments in (
        ("agency", "add", "P", "Tỉnh A", "--kind", "province", "--from", "2020-01-01"),
        ("agency", "add", "Q", "Tỉnh B", "--kind", "province", "--from", "2020-01-01"),
        ("agency", "add", "X", "Xã X", "--kind", "commune", "--under", "P", "--from", "2020-01-01"),
        ("agency", "add-counter", "X", "Quầy 1"),
        (
            "wave", "plan", "W", "Đợt", "--agency", "P", "--year", today.year, "--from", today,
            "--to", today + timedelta(days=30), "--questionnaire", "test/q1-q2-overall", "--method", "share-2026",
        ),
    ):  # fmt: skip
        assert run(*arguments).exit_code == 0
    return run


def test_every_page_carries_the_number_of_its_sheet_in_words_and_as_a_code(
    run: Run, session: Session, tmp_path: Path
) -> None:
    numbers = []
    for name in ("first.pdf", "second.pdf"):
        done = run("paper-form", "W", "--agency", "X", "--sheets", 2, "--out", tmp_path / name)
        assert (done.exit_code, done.output.strip()) == (0, str(tmp_path / name))
        for page in pypdfium2.PdfDocument(tmp_path / name):
            (code,) = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
            assert f"Tờ số {code.text}" in page.get_textpage().get_text_range()
            numbers.append(read_sheet_number(code.text, wave_code="W"))

    assert numbers == [1, 2, 3, 4]
    series = session.scalars(select(PaperSeries).order_by(PaperSeries.first_number)).all()
    assert [(one.first_number, one.last_number, one.printed_by) for one in series] == [(1, 2, None), (3, 4, None)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wave": "V"}, "V"),
        ({"--agency": "nobody"}, "nobody"),
        ({"--agency": "Q"}, "takes no part in the wave W"),
        ({"--counter": "AAAAAAAAA"}, "has no counter with the code AAAAAAAAA"),
        ({"--counter": "' OR 1=1"}, "has no counter with the code"),
        ({"--language": "xx"}, "has no language “xx”"),
        ({"--sheets": "0"}, "Between 1 and 5000"),
        ({"--sheets": "5001"}, "Between 1 and 5000"),
        ({"--sheets": "many"}, "not a valid integer"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_gives_out_no_number(
    run: Run, session: Session, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    options = {"--agency": "X", "--sheets": "1", "--out": str(tmp_path / "forms.pdf"), **changed}
    wave = options.pop("wave", "W")

    done = run("paper-form", wave, *[part for option in options.items() for part in option])

    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.glob("*.pdf")) == []
    assert session.scalars(select(PaperSeries)).all() == []

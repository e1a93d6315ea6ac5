from survey.rendering.annual_report import annual_report
from survey.rendering.pdf import report_data
from survey.rendering.row_heights import fit_two_lines
from tests.rendering.examples import LONG_NAME, annual_example

HALVES = (1.0, 1.0)


def test_a_row_of_short_cells_surely_fits_two_lines() -> None:
    assert fit_two_lines([["Xã Mây Trắng", "87,5 %\n84,2–90,1 %"]], HALVES, 8.5) == [True]


def test_a_row_with_a_long_name_or_a_third_line_is_left_to_typst() -> None:
    assert fit_two_lines([[LONG_NAME, "1"], ["a\nb\nc", "1"]], HALVES, 8.5) == [False, False]


def test_the_narrower_the_column_the_less_fits() -> None:
    name = "Phường Nguyễn Thị Minh Khai"

    assert fit_two_lines([[name, "1"]], (5, 5), 8.5) == [True]
    assert fit_two_lines([[name, "1"]], (1, 12), 8.5) == [False]


def test_the_estimate_is_never_below_the_advance_widths_of_the_font() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- only this test reads the font

    from survey.rendering.row_heights import _advance  # noqa: PLC0415 -- likewise
    from survey.rendering.typesetting import FONTS  # noqa: PLC0415 -- likewise

    font = TTFont(FONTS / "LiberationSerif-Regular.ttf")
    glyphs, units = font.getBestCmap(), font["head"].unitsPerEm
    letters = "aáàảãạăắâấbcdđeéêếghiíklmnoóôốơớpqrstuúưứvxyýABCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY0123456789.,:;/ -–+%→"
    too_small = [each for each in letters if _advance(each) < font["hmtx"][glyphs[ord(each)]][0] / units - 0.04]

    assert too_small == []


def test_only_long_tables_are_measured_beforehand() -> None:
    data, _ = report_data(annual_report(annual_example(34), "vi"))

    assert all(not block["two_lines"] for block in data["body"] if block["kind"] == "table")

"""From columns of text to what the estimators take: coded answers and numbered domains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.design import Codes
from analysis.intervals import Floats
from analysis.plan.errors import PlanError
from analysis.plan.keys import Value
from analysis.plan.reading import Plan, Question
from analysis.plan.table import Table, Texts


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of a table.

    Attributes:
        labels: One a domain, in the order of the rows of the result: column → value.
        codes: Per row, the number of its domain, -1 for none.
    """

    labels: tuple[dict[str, str], ...]
    codes: Codes


def needed_columns(plan: Plan) -> list[str]:
    """Return every column the plan names."""
    design = plan.design
    columns = [*design.clusters, *design.population_sizes, *(margin.column for margin in design.margins)]
    columns += [column for column in (design.weights, design.strata) if column]
    columns += design.replicates.columns if design.replicates else ()
    columns += design.calibration.totals if design.calibration else ()
    for estimate in plan.estimates:
        columns += [*estimate.by, *([estimate.denominator] if estimate.denominator else [])]
    for change in plan.changes:
        columns += [change.column, *change.by]
    columns += [ranking.units for ranking in plan.rankings]
    for question in questions(plan):
        columns += [question.outcome, *question.where]
    return columns


def questions(plan: Plan) -> list[Question]:
    """Return what the plan asks, in its order."""
    asked = [estimate.question for estimate in plan.estimates]
    asked += [change.question for change in plan.changes]
    return asked + [ranking.question for ranking in plan.rankings]


def code_answers(table: Table, question: Question) -> Floats:
    """Return per row the number, or 1 and 0 for satisfied and not; NaN where the answer is missing.

    Raises:
        PlanError: An answer that is no number where numbers are asked for, or outside the scale.
    """
    cells = table.columns[question.outcome]
    missing = (cells == "") | matches(table, cells, question.missing)
    numbers, is_number = table.read_numbers(cells)
    needs_numbers = question.scale is not None or not any(isinstance(value, str) for value in question.satisfied)
    if needs_numbers:
        _refuse_first(~missing & ~is_number, table, question.outcome)
    if question.scale is not None:
        low, high = question.scale
        with np.errstate(invalid="ignore"):
            outside = ~missing & ~((numbers >= low) & (numbers <= high))
        problem = f"which is outside the scale {low:g} to {high:g}"
        _refuse_first(outside, table, question.outcome, problem)
    coded = matches(table, cells, question.satisfied).astype(np.float64) if question.satisfied else numbers
    return np.where(missing, np.nan, coded)


def read_denominator(table: Table, column: str, question: Question) -> Floats:
    """Return the numbers to divide by; NaN where they are missing.

    Raises:
        PlanError: A cell that is no number and not declared missing.
    """
    cells = table.columns[column]
    missing = (cells == "") | matches(table, cells, question.missing)
    numbers, is_number = table.read_numbers(cells)
    _refuse_first(~missing & ~is_number, table, column)
    return np.where(missing, np.nan, numbers)


def matches(table: Table, cells: Texts, values: tuple[Value, ...]) -> NDArray[np.bool_]:
    """Return where a cell is one of the values: texts by their letters, numbers by their value."""
    found = np.zeros(len(cells), dtype=np.bool_)
    texts = [value for value in values if isinstance(value, str)]
    numbers = [float(value) for value in values if not isinstance(value, str)]
    if texts:
        found |= np.isin(cells, texts)
    if numbers:
        found |= np.isin(table.read_numbers(cells)[0], numbers)
    return found


def selected_rows(table: Table, question: Question) -> NDArray[np.bool_]:
    """Return the rows a question is about.

    Raises:
        PlanError: A value of ``where`` that occurs nowhere.
    """
    chosen = np.ones(len(table.lines), dtype=np.bool_)
    for column, values in question.where.items():
        for value in values:
            require_value(table, column, value)
        chosen &= matches(table, table.columns[column], values)
    return chosen


def require_value(table: Table, column: str, value: Value) -> NDArray[np.bool_]:
    """Return the rows that hold a value.

    Raises:
        PlanError: No row does.
    """
    cells = table.columns[column]
    found = np.asarray((cells == str(value)) | matches(table, cells, (value,)))
    if not found.any():
        some = ", ".join(natural_order(np.unique(cells[cells != ""]))[:8])
        msg = f"no row has the value {value}; correct the plan: there are {some}"
        raise PlanError(msg, file=table.file, column=column)
    return found


def number_domains(table: Table, columns: tuple[str, ...], chosen: NDArray[np.bool_]) -> Domains:
    """Number the combinations of values that occur in the chosen rows; a row with an empty cell is in none.

    Domains come in the order of the columns' values, numbers by size and texts by their letters.
    """
    inside = chosen.copy()
    for column in columns:
        inside &= table.columns[column] != ""
    code = np.zeros(len(table.lines), dtype=np.int64)
    values: list[list[str]] = []
    for column in columns:
        distinct = natural_order(np.unique(table.columns[column][inside]))
        place = {value: index for index, value in enumerate(distinct)}
        code = code * max(len(distinct), 1)
        code[inside] += np.array([place[str(cell)] for cell in table.columns[column][inside]], dtype=np.int64)
        values.append(distinct)
    present, number = np.unique(code[inside], return_inverse=True)
    codes = np.full(len(table.lines), -1, dtype=np.int64)
    codes[inside] = number.reshape(-1)
    return Domains(tuple(_label(columns, values, int(one)) for one in present), codes)


def unanswered(answers: Floats, domains: Domains) -> list[int]:
    """Return how many rows of each domain have no answer."""
    missing = domains.codes[np.isnan(answers) & (domains.codes >= 0)]
    return [int(count) for count in np.bincount(missing, minlength=len(domains.labels))]


def natural_order(values: Texts) -> list[str]:
    """Return values by size where all are numbers, else by their letters."""
    texts = [str(value) for value in values]
    try:
        return sorted(texts, key=lambda text: (float(text), text))
    except ValueError:
        return sorted(texts)


def _label(columns: tuple[str, ...], values: list[list[str]], code: int) -> dict[str, str]:
    label = {}
    for column, distinct in zip(reversed(columns), reversed(values), strict=True):
        code, index = divmod(code, len(distinct))
        label[column] = distinct[index]
    return {column: label[column] for column in columns}


def _refuse_first(wrong: NDArray[np.bool_], table: Table, column: str, problem: str = "") -> None:
    """Refuse the first wrong answer; without a problem it is one that is no number."""
    if wrong.any():
        row = int(np.argmax(wrong))
        cell = str(table.columns[column][row])
        msg = f"the answer is {cell!r}, {problem or table.fault(cell)}; correct it or list it under missing"
        raise table.refuse(msg, column=column, row=row)

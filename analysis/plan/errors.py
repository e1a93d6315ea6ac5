"""What an analyst reads when a plan or its data cannot be."""

from __future__ import annotations


class PlanError(ValueError):
    """One sentence that names the file, where there is one the line and the column, and the remedy.

    Attributes:
        problem: The sentence without its place, for whoever says it in another language.
        file: Name of the plan or the data, empty where it is neither.
        line: Counted from 1; None where it is no single line.
        column: By its name; None where it is no single column.
    """

    def __init__(self, problem: str, *, file: str = "", line: int | None = None, column: str | None = None) -> None:
        """Put the place in front of the problem, which ends with its remedy."""
        self.problem, self.file, self.line, self.column = problem, file, line, column
        place = ", ".join(
            part
            for part in (file, "" if line is None else f"line {line}", f"column {column}" if column else "")
            if part
        )
        super().__init__(f"{place}: {problem}" if place else problem)

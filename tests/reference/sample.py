"""Write sample.csv, the invented survey on which R's answers in survey.json rest.

    python tests/reference/sample.py && Rscript tests/reference/survey.R

Four strata of communes (two or more drawn of each), villages drawn within communes, people within villages: two stages
with population sizes.  Some ratings are missing.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

HERE = Path(__file__).parent
STRATA = {"north": (4, 40), "coast": (3, 25), "hills": (2, 12), "city": (5, 9)}
FIELDS = ("land", "civil", "works")


def rows() -> list[dict[str, object]]:
    """Return the rows of the survey, the same at every call."""
    draw = random.Random(20261121)  # noqa: S311 - an invented survey needs no secrecy
    table: list[dict[str, object]] = []
    for stratum, (communes, all_communes) in STRATA.items():
        for commune in range(1, communes + 1):
            all_villages = draw.randint(4, 9)
            mood = draw.gauss(0, 0.5)
            for village in range(1, draw.randint(2, 4) + 1):
                for _ in range(draw.randint(4, 9)):
                    score = min(5, max(1, round(draw.gauss(4 + mood, 0.9))))
                    field = draw.choice(FIELDS)
                    wave = draw.choice(("2025", "2026"))
                    days = draw.randint(1, 30)
                    table.append(
                        {
                            "stratum": stratum,
                            "commune": commune,
                            "village": village,
                            "all_communes": all_communes,
                            "all_villages": all_villages,
                            "weight": round(draw.uniform(5, 60), 3),
                            "rating": "" if draw.random() < 0.05 else score,
                            "field": field,
                            "wave": wave,
                            "sex": draw.choice("mf"),
                            "days": days,
                            "due": draw.randint(5, 25),
                        }
                    )
    return table


def main() -> None:
    """Write the file beside this script."""
    table = rows()
    with (HERE / "sample.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


if __name__ == "__main__":
    main()

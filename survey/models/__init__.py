"""The tables.  Importing this package registers every one of them."""

from survey.models import (
    accounts,
    agencies,
    audit,
    fieldwork,
    improvements,
    jobs,
    paper,
    questionnaire,
    responses,
    slips,
    tallies,
)

__all__ = [
    "accounts",
    "agencies",
    "audit",
    "fieldwork",
    "improvements",
    "jobs",
    "paper",
    "questionnaire",
    "responses",
    "slips",
    "tallies",
]

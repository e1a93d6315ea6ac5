"""The tables.  Importing this package registers every one of them."""

from survey.models import (
    accounts,
    agencies,
    agency_changes,
    audit,
    fieldwork,
    improvements,
    jobs,
    letterheads,
    paper,
    questionnaire,
    releases,
    responses,
    slips,
    tallies,
)

__all__ = [
    "accounts",
    "agencies",
    "agency_changes",
    "audit",
    "fieldwork",
    "improvements",
    "jobs",
    "letterheads",
    "paper",
    "questionnaire",
    "releases",
    "responses",
    "slips",
    "tallies",
]

"""The tables.  Importing this package registers every one of them."""

from survey.models import accounts, agencies, fieldwork, jobs, questionnaire, responses, slips, tallies

__all__ = ["accounts", "agencies", "fieldwork", "jobs", "questionnaire", "responses", "slips", "tallies"]

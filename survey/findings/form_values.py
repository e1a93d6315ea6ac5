"""How many forms were handed out, came back and count, as a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormCounts:
    """Forms handed out, come back and counted; bare counts, without any rating.

    Paper is counted in sheets, ``codes_issued`` in one-time codes of slips.  Of the ``received`` answers ``excluded``
    and ``withdrawn`` ones do not count, ``waiting`` ones are not in the figures yet, and ``valid`` ones are.
    """

    paper_issued: int
    paper_returned: int
    paper_valid: int
    codes_issued: int
    received: int
    excluded: int
    withdrawn: int
    waiting: int
    valid: int

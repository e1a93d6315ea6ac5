"""Which agencies a key stands above: whose figures it may set."""

from __future__ import annotations

from survey.api.access import Caller
from survey.models.agencies import Agency


def stands_above(caller: Caller, agency: Agency) -> bool:
    """Return whether the key lies above an agency; the root of a tree has nobody above it and stands for itself."""
    is_root = caller.agency_path.count("/") == 1
    below = agency.path.startswith(caller.agency_path)
    return below and (agency.path != caller.agency_path or is_root)

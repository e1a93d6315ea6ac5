"""What the public may read of a released version: the frozen values, less what several together would give away.

Each value withholds its own small numbers.  Side by side they could tell more: a body less the agencies below it that
are shown leaves the others, and where those are fewer than the smallest n one more is withheld, with all below it.
Figures made today leave out whoever withholds his own, so that nothing is left over; a bundle is made only then.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.frozen import released_agency, thaw
from survey.findings.values import AgencyFindings, AnnualFindings, ElementFindings, Measures, Participation
from survey.queries.released import ReleasedVersion, read_frozen, stream_frozen_agencies

Value = TypeVar("Value")
SUPPRESSED: Final = Measures(n=None, share_satisfied=None, mean_score=None, levels=None, no_opinion=None)


@dataclass(frozen=True, slots=True)
class Size:
    """How many respondents of an agency are told; None where nothing is."""

    path: str
    n: int | None


class Kept(Generic[Value]):
    """The values used last, by key: what is released never changes, so that a page need not read it again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[object, Value] = OrderedDict()

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made now where it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


_SUMMARIES: Final[Kept[AnnualFindings]] = Kept(4)
_WITHHELD: Final[Kept[frozenset[UUID]]] = Kept(32)


def released_summary(session: Session, version: ReleasedVersion) -> AnnualFindings:
    """Return the summary of a version: of its year, or of its wave."""

    def read() -> AnnualFindings:
        kind = version.kind
        content = read_frozen(session, release_id=version.id, agency_id=version.agency_id, kind=kind)
        if content is None:
            msg = f"the release {version.code} has no frozen {kind}"
            raise LookupError(msg)
        return thaw(AnnualFindings, content)

    return _SUMMARIES.get(version.id, read)


def released_report(session: Session, version: ReleasedVersion, agency_id: UUID) -> AgencyFindings | None:
    """Return what a released wave says of an agency, emptied where it is withheld; None where it says nothing."""
    findings = released_agency(session, version, agency_id)
    if findings is None:
        return None
    return _emptied(findings) if agency_id in withheld_agencies(session, version) else findings


def each_report(session: Session, version: ReleasedVersion) -> Iterator[AgencyFindings]:
    """Yield what a released wave says of each of its agencies, in the order of their tree and names."""
    hidden = withheld_agencies(session, version)
    for agency, content in stream_frozen_agencies(session, version.id):
        found = thaw(AgencyFindings, content)
        yield _emptied(found) if agency.agency_id in hidden else found


def withheld_agencies(session: Session, version: ReleasedVersion) -> frozenset[UUID]:
    """Return the agencies of a released wave that are withheld because the others would give them away."""
    return _WITHHELD.get(version.id, lambda: _withheld(session, version))


def _withheld(session: Session, version: ReleasedVersion) -> frozenset[UUID]:
    sizes, smallest = {}, 0
    for agency, content in stream_frozen_agencies(session, version.id):
        told = json.loads(content)
        is_told = told["overall"]["share_satisfied"] is not None
        # Whoever rated nothing is in no figure, and is not found by subtracting figures.
        sizes[agency.agency_id] = Size(agency.path, told["overall"]["n"] if is_told else None)
        smallest = max(smallest, told["smallest_n"])
    tops = {row.agency.id for row in released_summary(session, version).agencies if row.overall.is_suppressed}
    # What the summary withholds no report of its own may show, nor one of what lies below.
    paths = tuple(sizes[key].path for key in tops if key in sizes)
    hidden = frozenset(key for key, size in sizes.items() if paths and size.path.startswith(paths))
    hidden = jointly_withheld(sizes, smallest=smallest, already=hidden)
    # The others have nothing to be withheld, or have withheld it themselves.
    return frozenset(key for key in hidden if sizes[key].n is not None)


def jointly_withheld(
    sizes: Mapping[UUID, Size], *, smallest: int, already: frozenset[UUID] = frozenset()
) -> frozenset[UUID]:
    """Return the agencies to withhold so that no body less its shown agencies leaves fewer than ``smallest``.

    An agency withheld takes all below it along, or these would give it back.  The smallest goes first; of equal ones
    the one with the smaller id, so that the same figures always withhold the same.
    """
    by_path = {size.path: key for key, size in sizes.items()}
    below: dict[UUID, list[UUID]] = defaultdict(list)
    for key, size in sizes.items():
        above = by_path.get(_path_above(size.path))
        if above is not None:
            below[above].append(key)
    hidden = set(already)
    for key in sorted(sizes, key=lambda key: sizes[key].path.count("/")):
        n = None if key in hidden else sizes[key].n
        shown = [child for child in below[key] if child not in hidden and sizes[child].n is not None]
        if n is None:
            hidden.update(child for child in below[key] if key in hidden)
            continue
        shown.sort(key=lambda child: (-(sizes[child].n or 0), child.hex))
        rest = n - sum(sizes[child].n or 0 for child in shown)
        while shown and 0 < rest < smallest:
            last = shown.pop()
            hidden.add(last)
            rest += sizes[last].n or 0
    return frozenset(hidden)


def _path_above(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] + "/"


def _emptied(findings: AgencyFindings) -> AgencyFindings:
    part = findings.participation
    question = findings.overall_question
    return replace(
        findings,
        n=None,
        participation=Participation(0, part.population_size, None, None, None),
        overall=SUPPRESSED,
        overall_question=replace(question, measures=SUPPRESSED) if question else None,
        elements=tuple(_emptied_element(element) for element in findings.elements),
        breakdowns=(),
        channels=(),
        verified=None,
        exclusions=(),
        points=None,
        element_points=(),
        questions=(),
        exclusion_effect=(),
    )


def _emptied_element(element: ElementFindings) -> ElementFindings:
    items = tuple(replace(item, measures=SUPPRESSED) for item in element.items)
    return replace(element, measures=SUPPRESSED, items=items)

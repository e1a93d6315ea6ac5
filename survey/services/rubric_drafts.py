"""Drafts of rubrics while they are edited: kept though not everything fits yet, with what is open told at its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.editions import content_sha256
from survey.models.rubrics import Rubric
from survey.services.audit import record
from survey.services.edition_faults import Fault
from survey.services.errors import RubricError
from survey.services.rubric_checks import faults_of_general, faults_of_rubric
from survey.services.rubric_tree import codes_by_place
from survey.services.rubrics import find_rubric, is_fixed

_LAST_PART: Final = re.compile(r"(\[\d+\]|\.?[^.\[\]]+)$")


@dataclass(frozen=True, slots=True)
class OpenFault:
    """What keeps a draft from being published: the line's code ("" for the general part), the box, what to do."""

    code: str
    box: str
    vi: str
    en: str

    def text(self, language: str) -> str:
        """Return what to do in ``language``; Vietnamese unless that is ``en``."""
        return self.en if language == "en" else self.vi


def open_faults(content: Mapping[str, Any]) -> list[OpenFault]:
    """Return everything that keeps a draft from being published, in its order."""
    codes = codes_by_place(content)
    return [_placed(fault, codes) for fault in faults_of_rubric(dict(content))]


def begin_draft(session: Session, content: dict[str, Any], *, agency_id: UUID) -> Rubric:
    """Store a new draft, be it of a general part alone.

    Raises:
        RubricError: Its general part has faults, or there is a rubric of its name.

    """
    name = f"{content.get('rubric')}/{content.get('edition')}"
    if faults := list(faults_of_general(content)):
        vi, en = ("; ".join(f"{fault.place}: {fault.text(language)}" for fault in faults) for language in ("vi", "en"))
        raise RubricError(vi=f"Chưa lập được bản nháp: {vi}.", en=f"The draft cannot be begun: {en}.")
    refuse_known(session, name)
    rubric = Rubric(
        rubric=content["rubric"],
        edition=content["edition"],
        year=content["year"],
        agency_id=agency_id,
        content=content,
        sha256=content_sha256(content),
    )
    session.add(rubric)
    session.flush()
    record(session, "rubric.saved", subject=name, agency_id=agency_id, details={"sha256": rubric.sha256})
    return rubric


def locked_draft(session: Session, rubric: Rubric) -> Rubric:
    """Return a draft as it is now, which nobody else changes until this transaction ends.

    Raises:
        RubricError: It is published, or a round counts by it.

    """
    wanted = select(Rubric).where(Rubric.id == rubric.id).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None or is_fixed(session, found):
        raise RubricError(
            vi=f"Bộ tiêu chí {rubric.name} đã công bố, đã dùng hoặc đã bỏ nên không sửa được; hãy lập phiên bản mới.",
            en=f"The rubric {rubric.name} is published, in use or gone and cannot change; begin a new version.",
        )
    return found


def save_draft(session: Session, rubric: Rubric, content: dict[str, Any], *, line: str = "") -> None:
    """Keep a draft as it was just edited, at a ``line`` or in its general part; what does not fit yet stays open.

    Raises:
        RubricError: It takes a name that another rubric has.

    """
    name = f"{content['rubric']}/{content['edition']}"
    if name != rubric.name:
        refuse_known(session, name)
    before, sha256 = rubric.name, content_sha256(content)
    if sha256 == rubric.sha256:
        return
    rubric.rubric, rubric.edition, rubric.year = content["rubric"], content["edition"], content["year"]
    rubric.content, rubric.sha256 = content, sha256
    session.flush()
    details = {"sha256": sha256, "line": line, "before": before if before != name else ""}
    details = {key: said for key, said in details.items() if said}
    record(session, "rubric.saved", subject=name, agency_id=rubric.agency_id, details=details)


def refuse_known(session: Session, name: str) -> None:
    """Raise ``RubricError`` where there is a rubric of a name."""
    if find_rubric(session, name) is not None:
        raise RubricError(
            vi=f"Đã có bộ tiêu chí {name}; hãy ghi mã hoặc phiên bản khác.",
            en=f"There is a rubric {name}; give another name or edition.",
        )


def _placed(fault: Fault, codes: Mapping[str, str]) -> OpenFault:
    place = fault.place
    while place and place not in codes:
        place = _LAST_PART.sub("", place)
    rest = fault.place[len(place) :].lstrip(".")
    return OpenFault(codes.get(place, ""), rest.replace("[", ".").split(".", maxsplit=1)[0], fault.vi, fault.en)

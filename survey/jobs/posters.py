"""Posters of counters, from their codes to the PDF: a few while the page waits, many in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.jobs.work import Work
from survey.models.agencies import ServicePoint
from survey.rendering.poster import (
    POSTER_SENTENCES,
    Poster,
    PosterSize,
    PosterWords,
    can_be_printed,
    is_loopback,
    poster_address,
    posters_pdf,
)
from survey.services.counter_codes import mark_printed, newest_code
from survey.services.errors import AgencyError
from survey.services.wording import ORIGINAL, REVIEWED, Catalogue, own_folder, read_catalogues

POSTERS: Final = "posters"
# Drawn while the page waits; a larger file is made in the background.
MOST_AT_ONCE: Final = 20
_KEYS: Final = {name: f"poster_{name}" for name in POSTER_SENTENCES}
_COUNTERS_A_READ: Final = 500


def poster_languages(data_dir: Path) -> dict[str, PosterWords]:
    """Return the languages in which posters can be printed, Vietnamese first.

    Such a language has every sentence of a poster reviewed, and our fonts have its letters: half a poster in a language
    that nobody has checked would promise what the counter cannot keep.
    """
    catalogues = read_catalogues(own_folder(data_dir))
    found = {tag: _words_of(catalogue) for tag, catalogue in catalogues.items()}
    return {tag: words for tag, words in found.items() if words is not None and can_be_printed(words)}


def read_posters(counters: Iterable[ServicePoint], *, public_url: str, today: date) -> list[Poster]:
    """Return the poster of each counter's newest code, in the order given; who has no code in use has no poster."""
    coded = [(counter, newest_code(counter)) for counter in counters]
    return [
        Poster(
            agency_name=counter.agency.name,
            counter_name=counter.name,
            code=code.code,
            address=poster_address(public_url, code.code),
            is_demo=counter.agency.is_demo,
            is_loopback=is_loopback(public_url),
            printed_on=today,
            agency_name_en=counter.agency.name_en or "",
            counter_name_en=counter.name_en or "",
        )
        for counter, code in coded
        if code is not None
    ]


def draw_posters(
    posters: Sequence[Poster],
    *,
    size: PosterSize,
    second: str,
    data_dir: Path,
    drawn: Callable[[int], None] | None = None,
) -> bytes:
    """Draw posters in Vietnamese and a second language, which is left out where it cannot be printed."""
    languages = poster_languages(data_dir)
    beside = languages.get(second) if second != ORIGINAL else None
    return posters_pdf(posters, size=size, words=languages[ORIGINAL], second=beside, drawn=drawn)


def poster_arguments(
    counters: Sequence[ServicePoint], *, size: PosterSize, second: str, name: str, language: str
) -> dict[str, Any]:
    """Return what a job needs to make the posters of these counters as the file ``name``."""
    ids = [str(counter.id) for counter in counters]
    return {"counters": ids, "size": size, "second": second, "name": name, "language": language}


def mark_posters_printed(session: Session, arguments: Mapping[str, Any], *, today: date) -> None:
    """Keep that the posters of a job were taken away to be hung."""
    counters = _read_counters(session, [UUID(text) for text in arguments["counters"]])
    codes = [code.code for code in map(newest_code, counters) if code is not None]
    mark_printed(session, codes, today=today)


def poster_job(*, public_url: str, data_dir: Path) -> Callable[[Work], None]:
    """Return what makes one file of the posters of many counters."""

    def make(work: Work) -> None:
        ids = [UUID(text) for text in work.arguments["counters"]]
        posters = read_posters(_read_counters(work.session, ids), public_url=public_url, today=work.today)
        # Drawing takes longer than reading; whoever writes must not wait for it.
        work.session.close()
        if not posters:
            raise AgencyError(
                vi="Không còn quầy nào đang dùng trong danh sách đã chọn; hãy chọn lại quầy.",
                en="None of the counters chosen is in use any longer; choose counters again.",
            )
        # The last tenth is the typesetter's, which does not say how far it is.
        steps = len(posters) + max(1, len(posters) // 9)
        content = draw_posters(
            posters,
            size=cast("PosterSize", work.arguments["size"]),
            second=str(work.arguments["second"]),
            data_dir=data_dir,
            drawn=lambda done: work.step(done, steps),
        )
        work.write("PDF", str(work.arguments["name"]), content)
        work.step(steps, steps)

    return make


def _read_counters(session: Session, ids: Sequence[UUID]) -> list[ServicePoint]:
    found: dict[UUID, ServicePoint] = {}
    for start in range(0, len(ids), _COUNTERS_A_READ):
        statement = (
            select(ServicePoint)
            .where(ServicePoint.id.in_(ids[start : start + _COUNTERS_A_READ]), ServicePoint.retired_on.is_(None))
            .options(selectinload(ServicePoint.codes), joinedload(ServicePoint.agency))
        )
        found |= {counter.id: counter for counter in session.scalars(statement)}
    return [found[key] for key in ids if key in found]


def _words_of(catalogue: Catalogue) -> PosterWords | None:
    strings = {name: catalogue.strings.get(key) for name, key in _KEYS.items()}
    reviewed = {name: each.text for name, each in strings.items() if each is not None and each.status == REVIEWED}
    return PosterWords(catalogue.tag, catalogue.name, reviewed) if len(reviewed) == len(_KEYS) else None

"""The SIPAS-style summary of a year: every agency right under a root, ranked, and compared with the year before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.findings.errors import FindingsError
from survey.findings.forms import Forms, find_form, forms_of, leading_form
from survey.findings.movement import NEW
from survey.findings.sample import read_sample
from survey.findings.summary import summarise
from survey.findings.summary_parts import Period, Tree, read_tree
from survey.findings.values import AnnualFindings, Change, Wording
from survey.models.editions import Method, Questionnaire
from survey.models.wave_days import is_final
from survey.queries.agencies import get_agency
from survey.queries.waves import WaveRow, get_editions, list_waves_of_years

Waves = Mapping[int, Sequence[WaveRow]]  # by index year

# As many years as a series holds, this one among them.
MOST_YEARS: Final = 5


def annual_findings(
    session: Session, *, root_id: UUID, year: int, today: date, include_open: bool = False, form: str | None = None
) -> AnnualFindings:
    """Make the summary of a year from the tallies of its closed waves; a few statements, however many agencies.

    With ``include_open`` waves that still run are in it too: a preview, a draft, and without any comparison with the
    year before.  Waves that ask different forms are never added up: ``form`` names an edition of one, as
    ``"counter/2026"``; without it the one with the most answers is told of.

    Raises:
        FindingsError: There is no such agency, no wave in that year or none that asks the form, or its waves cannot be
            added up.

    """
    root = get_agency(session, agency_id=root_id)
    if root is None:
        raise FindingsError(
            vi="Không có đơn vị này; hãy chọn lại từ danh sách.",
            en="There is no such agency; choose again from the list.",
        )
    tree = read_tree(session, root, date(year, 1, 1), date(year, 12, 31))
    waves = _list_waves(session, tree, year)
    this = _read_year(session, tree, year, waves, include_open=include_open, form=form)
    if this is None:
        raise FindingsError(
            vi=f"Năm {year} chưa có đợt khảo sát nào ở {root.name}; hãy chọn năm khác.",
            en=f"There is no wave of {year} at {root.name_en or root.name}; choose another year.",
        )
    is_preview = include_open and any(wave.state != "closed" for wave in this.waves)
    years = [] if is_preview else _earlier_years(session, tree, this, waves)
    before = years[-1] if years and years[-1].year == year - 1 else None
    # No verdict before the last late answer is in the figures of both years.
    is_late = not all(is_final(wave, today) for wave in (*this.waves, *(before.waves if before else ())))
    told = [one for one in years if one.waves and not is_late]
    found = summarise(session, tree, this, before=before if before in told else None, earlier=told, today=today)
    if is_preview or is_late:
        return explained(found, "preview" if is_preview else "late")
    return explained(found, "earlier_open") if before and before.open_waves and not before.waves else found


def explained(found: AnnualFindings, why: str) -> AnnualFindings:
    """Say why nothing is compared, instead of that there was no period before."""
    unknown = replace(NEW, verdict=why, movement=why)

    def told(change: Change) -> Change:
        return unknown if change.verdict == NEW.verdict else change

    return replace(
        found,
        overall_change=unknown,
        element_changes=tuple(told(change) for change in found.element_changes),
        series=(*found.series[:-1], *(replace(last, change=told(last.change)) for last in found.series[-1:])),
        agencies=tuple(replace(row, change=told(row.change)) for row in found.agencies),
    )


def _list_waves(session: Session, tree: Tree, year: int) -> Waves:
    """List the waves of a year and of those before it that the series may tell of."""
    ids = list({*(UUID(part) for part in tree.root.path.split("/") if part), *tree.agency_ids})
    waves: dict[int, list[WaveRow]] = defaultdict(list)
    for wave in list_waves_of_years(session, agency_ids=ids, first=year - MOST_YEARS + 1, last=year):
        waves[wave.index_year].append(wave)
    return waves


def _earlier_years(session: Session, tree: Tree, this: Period, waves: Waves) -> list[Period]:
    """Read the years before, oldest first; years without a wave, or whose waves cannot be added up, are left out."""
    years = range(this.year - MOST_YEARS + 1, this.year)
    found = (_read_year(session, tree, year, waves, form=this.form, strict=False) for year in years)
    return [period for period in found if period is not None]


def _read_year(
    session: Session,
    tree: Tree,
    year: int,
    waves: Waves,
    *,
    form: str | None,
    include_open: bool = False,
    strict: bool = True,
) -> Period | None:
    """Read the waves of a year; None where there is none, or, unless ``strict``, where they cannot be added up."""
    found = waves.get(year, ())
    closed = tuple(wave for wave in found if include_open or wave.state == "closed")
    if not found:
        return None
    forms = forms_of(session, found)
    wanted = find_form(forms, form)
    if form and wanted is None and strict:
        raise _not_asked(forms, form, year)
    told = {name: waves for name, waves in forms.items() if set(waves) & set(closed)} or forms
    form = wanted or leading_form(session, told, agency_ids=tree.agency_ids)
    used = tuple(wave for wave in forms[form] if wave in closed)
    if not _can_be_added_up(used, year, strict=strict):
        return None
    others = tuple(wave for wave in found if wave not in forms[form])
    left_out = tuple(wave for wave in forms[form] if wave not in closed)
    return period_of(session, tree, Wording(f"năm {year}", str(year)), form, used, left_out, others)


def period_of(
    session: Session,
    tree: Tree,
    name: Wording,
    form: str,
    used: tuple[WaveRow, ...],
    left_out: tuple[WaveRow, ...] = (),
    others: tuple[WaveRow, ...] = (),
) -> Period:
    """Read what the fold left of the ``used`` waves."""
    editions = get_editions(session, wave_id=(used or left_out)[0].id)
    sample = read_sample(
        session,
        waves=used or left_out,
        agency_ids=tree.agency_ids if used else (),
        questionnaire=Questionnaire.from_content(editions.questionnaire),
        method=Method.from_content(editions.method),
    )
    return Period(name, used, left_out, others, form, sample)


def _not_asked(forms: Forms, form: str, year: int) -> FindingsError:
    names = ", ".join(sorted(forms))
    return FindingsError(
        vi=f"Năm {year} không có đợt nào hỏi phiếu {form}; hãy chọn một trong: {names}.",
        en=f"No wave of {year} asks the form {form}; choose one of {names}.",
    )


def _can_be_added_up(waves: Sequence[WaveRow], year: int, *, strict: bool) -> bool:
    kinds = {(wave.method_edition_id, wave.sample_kind) for wave in waves}
    if len(kinds) > 1 and strict:
        codes = ", ".join(sorted(wave.code for wave in waves))
        raise FindingsError(
            vi=f"Các đợt {codes} của năm {year} khác phương pháp hoặc cách lấy mẫu nên không gộp được; hãy "
            "để mỗi năm chỉ số một loại đợt.",
            en=f"The waves {codes} of {year} differ in method or kind of sample and cannot be added up; "
            "keep one kind of wave in an index year.",
        )
    return len(kinds) <= 1

"""Print numbered paper forms of a wave, for one counter or any of an agency, as one PDF.

Every sheet has a number of its own, which makes it count once; print more sheets instead of copying one.

Example:
    python3 hailong.py paper-form LG-2026 --agency LG-S05 --sheets 50 --out phieu.pdf
    python3 hailong.py paper-form LG-2026 --agency LG-S05 --counter 4F7K2M9PX --language en --sheets 20 --out forms.pdf
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from survey.cli._documents import write_documents
from survey.cli._refusals import RefusedError
from survey.db import db
from survey.models.identifiers import local_today, read_counter_code

if TYPE_CHECKING:
    from survey.models.agencies import Agency, ServicePoint


@click.command
@click.argument("wave")
@click.option("--agency", "agency_code", required=True, help="Code of the agency for which they are printed.")
@click.option("--counter", help="Public code of one of its counters; else any of them.")
@click.option("--language", default="vi", show_default=True, help="A language of the questionnaire.")
@click.option("--sheets", type=int, default=20, show_default=True, help="How many.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@with_appcontext
def command(wave: str, agency_code: str, counter: str | None, language: str, sheets: int, out: Path) -> None:
    """See the module."""
    # Loaded here, because the help of the verb must not wait for it.
    from survey.jobs.paper import series_pdf  # noqa: PLC0415
    from survey.queries.counters import get_questionnaire  # noqa: PLC0415
    from survey.services.lookups import require_agency, require_wave  # noqa: PLC0415
    from survey.services.paper import PaperOrder, print_series  # noqa: PLC0415

    session, today = db.session(), local_today()
    # It reads before it writes: on SQLite it must hold the lock from the beginning.
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    found, agency = require_wave(session, wave), require_agency(session, agency_code, on=today)
    if not agency.path.startswith(found.agency.path):
        raise RefusedError(
            vi=f"{agency.name} không thuộc đợt {found.code}; hãy chọn đợt khác.",
            en=f"{agency.name_en or agency.name} takes no part in the wave {found.code}; choose another wave.",
        )
    known = get_questionnaire(session, found.questionnaire_edition_id).title
    if language not in known:
        raise RefusedError(
            vi=f"Phiếu của đợt {found.code} không có tiếng “{language}”; chỉ có: {', '.join(known)}.",
            en=f"The form of the wave {found.code} has no language “{language}”, only: {', '.join(known)}.",
        )
    order = PaperOrder(
        wave=found,
        agency=agency,
        service_point=_counter(counter, agency) if counter else None,
        edition_id=found.questionnaire_edition_id,
        language=language,
        sheets=sheets,
    )
    series = print_series(session, order=order, by=None, today=today)
    session.commit()
    (path,) = write_documents(out.parent, {out.name: series_pdf(session, series)})
    click.echo(path)


def _counter(text: str, agency: Agency) -> ServicePoint:
    from survey.models.agencies import ServicePointCode  # noqa: PLC0415 -- likewise

    code = read_counter_code(text)
    row = db.session().get(ServicePointCode, code) if code else None
    if row is None or not row.service_point.agency.path.startswith(agency.path):
        raise RefusedError(
            vi=f"{agency.name} không có quầy mang mã {text}; hãy xem lại mã trên áp phích.",
            en=f"{agency.name_en or agency.name} has no counter with the code {text}; look at the poster again.",
        )
    return row.service_point

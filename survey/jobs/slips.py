"""The slips of a batch as documents; in the night after they are erased, and their codes forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from survey.jobs.work import Work
from survey.rendering.poster import is_loopback
from survey.rendering.slips import SlipSheet, slips_csv, slips_pdf
from survey.services.slip_keys import SlipKeys
from survey.services.slip_sheets import PrintableBatch, read_printable_batch

SLIPS: Final = "slips"
# A file that a printer takes at once, and a step after which somebody may have cancelled.
SLIPS_A_FILE: Final = 500


def slip_job(*, keys: SlipKeys, public_url: str) -> Callable[[Work], None]:
    """Return what makes the slips of a batch: PDF files to cut up, and one CSV for the dossier software."""

    def make(work: Work) -> None:
        agency_id, batch_id = (UUID(work.arguments[name]) for name in ("agency_id", "batch_id"))
        batch = read_printable_batch(work.session, agency_id=agency_id, batch_id=batch_id, keys=keys)
        # Drawing takes longer than reading; whoever writes must not wait for it.
        work.session.close()
        parts = 1 + -(-len(batch.codes) // SLIPS_A_FILE)
        for done, (label, name, content) in enumerate(slip_documents(batch, public_url), start=1):
            work.write(label, name, content)
            work.step(done, parts)

    return make


def slip_documents(batch: PrintableBatch, public_url: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield label, file name and content of every document of a batch, the CSV first."""
    sheet = SlipSheet(
        issuer_name=batch.issuer_name,
        deciding_name=batch.deciding_name,
        service_name=batch.service_name,
        public_url=public_url,
        issuer_code=batch.issuer_code,
        expires_on=batch.expires_on,
        made_on=batch.made_on,
        is_demo=batch.is_demo,
        is_loopback=is_loopback(public_url),
    )
    table = slips_csv(sheet, batch.codes, agency_code=batch.deciding_code, service_code=batch.service_code)
    yield "CSV", f"ma-{batch.issuer_code}.csv", table
    for start in range(0, len(batch.codes), SLIPS_A_FILE):
        some = batch.codes[start : start + SLIPS_A_FILE]
        last = start + len(some)
        yield f"PDF {start + 1}–{last}", f"phieu-{batch.issuer_code}-{start + 1}-{last}.pdf", slips_pdf(sheet, some)

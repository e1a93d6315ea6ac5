"""The documents of a wave's report."""

from __future__ import annotations

from uuid import UUID

from survey.findings.wave import wave_findings
from survey.jobs.annual import write_summary
from survey.jobs.work import Work


def make_wave_report(work: Work) -> None:
    """Make the report of ``wave_id`` over what lies right under ``root_id``, in every format, from one value."""
    findings = wave_findings(
        work.session,
        wave_id=UUID(work.arguments["wave_id"]),
        root_id=UUID(work.arguments["root_id"]),
        today=work.today,
    )
    # Nothing below reads the database; whoever writes must not wait for the drawing of charts.
    work.session.close()
    write_summary(work, findings, f"hai-long-{findings.root.code}-{work.arguments['wave']}")

"""What public pages and the API share: a released version as the tables of open data, and as a data package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import flask
from sqlalchemy.orm import Session

from survey.findings.publication import Kept, each_report, released_report, released_summary
from survey.findings.values import Wording
from survey.rendering.addresses import release_address
from survey.rendering.annual_tables import weakest_sample
from survey.rendering.open_package import About, PackageWriter
from survey.rendering.open_tables import OpenTable, agency_open_tables, lines_of, summary_open_tables
from survey.rendering.words import DEMO_NOTE, NOT_OFFICIAL, interval_label

if TYPE_CHECKING:
    from uuid import UUID

    from survey.findings.values import AnnualFindings
    from survey.queries.released import ReleasedVersion

Tables = Mapping[str, OpenTable]
_TABLES: Final[Kept[Tables]] = Kept(4)


def tables_of(session: Session, version: ReleasedVersion) -> Tables:
    """Return the tables of a version: its root and the agencies right under it."""
    return _TABLES.get(version.id, lambda: summary_open_tables(released_summary(session, version)))


def agency_tables_of(session: Session, version: ReleasedVersion, agency_id: UUID) -> Tables | None:
    """Return all that a released wave says of one agency, None where it says nothing of it."""
    findings = released_report(session, version, agency_id)
    return None if findings is None else agency_open_tables(findings)


def package_of(session: Session, version: ReleasedVersion) -> dict[str, bytes]:
    """Write the data package of a version: of a wave with everything that is told of each agency."""
    summary = released_summary(session, version)
    package = PackageWriter(about(version, summary))
    tables = tables_of(session, version)
    if version.wave_id is None:
        package.add(tables)
        return package.files()
    package.add({"waves": tables["waves"], "results": tables["results"]})
    ranked = {str(row[0]) for row in tables["results"].rows}
    reported = set()
    for findings in each_report(session, version):
        told = dict(agency_open_tables(findings))
        reported.add(findings.agency.code)
        if findings.agency.code in ranked:
            del told["results"]
        del told["waves"]
        package.add(told)
    rest = lines_of(tables, ranked - reported)
    del rest["results"]
    package.add(rest)
    return package.files()


def about(version: ReleasedVersion, summary: AnnualFindings) -> About:
    """Say what a package is, and under which licence."""
    settings = flask.current_app.config
    name = summary.wave.name if summary.wave else Wording(f"năm {summary.year}", f"{summary.year}")
    vi, en = (interval_label(weakest_sample(summary), summary.confidence_level, each) for each in ("vi", "en"))
    remarks = [NOT_OFFICIAL, Wording(f"{vi[0].upper()}{vi[1:]}.", f"{en[0].upper()}{en[1:]}.")]
    return About(
        code=version.code,
        title=Wording(
            f"Mức độ hài lòng của người dân, tổ chức – {summary.root.name.vi}, {name.vi}",
            f"Satisfaction of citizens and organisations – {summary.root.name.en}, {name.en}",
        ),
        homepage=release_address(settings["PUBLIC_URL"], version.code),
        licence=settings["OPEN_DATA_LICENCE"],
        released_on=version.released_on,
        version=version.version,
        note=version.note,
        superseded_on=version.superseded_on,
        sha256=version.sha256,
        remarks=(*([DEMO_NOTE] if summary.root.is_demo else []), *remarks),
    )

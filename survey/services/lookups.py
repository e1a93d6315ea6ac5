"""Rows by the codes that people type in a terminal or write in a file, or a sentence that there is none."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, ServiceField, ServicePoint, ServicePointCode
from survey.models.fieldwork import Wave
from survey.models.identifiers import read_counter_code
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.errors import AgencyError, EditionError, WaveError


def find_agency(session: Session, code: str, *, on: date) -> Agency | None:
    """Return the agency that has a code on a day, or None."""
    named = select(Agency).where(Agency.code == code, Agency.valid_from <= on)
    return session.scalar(named.where((Agency.valid_to.is_(None)) | (Agency.valid_to > on)))


def require_agency(session: Session, code: str, *, on: date) -> Agency:
    """Return the agency that has a code on a day, or raise ``AgencyError``."""
    agency = find_agency(session, code, on=on)
    if agency is None:
        raise AgencyError(
            vi=f"Không có cơ quan mã “{code}” vào ngày {on:%d/%m/%Y}; hãy kiểm tra mã hoặc thêm cơ quan trước.",
            en=f"No agency has the code “{code}” on {on:%Y-%m-%d}; check the code, or add the agency first.",
        )
    return agency


def require_agency_beside(session: Session, code: str, agency: Agency, *, on: date) -> Agency:
    """Return the agency of the same tree that has a code on a day; of another tree is as unknown as none."""
    found = find_agency(session, code, on=on)
    if found is None or found.path.partition("/")[0] != agency.path.partition("/")[0]:
        raise AgencyError(
            vi=f"Không có cơ quan mã “{code}” trong tỉnh này; hãy kiểm tra mã.",
            en=f"No agency of this province has the code “{code}”; check the code.",
        )
    return found


def find_wave(session: Session, code: str) -> Wave | None:
    """Return the wave of a code, or None."""
    return session.scalar(select(Wave).where(Wave.code == code))


def require_wave(session: Session, code: str) -> Wave:
    """Return the wave of a code, or raise ``WaveError``."""
    wave = find_wave(session, code)
    if wave is None:
        raise WaveError(
            vi=f"Không có đợt {code}; lệnh wave list cho biết các mã.",
            en=f"There is no wave {code}; wave list shows the codes.",
        )
    return wave


def require_service_field(session: Session, code: str) -> ServiceField:
    """Return the field of service of a code, or raise ``WaveError``."""
    found = session.scalar(select(ServiceField).where(ServiceField.code == code))
    if found is None:
        raise WaveError(
            vi=f"Không có lĩnh vực mã “{code}”; hãy kiểm tra mã lĩnh vực.",
            en=f"There is no field of service with the code “{code}”; check the code.",
        )
    return found


def require_questionnaire_edition(session: Session, questionnaire: str, edition: str) -> QuestionnaireEdition:
    """Return an edition of a questionnaire, or raise ``EditionError``."""
    found = session.scalar(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == questionnaire, QuestionnaireEdition.edition == edition
        )
    )
    if found is None:
        raise EditionError(
            vi=f"Không có phiếu hỏi {questionnaire} {edition}; hãy nạp bằng questionnaire load.",
            en=f"There is no questionnaire {questionnaire} {edition}; load it with questionnaire load.",
        )
    return found


def require_method_edition(session: Session, code: str) -> MethodEdition:
    """Return a method edition, or raise ``EditionError``."""
    found = session.scalar(select(MethodEdition).where(MethodEdition.code == code))
    if found is None:
        raise EditionError(
            vi=f"Không có phương pháp {code}; hãy nạp phương pháp đó trước.",
            en=f"There is no method {code}; load it first.",
        )
    return found


def list_counters(session: Session, agency: Agency) -> list[ServicePoint]:
    """Return the counters in use of one agency, as Vietnamese sorts them."""
    used = select(ServicePoint).where(ServicePoint.agency_id == agency.id, ServicePoint.retired_on.is_(None))
    return list(session.scalars(used.order_by(ServicePoint.sort_key)))


def require_counters(session: Session, *, agency: str, codes: Collection[str], on: date) -> list[ServicePoint]:
    """Return the counters with these codes, or all in use at or below an agency, or raise ``AgencyError``."""
    if bool(agency) == bool(codes):
        raise AgencyError(
            vi="Hãy cho biết --agency hoặc --counter, một trong hai.", en="Give either --agency or --counter."
        )
    if agency:
        path = require_agency(session, agency, on=on).path
        below = select(ServicePoint).join(Agency, Agency.id == ServicePoint.agency_id)
        used = below.where(Agency.path.startswith(path, autoescape=True), ServicePoint.retired_on.is_(None))
        return list(session.scalars(used.order_by(ServicePoint.sort_key)))
    found = []
    for code in codes:
        row = session.get(ServicePointCode, read_counter_code(code) or "")
        if row is None or row.retired_on is not None or row.service_point.retired_on is not None:
            raise AgencyError(
                vi=f"Không có quầy nào đang dùng mang mã “{code}”; lệnh agency counters cho biết các mã.",
                en=f"No counter in use has the code “{code}”; agency counters shows the codes.",
            )
        found.append(row.service_point)
    return found


def list_waves(session: Session) -> list[Wave]:
    """Return every wave, the latest first."""
    return list(session.scalars(select(Wave).order_by(Wave.opens_on.desc(), Wave.code)))

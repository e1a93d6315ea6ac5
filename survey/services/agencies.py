"""Setting up who is rated: agencies, their fields and services, their counters and the codes on the walls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.models.agencies import AGENCY_KINDS, Agency, Service, ServiceField, ServicePoint, ServicePointCode
from survey.models.fieldwork import WaveServicePoint
from survey.models.identifiers import new_counter_code, new_id
from survey.models.sort_key import sort_key
from survey.services.agency_ties import check_end_is_free
from survey.services.errors import AgencyError
from survey.services.names import checked_code, checked_name, checked_translation

# What may stand under what.  The root of a tree may be any body but a unit: one office can run this alone.
KINDS_BELOW: Final = {
    "ministry": ("province", "unit"),
    "province": ("department", "commune", "unit"),
    "department": ("unit",),
    "commune": ("unit",),
    "unit": ("unit",),
}
KIND_NAMES: Final = {
    "ministry": ("bộ, cơ quan trung ương", "ministry"),
    "province": ("tỉnh", "province"),
    "department": ("sở, ban, ngành", "department"),
    "commune": ("xã, phường, đặc khu", "commune"),
    "unit": ("đơn vị trực thuộc", "unit"),
}
_AGENCY: Final = ("cơ quan", "agency")
_COUNTER: Final = ("quầy", "counter")
_SERVICE: Final = ("thủ tục", "service")
_FIELD: Final = ("lĩnh vực", "field of service")


def add_agency(
    session: Session,
    *,
    code: str,
    kind: str,
    name: str,
    valid_from: date,
    name_en: str | None = None,
    parent: Agency | None = None,
    valid_to: date | None = None,
) -> Agency:
    """Add an agency below ``parent``, or as a root; what stands below demo data is demo data.

    Raises:
        AgencyError: where the kind does not belong there, the dates do not fit the parent's, or another agency
            has the code at that time.

    """
    agency = Agency(
        id=new_id(),
        code=checked_code(code, of=_AGENCY, error=AgencyError),
        kind=kind,
        name=checked_name(name, of=_AGENCY, error=AgencyError),
        name_en=checked_translation(name_en, of=_AGENCY, error=AgencyError),
        is_demo=parent is not None and parent.is_demo,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _check_period(agency)
    _check_place(agency, parent)
    _check_code_is_free(session, agency)
    _hang_below(agency, parent)
    agency.sort_key = sort_key(agency.name)
    session.add(agency)
    session.flush()
    return agency


def rename_agency(session: Session, agency: Agency, *, name: str, name_en: str | None = None) -> None:
    """Correct an agency's name everywhere; a change of name by decision is a new agency with its own dates."""
    agency.name = checked_name(name, of=_AGENCY, error=AgencyError)
    agency.name_en = checked_translation(name_en, of=_AGENCY, error=AgencyError)
    agency.sort_key = sort_key(agency.name)
    session.flush()


def move_agency(session: Session, agency: Agency, *, parent: Agency) -> None:
    """Hang an agency with everything below it under another parent.

    Raises:
        AgencyError: where ``parent`` lies below the agency itself, or the kind or the dates do not belong there.

    """
    if parent.path.startswith(agency.path):
        raise AgencyError(
            vi=f"“{parent.name}” nằm dưới “{agency.name}” nên không thể là cơ quan cấp trên; hãy chọn cơ quan khác.",
            en=f"“{parent.name}” lies below “{agency.name}” and cannot be its parent; choose another one.",
        )
    _check_place(agency, parent)
    old_path = agency.path
    below = session.scalars(select(Agency).where(Agency.path.startswith(old_path, autoescape=True))).all()
    _hang_below(agency, parent)
    for descendant in below:
        if descendant is not agency:
            descendant.path = agency.path + descendant.path.removeprefix(old_path)
    session.flush()


def end_agency(session: Session, agency: Agency, *, valid_to: date) -> None:
    """Let an agency's validity end; ``valid_to`` is the first day on which it no longer exists.

    Raises:
        AgencyError: where something below it lives on, a counter of it is still in use, a recorded change ends it, or
            its parent or another agency's code leaves it no time until then.

    """
    if valid_to <= agency.valid_from:
        raise _period_error(agency.name)
    check_end_is_free(session, agency)
    below = select(Agency.name).where(
        Agency.parent_id == agency.id, (Agency.valid_to.is_(None)) | (Agency.valid_to > valid_to)
    )
    counters = select(ServicePoint.name).where(ServicePoint.agency_id == agency.id, ServicePoint.retired_on.is_(None))
    for what, names in ((_AGENCY, below), (_COUNTER, counters)):
        if name := session.scalar(names.limit(1)):
            raise AgencyError(
                vi=f"“{agency.name}” còn {what[0]} “{name}” đang hoạt động; hãy chuyển hoặc kết thúc trước.",
                en=f"“{agency.name}” still has the {what[1]} “{name}” in use; move or end that first.",
            )
    _try_end(session, agency, valid_to)


def resume_agency(session: Session, agency: Agency) -> None:
    """Take back the end of an agency's validity.

    Raises:
        AgencyError: where a recorded change ends it, its parent has ended, or another agency has its code since.

    """
    check_end_is_free(session, agency)
    _try_end(session, agency, None)


def correct_kind(session: Session, agency: Agency, *, kind: str) -> None:
    """Correct the kind of an agency that was set up wrongly.

    Raises:
        AgencyError: where that kind does not belong there, or something below does not belong under it.

    """
    was, agency.kind = agency.kind, kind
    try:
        with session.no_autoflush:
            _check_place(agency, session.get(Agency, agency.parent_id) if agency.parent_id else None)
            for below in session.scalars(select(Agency).where(Agency.parent_id == agency.id)):
                _check_place(below, agency)
    except AgencyError:
        agency.kind = was
        raise
    session.flush()


def add_service_field(session: Session, *, code: str, name: str, name_en: str | None = None) -> ServiceField:
    """Add a field of service (lĩnh vực); its code is unique."""
    field = ServiceField(
        id=new_id(),
        code=checked_code(code, of=_FIELD, error=AgencyError),
        name=checked_name(name, of=_FIELD, error=AgencyError),
        name_en=checked_translation(name_en, of=_FIELD, error=AgencyError),
    )
    if session.scalar(select(ServiceField.id).where(ServiceField.code == field.code)):
        raise _taken_error(_FIELD, field.code)
    field.sort_key = sort_key(field.name)
    session.add(field)
    session.flush()
    return field


def add_service(
    session: Session,
    *,
    code: str,
    name: str,
    service_field: ServiceField,
    agency: Agency,
    name_en: str | None = None,
) -> Service:
    """Add a procedure that ``agency`` decides; its code is unique within that agency."""
    service = Service(
        id=new_id(),
        code=checked_code(code, of=_SERVICE, error=AgencyError),
        name=checked_name(name, of=_SERVICE, error=AgencyError),
        name_en=checked_translation(name_en, of=_SERVICE, error=AgencyError),
        service_field_id=service_field.id,
        agency_id=agency.id,
    )
    if session.scalar(select(Service.id).where(Service.agency_id == agency.id, Service.code == service.code)):
        raise _taken_error(_SERVICE, service.code)
    service.sort_key = sort_key(service.name)
    session.add(service)
    session.flush()
    return service


def add_service_point(
    session: Session,
    *,
    agency: Agency,
    name: str,
    today: date,
    name_en: str | None = None,
    serves_agency: Agency | None = None,
    services: Collection[Service] = (),
) -> ServicePoint:
    """Add a counter that ``agency`` owns, with its first public code.

    It takes in cases for ``serves_agency``, the owner itself where that is None, and for the agencies of ``services``.

    Raises:
        AgencyError: where the owner has a counter of that name in use, or one of the agencies is of another tree.

    """
    decides = serves_agency or agency
    counter = ServicePoint(
        id=new_id(),
        agency_id=agency.id,
        serves_agency_id=decides.id,
        name=checked_name(name, of=_COUNTER, error=AgencyError),
        name_en=checked_translation(name_en, of=_COUNTER, error=AgencyError),
    )
    check_one_tree(session, agency, decides, services)
    same_name = select(ServicePoint.id).where(
        ServicePoint.agency_id == agency.id, ServicePoint.name == counter.name, ServicePoint.retired_on.is_(None)
    )
    if session.scalar(same_name):
        raise AgencyError(
            vi=f"“{agency.name}” đã có quầy “{counter.name}”; hãy đặt tên khác hoặc ngừng quầy cũ.",
            en=f"“{agency.name}” already has the counter “{counter.name}”; choose another name or retire the old one.",
        )
    counter.sort_key = sort_key(counter.name)
    counter.services = list(services)
    session.add(counter)
    issue_code(session, counter, today=today)
    return counter


def issue_code(session: Session, service_point: ServicePoint, *, today: date) -> ServicePointCode:
    """Give a counter a new public code; the codes it had keep working until they are retired."""
    if service_point.retired_on is not None:
        raise AgencyError(
            vi=f"Quầy “{service_point.name}” đã ngừng; không cấp mã mới được. Hãy tạo quầy mới.",
            en=f"The counter “{service_point.name}” is retired and gets no new code. Add a new counter.",
        )
    code = new_counter_code()
    while session.get(ServicePointCode, code) is not None:
        code = new_counter_code()
    for older in service_point.codes:
        older.replaced_on = older.replaced_on or today
    issued = ServicePointCode(code=code, issued_on=today, service_point=service_point)
    session.add(issued)
    session.flush()
    return issued


def retire_code(session: Session, code: ServicePointCode, *, today: date) -> None:
    """End a code from today on; a poster that still carries it leads to a page that says so."""
    if code.retired_on is not None:
        raise AgencyError(
            vi=f"Mã {code.code} đã ngừng từ ngày {code.retired_on:%d/%m/%Y}; không cần làm gì thêm.",
            en=f"The code {code.code} was retired on {code.retired_on:%d/%m/%Y} already; there is nothing to do.",
        )
    code.retired_on = today
    session.flush()


def retire_service_point(session: Session, service_point: ServicePoint, *, today: date) -> None:
    """Retire a counter with all its codes; it leaves the wave that is open for it, and its answers stay."""
    service_point.retired_on = today
    for code in service_point.codes:
        code.retired_on = code.retired_on or today
    session.execute(
        update(WaveServicePoint)
        .where(WaveServicePoint.service_point_id == service_point.id, WaveServicePoint.is_open)
        .values(is_open=False)
    )
    session.flush()


def _try_end(session: Session, agency: Agency, valid_to: date | None) -> None:
    was, agency.valid_to = agency.valid_to, valid_to
    try:
        with session.no_autoflush:
            if (valid_to or date.max) > (was or date.max):
                _check_place(agency, session.get(Agency, agency.parent_id) if agency.parent_id else None)
            _check_code_is_free(session, agency)
    except AgencyError:
        agency.valid_to = was
        raise
    session.flush()


def _hang_below(agency: Agency, parent: Agency | None) -> None:
    agency.parent_id = parent.id if parent else None
    agency.path = f"{parent.path if parent else ''}{agency.id}/"


def _check_period(agency: Agency) -> None:
    if agency.valid_to is not None and agency.valid_to <= agency.valid_from:
        raise _period_error(agency.name)


def _check_place(agency: Agency, parent: Agency | None) -> None:
    if agency.kind not in AGENCY_KINDS:
        raise AgencyError(
            vi=f"Không có loại cơ quan “{agency.kind}”; hãy dùng một trong: {', '.join(AGENCY_KINDS)}.",
            en=f"There is no kind of agency “{agency.kind}”; use one of {', '.join(AGENCY_KINDS)}.",
        )
    if parent is None:
        if agency.kind == "unit":
            raise AgencyError(
                vi=f"Đơn vị “{agency.name}” cần một cơ quan cấp trên; hãy ghi mã cơ quan đó.",
                en=f"The unit “{agency.name}” needs an agency above it; give that agency's code.",
            )
        return
    if agency.kind not in KINDS_BELOW[parent.kind]:
        (kind_vi, kind_en), (above_vi, above_en) = KIND_NAMES[agency.kind], KIND_NAMES[parent.kind]
        raise AgencyError(
            vi=f"“{agency.name}” ({kind_vi}) không thể nằm dưới “{parent.name}” ({above_vi}); hãy sửa loại hoặc cấp.",
            en=f"“{agency.name}” ({kind_en}) cannot stand under “{parent.name}” ({above_en}); change kind or parent.",
        )
    if agency.valid_from < parent.valid_from or (parent.valid_to or date.max) < (agency.valid_to or date.max):
        raise AgencyError(
            vi=f"Thời gian hiệu lực của “{agency.name}” vượt ra ngoài của “{parent.name}”; hãy sửa ngày.",
            en=f"The validity of “{agency.name}” goes beyond that of “{parent.name}”; change the dates.",
        )


def _check_code_is_free(session: Session, agency: Agency) -> None:
    others = select(Agency).where(Agency.code == agency.code)
    for other in session.scalars(others):
        if (
            other is not agency
            and agency.valid_from < (other.valid_to or date.max)
            and other.valid_from < (agency.valid_to or date.max)
        ):
            raise AgencyError(
                vi=f"Mã {agency.code} trong thời gian đó là của “{other.name}”; hãy dùng mã khác hoặc sửa ngày.",
                en=f"At that time the code {agency.code} belongs to “{other.name}”; use another code or other dates.",
            )


def check_one_tree(session: Session, agency: Agency, decides: Agency, services: Collection[Service]) -> None:
    """Refuse where a counter of ``agency`` would take in cases for a body of another tree."""
    deciding = [decides, *(session.get_one(Agency, service.agency_id) for service in services)]
    root = agency.path.partition("/")[0]
    for other in deciding:
        if other.path.partition("/")[0] != root:
            raise AgencyError(
                vi=f"“{other.name}” không cùng tỉnh với “{agency.name}”; quầy chỉ nhận hồ sơ trong một tỉnh.",
                en=f"“{other.name}” is not of the same province as “{agency.name}”; a counter serves one province.",
            )


def _period_error(name: str) -> AgencyError:
    return AgencyError(
        vi=f"Ngày hết hiệu lực của “{name}” phải sau ngày bắt đầu; hãy sửa ngày.",
        en=f"The validity of “{name}” must end after it begins; change the dates.",
    )


def _taken_error(what: tuple[str, str], code: str) -> AgencyError:
    return AgencyError(
        vi=f"Mã {code} đã dùng cho một {what[0]} khác; hãy chọn mã khác.",
        en=f"The code {code} is another {what[1]}'s already; choose another one.",
    )

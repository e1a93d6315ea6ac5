"""What is wrong with a change of bodies, in a sentence that names the body and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.agency_changes import CHANGE_KINDS, AgencyChange, AgencyChangePart
from survey.queries.scope import Scope
from survey.services.change_request import ChangeRequest
from survey.services.errors import AgencyError

FEWEST = 2


def check_change(session: Session, request: ChangeRequest) -> None:
    """Refuse what cannot be; what only the new rows show (a code that is taken) is refused when they are made."""
    if request.kind not in CHANGE_KINDS:
        kinds = ", ".join(CHANGE_KINDS)
        raise AgencyError(
            vi=f"Không có loại thay đổi “{request.kind}”; hãy dùng một trong: {kinds}.",
            en=f"There is no kind of change “{request.kind}”; use one of {kinds}.",
        )
    for agency in request.agencies:
        _check_is_alive(session, agency, request)
    {
        "merge": _check_merge,
        "split": _check_split,
        "move": _check_move,
        "rename": _check_rename,
        "abolish": _check_abolish,
    }[request.kind](request)


def check_authority(scope: Scope, request: ChangeRequest) -> None:
    """Refuse who does not administer every body concerned from above, or the place where the new one will stand."""
    for agency in request.agencies:
        if not scope.administers_from_above(agency.path):
            raise from_above_error(agency)
    if request.parent is not None and not scope.administers(request.parent.path):
        raise AgencyError(
            vi=f"Bạn không quản trị “{request.parent.name}”; hãy chọn cơ quan cấp trên trong phạm vi của bạn.",
            en=f"You do not administer “{request.parent.name_en or request.parent.name}”; choose a body above that "
            "lies in your subtree.",
        )


def from_above_error(agency: Agency) -> AgencyError:
    """Return the refusal of who would end or move a body without administering it from above."""
    return AgencyError(
        vi=f"Bạn không phải quản trị cấp trên của “{agency.name}”; hãy nhờ người quản trị của cả "
        "các tỉnh hoặc cơ quan cấp trên liên quan ghi thay đổi này.",
        en=f"You do not administer “{agency.name_en or agency.name}” from above; ask somebody who administers "
        "all the provinces or bodies above concerned to record this.",
    )


def _check_is_alive(session: Session, agency: Agency, request: ChangeRequest) -> None:
    if agency.valid_to is not None or (request.kind == "rename" and _renamed_later(session, agency, request)):
        raise _already(session, agency)
    if request.effective_on <= agency.valid_from:
        raise AgencyError(
            vi=f"“{agency.name}” mới có từ ngày {agency.valid_from:%d/%m/%Y}; ngày hiệu lực phải sau ngày đó.",
            en=f"“{agency.name_en or agency.name}” has existed only since {agency.valid_from:%d/%m/%Y}; "
            "the change must take effect later.",
        )
    if request.kind != "rename" and (later := _planned_rename(session, agency)):
        raise _waits(agency, later)
    if request.kind != "rename" and (inherits := _inherits_later(session, agency, request)):
        raise AgencyError(
            vi=f"“{agency.name}” sẽ tiếp nhận một đơn vị khác từ ngày {inherits.effective_on:%d/%m/%Y}; hãy huỷ thay "
            "đổi đó trước, hoặc chọn ngày hiệu lực muộn hơn.",
            en=f"“{agency.name_en or agency.name}” is to take over another body on {inherits.effective_on:%d/%m/%Y}; "
            "withdraw that change first, or choose a later day.",
        )


def _renamed_later(session: Session, agency: Agency, request: ChangeRequest) -> bool:
    same_or_later = (
        select(AgencyChange.id)
        .join(AgencyChangePart, AgencyChangePart.change_id == AgencyChange.id)
        .where(
            AgencyChange.kind == "rename",
            AgencyChangePart.from_agency_id == agency.id,
            AgencyChange.effective_on >= request.effective_on,
        )
    )
    return session.scalar(same_or_later.limit(1)) is not None


def _planned_rename(session: Session, agency: Agency) -> AgencyChange | None:
    planned = (
        select(AgencyChange)
        .join(AgencyChangePart, AgencyChangePart.change_id == AgencyChange.id)
        .where(
            AgencyChange.kind == "rename",
            AgencyChangePart.from_agency_id == agency.id,
            AgencyChange.carried_out_on.is_(None),
        )
    )
    return session.scalar(planned.limit(1))


def _inherits_later(session: Session, agency: Agency, request: ChangeRequest) -> AgencyChange | None:
    planned = (
        select(AgencyChange)
        .join(AgencyChangePart, AgencyChangePart.change_id == AgencyChange.id)
        .where(
            AgencyChangePart.to_agency_id == agency.id,
            AgencyChangePart.from_agency_id != agency.id,
            AgencyChangePart.takes_over,
            AgencyChange.carried_out_on.is_(None),
            AgencyChange.effective_on >= request.effective_on,
        )
    )
    return session.scalar(planned.limit(1))


def _already(session: Session, agency: Agency) -> AgencyError:
    """Tell the second official what the first recorded."""
    change = session.scalar(
        select(AgencyChange)
        .join(AgencyChangePart, AgencyChangePart.change_id == AgencyChange.id)
        .where(AgencyChangePart.from_agency_id == agency.id)
        .order_by(AgencyChange.effective_on.desc(), AgencyChange.id.desc())
        .limit(1)
    )
    if change is not None:
        return AgencyError(
            vi=f"“{agency.name}” đã có thay đổi từ ngày {change.effective_on:%d/%m/%Y} theo {change.decision}; "
            "hãy xem danh sách thay đổi, và ghi tiếp cho đơn vị mới nếu cần.",
            en=f"“{agency.name_en or agency.name}” changed or changes on {change.effective_on:%d/%m/%Y} by "
            f"{change.decision} already; look at the list of changes, and go on with the new body if need be.",
        )
    return AgencyError(
        vi=f"“{agency.name}” đã hết hiệu lực từ ngày {agency.valid_to:%d/%m/%Y}; hãy chọn đơn vị đang hoạt động.",
        en=f"“{agency.name_en or agency.name}” ended on {agency.valid_to:%d/%m/%Y}; choose one that exists.",
    )


def _waits(agency: Agency, planned: AgencyChange) -> AgencyError:
    return AgencyError(
        vi=f"“{agency.name}” sẽ đổi tên từ ngày {planned.effective_on:%d/%m/%Y}; hãy huỷ thay đổi đó trước.",
        en=f"“{agency.name_en or agency.name}” is to be renamed on {planned.effective_on:%d/%m/%Y}; "
        "withdraw that change first.",
    )


def _check_merge(request: ChangeRequest) -> None:
    if len({agency.id for agency in request.agencies}) < max(FEWEST, len(request.agencies)):
        raise AgencyError(
            vi="Sáp nhập cần ít nhất hai đơn vị khác nhau; một đơn vị không thể sáp nhập với chính nó.",
            en="A merger takes at least two different bodies; a body cannot be merged with itself.",
        )
    for agency in request.agencies:
        for other in request.agencies:
            if agency is not other and agency.path.startswith(other.path):
                raise AgencyError(
                    vi=f"“{agency.name}” nằm dưới “{other.name}” nên không sáp nhập ngang cấp được; hãy ghi giải thể "
                    f"“{agency.name}” và giao việc cho “{other.name}”.",
                    en=f"“{agency.name}” lies below “{other.name}” and cannot be merged with it; record that "
                    f"“{agency.name}” is abolished and “{other.name}” takes over.",
                )
    kinds = {agency.kind for agency in request.agencies}
    if len(kinds) > 1:
        raise AgencyError(
            vi="Chỉ sáp nhập được các đơn vị cùng loại (tỉnh với tỉnh, xã với xã, sở với sở).",
            en="Only bodies of one kind can be merged (provinces, communes, departments).",
        )
    _check_place_is_not_inside(request)


def _check_split(request: ChangeRequest) -> None:
    if len({body.code for body in request.bodies}) < max(FEWEST, len(request.bodies)):
        raise AgencyError(
            vi="Tách cần ít nhất hai đơn vị mới, mỗi đơn vị một mã; hãy ghi mỗi đơn vị một dòng.",
            en="A split makes at least two new bodies with a code each; write one a line.",
        )
    shares = [body.share for body in request.bodies if body.share is not None]
    too_much = sum(shares) > 1 and not isclose(sum(shares), 1)
    if any(not 0 < share < 1 for share in shares) or too_much:
        raise AgencyError(
            vi="Mỗi phần phải lớn hơn 0 % và nhỏ hơn 100 %, cộng lại không quá 100 %; để trống nếu chưa biết.",
            en="Each part must lie between 0 % and 100 %, 100 % together at most; leave it empty where not known.",
        )
    if request.heir_code and request.heir_code not in {body.code for body in request.bodies}:
        raise AgencyError(
            vi=f"Mã {request.heir_code} không có trong các đơn vị mới; hãy chọn một trong các mã vừa ghi.",
            en=f"The code {request.heir_code} is none of the new bodies'; choose one of those just written.",
        )
    _check_place_is_not_inside(request)


def _check_move(request: ChangeRequest) -> None:
    agency, body = request.agencies[0], request.bodies[0]
    above = request.parent.id if request.parent else None
    if above == agency.parent_id and body.code == agency.code:
        raise AgencyError(
            vi=f"“{agency.name}” vẫn ở chỗ cũ và giữ mã cũ; hãy chọn cơ quan cấp trên khác hoặc mã khác.",
            en=f"“{agency.name}” would stay where it is under the same code; choose another body above or code.",
        )
    _check_place_is_not_inside(request)


def _check_rename(request: ChangeRequest) -> None:
    agency, body = request.agencies[0], request.bodies[0]
    if (body.name, body.name_en) == (agency.name, agency.name_en):
        raise AgencyError(
            vi=f"Tên mới giống tên cũ “{agency.name}”; hãy ghi tên mới.",
            en=f"The new name is the old one, “{agency.name}”; write the new name.",
        )


def _check_abolish(request: ChangeRequest) -> None:
    agency = request.agencies[0]
    heir = request.heir_code
    if heir and heir == agency.code:
        raise AgencyError(
            vi=f"“{agency.name}” không thể tự tiếp nhận việc của mình; hãy chọn đơn vị khác hoặc để trống.",
            en=f"“{agency.name}” cannot take over from itself; choose another body or leave it empty.",
        )


def _check_place_is_not_inside(request: ChangeRequest) -> None:
    parent = request.parent
    if parent is None:
        return
    for agency in request.agencies:
        if parent.path.startswith(agency.path):
            raise AgencyError(
                vi=f"“{parent.name}” là “{agency.name}” hoặc nằm dưới đơn vị đó nên không thể là cấp trên; "
                "hãy chọn cơ quan khác.",
                en=f"“{parent.name}” is “{agency.name}” or lies below it and cannot stand above; choose another one.",
            )


def check_nobody_is_left(below: Sequence[Agency], request: ChangeRequest) -> None:
    """Refuse to end a body whose children nobody takes over."""
    if below:
        names = ", ".join(f"“{agency.name}”" for agency in request.agencies)
        raise AgencyError(
            vi=f"{names} còn đơn vị trực thuộc “{below[0].name}” sau ngày {request.effective_on:%d/%m/%Y}; "
            "hãy chọn đơn vị tiếp nhận, hoặc chuyển đơn vị đó trước.",
            en=f"{names} still has “{below[0].name}” below it after {request.effective_on:%d/%m/%Y}; "
            "choose who takes over, or move that first.",
        )

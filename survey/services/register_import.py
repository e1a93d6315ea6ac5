"""A file into the register: tried out within the transaction and taken back, or carried out exactly as it was shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from survey.models.accounts import Official
from survey.models.agencies import Agency
from survey.services.accounts import administer_new_root
from survey.services.audit import Act, Detail, record_all
from survey.services.errors import ImportRefusedError
from survey.services.register_agencies import import_agencies
from survey.services.register_communes import import_communes
from survey.services.register_counters import import_counters
from survey.services.register_officials import import_officials
from survey.services.register_services import import_services
from survey.services.register_values import COLUMNS, Plan, PlannedLine
from survey.services.register_work import Rights, Work
from survey.services.table_file import Table
from survey.services.table_headings import HeadedTable, count_known, headed, heading_line

_IMPORTS: Final[Mapping[str, Callable[[Work, HeadedTable], None]]] = {
    "agencies": import_agencies,
    "counters": import_counters,
    "services": import_services,
    "officials": import_officials,
}
MOST_TOLD: Final = 20
SHAPES: Final = (*_IMPORTS, "communes")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported for whom.

    ``shape`` is one of ``SHAPES``; ``only`` are the codes of the provinces whose communes are wanted, none for all;
    ``named`` maps names of columns to the headings that the file gives them.
    """

    table: Table
    shape: str
    rights: Rights
    today: date
    only: frozenset[str] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)
    official: Official | None = None


def recognise_shape(table: Table, *, wanted: str = "") -> str:
    """Return the shape of a file by its headings; ``wanted`` is what its sender says it is, which goes first.

    Raises:
        ImportRefusedError: where the headings are of no shape, or of several.

    """
    if wanted:
        return wanted
    known = {shape: count for shape in SHAPES if (count := count_known(table, COLUMNS[shape]))}
    best = [shape for shape, count in known.items() if count == max(known.values())]
    if len(best) == 1:
        return best[0]
    raise ImportRefusedError(
        vi=f"Không nhận ra tệp {table.name} chứa gì theo tên cột; hãy chọn loại danh mục, hoặc đặt tên cột "
        "như tệp xuất ra.",
        en=f"The headings of {table.name} do not tell what it holds; choose what it is, or name its columns as in an "
        "exported file.",
    )


def plan_import(session: Session, order: Order) -> Plan:
    """Return what an import would do, by doing it and taking it back.

    Raises:
        ImportRefusedError: where the file is not of that shape at all.

    """
    attempt = session.begin_nested()
    try:
        return _carried_out(session, order)
    finally:
        # What stands in the session is as stale as the attempt.
        attempt.rollback()
        session.expire_all()


def carry_out_import(session: Session, order: Order, *, shown: str) -> Plan | None:
    """Do exactly what was shown, and record it; None, and nothing done, where it would be something else by now.

    ``shown`` is the digest of the plan that somebody agreed to.
    """
    attempt = session.begin_nested()
    try:
        plan = _carried_out(session, order)
        if plan.digest != shown or plan.bad:
            attempt.rollback()
            session.expire_all()
            return None
    except BaseException:
        attempt.rollback()
        raise
    attempt.commit()
    if order.official is not None:
        for agency_id in plan.new_roots:
            administer_new_root(session, order.official, session.get_one(Agency, agency_id))
    record_all(session, _acts(order, plan))
    return plan


def _acts(order: Order, plan: Plan) -> Iterator[Act]:
    """Tell of the whole file, and to each agency that was touched of what concerns it."""
    subject = f"{order.shape} {order.table.name}"
    file: dict[str, Detail] = {"file": order.table.name, "sha256": order.table.sha256}
    counts = {act: count for act, count in plan.counts.items() if act != "unchanged"}
    yield Act("import.done", subject, None, {**file, **counts})
    touched: dict[UUID, list[PlannedLine]] = {}
    for line in plan.lines:
        for agency_id in line.agency_ids:
            touched.setdefault(agency_id, []).append(line)
    for agency_id, lines in touched.items():
        own = Counter[str](line.act for line in lines)
        told = "; ".join(_told(line) for line in lines[:MOST_TOLD]) + ("; …" if len(lines) > MOST_TOLD else "")
        yield Act("import.done", subject, agency_id, {**file, **own, "what": told})


def _told(line: PlannedLine) -> str:
    changes = [f"{each.column} {each.old or '–'} → {each.new or '–'}" for each in line.differences]
    return ", ".join([line.name, *changes])


def _carried_out(session: Session, order: Order) -> Plan:
    plan = Plan(order.shape, heading_line=heading_line(order.table, COLUMNS[order.shape], order.named))
    work = Work(session, order.rights, order.today, plan, order.only)
    if order.shape == "communes":
        import_communes(work, order.table, order.named)
    else:
        _IMPORTS[order.shape](work, headed(order.table, COLUMNS[order.shape], order.named))
    session.flush()
    plan.bad.sort(key=lambda cell: cell.line)
    plan.odd.sort(key=lambda cell: cell.line)
    return plan

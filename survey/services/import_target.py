"""What an import goes into: the wave that is there or is to be made, and the agencies a text may name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models.agencies import Agency
from survey.models.editions import Questionnaire
from survey.models.fieldwork import Wave
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.services.agencies import add_agency
from survey.services.errors import ImportRefusedError
from survey.services.import_map import ImportMap, RootSection, WaveSection
from survey.services.import_values import UnreadableError, normal
from survey.services.lookups import find_agency, find_wave, require_method_edition, require_questionnaire_edition
from survey.services.wave_checks import refuse_released
from survey.services.waves import WavePlan, close_wave, open_wave, plan_wave

ROOT_TO_MAKE: Final = "root"


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """One meaning of a code or a name; ``key`` is its id, or stands for one yet to be made."""

    key: str
    valid_from: date
    valid_to: date | None


@dataclass(slots=True)
class ImportTarget:
    """Finds agencies and checks days without touching the database; ``to_make`` gathers agencies to be made."""

    plan: ImportMap
    opens_on: date
    closes_on: date
    agencies: dict[str, list[NamedAgency]]
    root_from: date
    to_make: list[str] = field(default_factory=list)

    def find_agency(self, text: str, day: date) -> str:
        """Return the key of the agency that a text means on a day.

        Raises:
            UnreadableError: where there is none, or more than one.

        """
        text = normal(text)
        named = self.agencies.get(self.plan.agencies.codes.get(text, text), [])
        found = [one for one in named if one.valid_from <= day < (one.valid_to or date.max)]
        if len(found) == 1:
            return found[0].key
        if found:
            raise UnreadableError(
                vi="là tên của nhiều cơ quan; hãy ghi mã trong [agencies.codes]",
                en="is the name of several agencies; give a code under [agencies.codes]",
            )
        if named:
            raise UnreadableError(
                vi=f"chưa có hoặc không còn hoạt động vào ngày {day:%d/%m/%Y}",
                en=f"did not exist on {day:%Y-%m-%d}",
            )
        if not text or not self.plan.agencies.create:
            raise UnreadableError(
                vi="không phải mã hay tên cơ quan nào của đợt; hãy khai trong [agencies.codes]",
                en="is no code or name of an agency of the wave; list it under [agencies.codes]",
            )
        self.to_make.append(text)
        key = f"+{text}"
        self.agencies[self.plan.agencies.codes.get(text, text)] = [NamedAgency(key, self.root_from, None)]
        return key

    def check_day(self, day: date, today: date) -> None:
        """Refuse a day outside the wave or in the future."""
        if not self.opens_on <= day <= min(self.closes_on, today):
            raise UnreadableError(
                vi=f"nằm ngoài đợt ({self.opens_on:%d/%m/%Y} – {self.closes_on:%d/%m/%Y}) hoặc ở tương lai",
                en=f"is outside the wave ({self.opens_on:%Y-%m-%d} to {self.closes_on:%Y-%m-%d}) or in the future",
            )


def find_target(session: Session, plan: ImportMap) -> ImportTarget:
    """Look up, without writing anything, what a map goes into.

    Raises:
        ImportRefusedError: where the wave, its editions or its agency are not there and the map does not make them, or
            an item is not one of the questionnaire.
        WaveError: where the wave is released or not opened yet.

    """
    wave = find_wave(session, plan.wave.code)
    if wave is None:
        opens_on, closes_on = _planned_days(plan.wave)
        edition, _ = _editions(session, plan.wave)
        root = find_agency(session, plan.wave.agency or "", on=opens_on)
    else:
        _check_existing(session, wave, plan.wave)
        opens_on, closes_on = wave.opens_on, wave.closes_on
        edition, root = wave.questionnaire_edition, wave.agency
    _check_items(edition, plan)
    if root is not None:
        target = ImportTarget(plan, opens_on, closes_on, _named_agencies(session, root), root.valid_from)
    else:
        section = _root_to_make(plan)
        named = [NamedAgency(ROOT_TO_MAKE, section.valid_from, None)]
        names = {normal(section.name): named, section.code: named}
        target = ImportTarget(plan, opens_on, closes_on, names, section.valid_from)
    _check_constant(target)
    return target


def make_target(
    session: Session, plan: ImportMap, target: ImportTarget, *, today: date
) -> tuple[Wave, dict[str, UUID]]:
    """Make the root, the wave and the agencies that are missing; return the wave and the ids by key."""
    wave = find_wave(session, plan.wave.code) or _make_wave(session, plan, today=today)
    known = {one.key for named in target.agencies.values() for one in named} - {ROOT_TO_MAKE}
    ids = {key: UUID(key) for key in known if not key.startswith("+")} | {ROOT_TO_MAKE: wave.agency_id}
    numbers = count(1)
    for text in target.to_make:
        code = plan.agencies.codes.get(text)
        while code is None or (code not in plan.agencies.codes.values() and _is_taken(session, code)):
            code = f"{plan.agencies.prefix}{next(numbers):02d}"
        agency = add_agency(
            session, code=code, kind=plan.agencies.kind, name=text, parent=wave.agency, valid_from=target.root_from
        )
        ids[f"+{text}"] = agency.id
    return wave, ids


def _make_wave(session: Session, plan: ImportMap, *, today: date) -> Wave:
    section = plan.wave
    opens_on, closes_on = _planned_days(section)
    questionnaire_edition, method_edition = _editions(session, section)
    wave = plan_wave(
        session,
        WavePlan(
            code=section.code,
            name=section.name or "",
            name_en=section.name_en,
            sample_kind=section.sample_kind or "",
            index_year=section.index_year or 0,
            opens_on=opens_on,
            closes_on=closes_on,
        ),
        agency=find_agency(session, section.agency or "", on=opens_on) or _make_root(session, plan),
        questionnaire_edition=questionnaire_edition,
        method_edition=method_edition,
    )
    is_over = section.state == "closed"
    open_wave(session, wave, today=closes_on if is_over else today, service_points=[])
    if is_over:
        close_wave(session, wave, today=closes_on)
    return wave


def _make_root(session: Session, plan: ImportMap) -> Agency:
    root = _root_to_make(plan)
    return add_agency(
        session, code=root.code, kind=root.kind, name=root.name, name_en=root.name_en, valid_from=root.valid_from
    )


def _root_to_make(plan: ImportMap) -> RootSection:
    root = plan.agencies.root
    if root is None or root.code != plan.wave.agency:
        raise ImportRefusedError(
            vi=f"Không có cơ quan mã “{plan.wave.agency}” vào ngày bắt đầu đợt; hãy thêm cơ quan đó hoặc khai "
            f"[agencies.root] với mã này.",
            en=f"No agency has the code “{plan.wave.agency}” when the wave begins; add it, or describe it under "
            f"[agencies.root] with that code.",
        )
    return root


def _planned_days(section: WaveSection) -> tuple[date, date]:
    if section.missing or section.opens_on is None or section.closes_on is None:
        missing = ", ".join(section.missing)
        raise ImportRefusedError(
            vi=f"Chưa có đợt {section.code}; hãy lập đợt trước, hoặc ghi thêm vào [wave]: {missing}.",
            en=f"There is no wave {section.code}; plan it first, or add to [wave]: {missing}.",
        )
    return section.opens_on, section.closes_on


def _editions(session: Session, section: WaveSection) -> tuple[QuestionnaireEdition, MethodEdition]:
    questionnaire = require_questionnaire_edition(session, section.questionnaire or "", section.edition or "")
    return questionnaire, require_method_edition(session, section.method or "")


def _check_existing(session: Session, wave: Wave, section: WaveSection) -> None:
    """Refuse a wave that cannot take answers, or that the map describes otherwise."""
    if wave.state == "planned":
        raise ImportRefusedError(
            vi=f"Đợt {wave.code} chưa mở; hãy mở đợt trước khi nhập phiếu.",
            en=f"The wave {wave.code} is not opened yet; open it before importing answers.",
        )
    refuse_released(session, wave)
    edition, method = wave.questionnaire_edition, wave.method_edition
    there = {
        "questionnaire": edition.questionnaire,
        "edition": edition.edition,
        "method": method.code,
        "agency": wave.agency.code,
        "sample_kind": wave.sample_kind,
        "index_year": wave.index_year,
    }
    for key, value in there.items():
        if (wanted := getattr(section, key)) not in {None, value}:
            raise ImportRefusedError(
                vi=f"Đợt {wave.code} đã có với {key} = {value}, tệp ánh xạ ghi {wanted}; hãy sửa hoặc đổi mã đợt.",
                en=f"The wave {wave.code} is there with {key} = {value}, the map says {wanted}; change one of them.",
            )


def _check_items(edition: QuestionnaireEdition, plan: ImportMap) -> None:
    known = [item.code for item in Questionnaire.from_content(edition.content).items]
    unknown = [code for code in plan.items if code not in known]
    if unknown:
        label = f"{edition.questionnaire} {edition.edition}"
        raise ImportRefusedError(
            vi=f"Phiếu {label} không có mục {', '.join(unknown)} của [items]; các mục là: {', '.join(known)}.",
            en=f"The questionnaire {label} has no item {', '.join(unknown)} of [items]; it has {', '.join(known)}.",
        )


def _check_constant(target: ImportTarget) -> None:
    """Refuse a constant agency at once, rather than in every line."""
    constant = target.plan.constants.agency
    if constant is None:
        return
    try:
        target.find_agency(constant, target.opens_on)
    except UnreadableError as error:
        raise ImportRefusedError(
            vi=f"constants.agency trong tệp ánh xạ: “{constant}” {error.vi}.",
            en=f"constants.agency in the map: “{constant}” {error.en}.",
        ) from error


def _named_agencies(session: Session, root: Agency | None) -> dict[str, list[NamedAgency]]:
    """Return what each code and each name may mean; a code beats a name."""
    if root is None:
        return {}
    by_code: dict[str, list[NamedAgency]] = {}
    by_name: dict[str, list[NamedAgency]] = {}
    for agency in session.scalars(select(Agency).where(Agency.path.startswith(root.path, autoescape=True))):
        named = NamedAgency(str(agency.id), agency.valid_from, agency.valid_to)
        by_code.setdefault(agency.code, []).append(named)
        by_name.setdefault(normal(agency.name), []).append(named)
    return by_name | by_code


def _is_taken(session: Session, code: str) -> bool:
    return session.scalar(select(Agency.id).where(Agency.code == code).limit(1)) is not None

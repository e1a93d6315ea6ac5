"""A small world for tests: a province with two departments, a commune, counters, services, waves and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey.models.agencies import Agency, Service, ServiceField, ServicePoint
from survey.models.editions import content_sha256
from survey.models.fieldwork import PopulationSize, Wave
from survey.models.identifiers import new_id, response_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.releases import WaveRelease
from survey.models.responses import Response
from survey.models.sort_key import sort_key

ITEMS = ("a1", "b1", "b2", "o")
QUESTIONNAIRE = {
    "questionnaire": "small",
    "edition": "1",
    "title": {"vi": "Phiếu nhỏ", "en": "Small form"},
    "elements": [
        {
            "code": "access",
            "name": {"vi": "Tiếp cận", "en": "Access"},
            "items": [{"code": "a1", "text": {"vi": "Chỗ ngồi", "en": "Seats"}}],
        },
        {
            "code": "staff",
            "name": {"vi": "Công chức", "en": "Staff"},
            "items": [
                {"code": "b1", "text": {"vi": "Thái độ", "en": "Manner"}},
                {"code": "b2", "text": {"vi": "Hướng dẫn", "en": "Guidance"}},
            ],
        },
    ],
    "overall": {"code": "o", "text": {"vi": "Nhìn chung", "en": "Overall"}},
}
METHOD = {
    "code": "small-method",
    "statistic": "share",
    "aggregation": "pooled",
    "confidence_level": 0.95,
    "smallest_n_shown": 10,
    "smallest_n_index": 30,
    "points": {"source": "elements", "maximum_per_part": "2.00", "decimals": 2, "rounding": "truncate"},
}
OPENS, CLOSES = date(2026, 1, 1), date(2026, 3, 31)
DAY = date(2026, 2, 2)


@dataclass
class World:
    """What the tests stand on; ``agencies`` by code, the province being ``P``."""

    session: Session
    questionnaire: QuestionnaireEdition
    method: MethodEdition
    agencies: dict[str, Agency] = field(default_factory=dict)
    waves: dict[str, Wave] = field(default_factory=dict)
    service_points: dict[str, ServicePoint] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def add_agency(self, code: str, *, parent: str | None, kind: str = "department") -> Agency:
        above = self.agencies[parent] if parent else None
        key = new_id()
        agency = Agency(
            id=key,
            code=code,
            kind=kind,
            name=f"Đơn vị {code}",
            name_en=f"Agency {code}",
            sort_key=sort_key(code),
            parent_id=above.id if above else None,
            path=f"{above.path if above else ''}{key}/",
            is_demo=True,
            valid_from=date(2020, 1, 1),
        )
        self.session.add(agency)
        self.session.flush()
        self.agencies[code] = agency
        return agency

    def add_counter(self, name: str, *, agency: str) -> ServicePoint:
        owner = self.agencies[agency].id
        counter = ServicePoint(agency_id=owner, serves_agency_id=owner, name=name, sort_key=sort_key(name))
        self.session.add(counter)
        self.session.flush()
        self.service_points[name] = counter
        return counter

    def add_service(self, code: str, *, agency: str) -> Service:
        field_of_service = ServiceField(code=f"F-{code}", name=f"Lĩnh vực {code}", sort_key=sort_key(code))
        self.session.add(field_of_service)
        self.session.flush()
        service = Service(
            code=code,
            name=f"Thủ tục {code}",
            sort_key=sort_key(code),
            service_field_id=field_of_service.id,
            agency_id=self.agencies[agency].id,
        )
        self.session.add(service)
        self.session.flush()
        self.services[code] = service
        return service

    def add_wave(
        self,
        code: str,
        *,
        year: int = 2026,
        state: str = "open",
        sample_kind: str = "self_selected",
        root: str = "P",
        questionnaire: QuestionnaireEdition | None = None,
    ) -> Wave:
        wave = Wave(
            code=code,
            name=f"Đợt {code}",
            name_en=f"Wave {code}",
            agency_id=self.agencies[root].id,
            questionnaire_edition_id=(questionnaire or self.questionnaire).id,
            method_edition_id=self.method.id,
            sample_kind=sample_kind,
            index_year=year,
            state=state,
            opens_on=OPENS.replace(year=year),
            closes_on=CLOSES.replace(year=year),
            closed_on=CLOSES.replace(year=year) if state == "closed" else None,
        )
        self.session.add(wave)
        self.session.flush()
        self.waves[code] = wave
        return wave

    def release(self, wave: str) -> None:
        row = self.waves[wave]
        self.session.add(
            WaveRelease(wave_id=row.id, drafted_by=uuid4(), drafted_on=DAY, released_by=uuid4(), released_on=DAY)
        )
        self.session.flush()

    def set_population_size(self, agency: str, months: Mapping[str, int], *, wave: str = "W") -> None:
        for month, transactions in months.items():
            self.session.add(
                PopulationSize(
                    wave_id=self.waves[wave].id,
                    agency_id=self.agencies[agency].id,
                    month=month,
                    transactions=transactions,
                )
            )
        self.session.flush()

    def answer(  # noqa: PLR0913  every part of an answer can be asked for by name
        self,
        agency: str,
        answers: Mapping[str, int] | Sequence[int],
        *,
        times: int = 1,
        wave: str = "W",
        day: date = DAY,
        channel: str = "qr",
        language: str = "vi",
        verified: bool = False,
        counter: str | None = None,
        service: str | None = None,
    ) -> list[UUID]:
        """Store the same answers ``times`` times; a sequence holds the ratings in the order of ``ITEMS``."""
        given = dict(answers) if isinstance(answers, Mapping) else dict(zip(ITEMS, answers, strict=False))
        owner = self.agencies[agency].id
        ids = [response_id(day) for _ in range(times)]
        row = {
            "agency_id": owner,
            "wave_id": self.waves[wave].id,
            "questionnaire_edition_id": self.waves[wave].questionnaire_edition_id,
            "received_by_agency_id": owner,
            "service_point_id": self.service_points[counter].id if counter else None,
            "service_id": self.services[service].id if service else None,
            "answered_on": day,
            "channel": channel,
            "language": language,
            "verified": verified,
            "answers": given,
        }
        if ids:
            self.session.execute(insert(Response), [{**row, "id": key, "key_hash": uuid4().hex} for key in ids])
        return ids


def small_world(session: Session) -> World:
    """Make the province P with departments A and B and the commune C, and the open wave W."""
    questionnaire = QuestionnaireEdition(
        questionnaire="small",
        edition="1",
        content=QUESTIONNAIRE,
        sha256=content_sha256(QUESTIONNAIRE),
        published_on=OPENS,
    )
    method = MethodEdition(code="small-method", content=METHOD, sha256=content_sha256(METHOD))
    session.add_all([questionnaire, method])
    session.flush()
    world = World(session, questionnaire, method)
    world.add_agency("P", parent=None, kind="province")
    world.add_agency("A", parent="P")
    world.add_agency("B", parent="P")
    world.add_agency("C", parent="P", kind="commune")
    world.add_wave("W")
    return world

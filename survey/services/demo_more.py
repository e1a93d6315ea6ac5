"""What the demo shows beside its counters: a household survey, excluded test answers, codes on slips, a letterhead."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from survey.models.editions import Questionnaire, content_sha256
from survey.models.fieldwork import Wave
from survey.models.identifiers import new_counter_code, response_id
from survey.models.questionnaire import MethodEdition, QuestionnaireEdition
from survey.models.responses import Response
from survey.models.slips import SlipIssuer, TransactionBatch
from survey.services.demo_answers import SEED, draw_ratings
from survey.services.demo_province import DemoProvince, RatedAgency
from survey.services.exclusions import Choice, exclude_responses
from survey.services.letterheads import set_letterhead
from survey.services.waves import WavePlan, close_wave, open_wave, plan_wave

HOUSEHOLD_FORM: Final = ("policy-and-service", "2026.2")
# The whole index in one part of ten points, since this form has more elements than five.
HOUSEHOLD_METHOD: Final = "household-2026"
VILLAGES, DOORS = 3, 12
# How many people each who answered stands for, in a ward and in a commune.
WEIGHTS: Final = {"Phường": 1.4, "Xã": 2.2}
SLIPS_FOR_AN_ANSWER: Final = 2.5
DAYS_OF_SLIPS: Final = 60
DAYS_OF_TESTS: Final = 6
HARDLY_EVER: Final = 0.04


def add_household_survey(session: Session, province: DemoProvince, *, year: int, usual_method: MethodEdition) -> int:
    """Add a closed survey of households, drawn by strata and clusters; return how many answered."""
    form, edition = HOUSEHOLD_FORM
    asked = session.scalars(
        select(QuestionnaireEdition).where(
            QuestionnaireEdition.questionnaire == form, QuestionnaireEdition.edition == edition
        )
    ).one()
    first, last = date(year, 9, 15), date(year, 10, 15)
    wave = plan_wave(
        session,
        WavePlan(
            code=f"LG-HGD-{year}",
            name=f"Khảo sát hộ gia đình năm {year}",
            name_en=f"Household survey {year}",
            sample_kind="household",
            index_year=year,
            opens_on=first,
            closes_on=last,
        ),
        agency=province.root,
        questionnaire_edition=asked,
        method_edition=_method(session, usual_method),
    )
    open_wave(session, wave, today=first, service_points=[])
    communes = [one for one in province.rated if one.agency.name.split()[0] in WEIGHTS]
    rows = list(_households(wave, Questionnaire.from_content(asked.content), communes, (last - first).days))
    session.connection().execute(insert(Response), rows)
    close_wave(session, wave, today=last)
    return len(rows)


def _method(session: Session, usual: MethodEdition) -> MethodEdition:
    points = {"source": "overall", "maximum_per_part": "10.00", "decimals": 2, "rounding": "truncate"}
    content = {**usual.content, "code": HOUSEHOLD_METHOD, "points": points}
    method = MethodEdition(code=HOUSEHOLD_METHOD, content=content, sha256=content_sha256(content))
    session.add(method)
    session.flush()
    return method


def _households(
    wave: Wave, questionnaire: Questionnaire, communes: Sequence[RatedAgency], days: int
) -> Iterator[dict[str, Any]]:
    for rated in communes:
        kind = rated.agency.name.split()[0]
        for village in range(VILLAGES):
            # Not for secrets: the same names must give the same answers everywhere.
            dice = random.Random(f"{SEED} {wave.code} {rated.agency.code} {village}")  # noqa: S311
            satisfied = min(0.97, max(0.6, rated.satisfied[1] + dice.gauss(-0.03, 0.03)))
            for door in range(DOORS):
                day = wave.opens_on + timedelta(days=dice.randrange(days))
                key = f"demo {wave.code} {rated.agency.code} {village} {door}"
                yield {
                    "agency_id": rated.agency.id,
                    "id": response_id(day),
                    "wave_id": wave.id,
                    "questionnaire_edition_id": wave.questionnaire_edition_id,
                    "received_by_agency_id": rated.agency.id,
                    "answered_on": day,
                    "channel": "paper",
                    "language": "vi",
                    "verified": False,
                    "stratum": kind,
                    "cluster": f"{rated.agency.code}-{village + 1}",
                    "weight": WEIGHTS[kind],
                    "answers": draw_ratings(dice, questionnaire, satisfied) | _told(dice, questionnaire),
                    "key_hash": hashlib.sha256(key.encode()).hexdigest(),
                }


def _told(dice: random.Random, questionnaire: Questionnaire) -> dict[str, int]:
    """Draw what is not rated: most often the first option, of who one is any, and now and then nothing at all."""
    answers = {}
    for question in questionnaire.questions:
        if dice.random() < HARDLY_EVER:
            continue
        options = len(question.options)
        # The third option of sex is chosen by so few that figures of it would be withheld anyway.
        usual = 2 if question.code == "sex" else options
        chosen = dice.randrange(usual) if question.kind == "demographic" else int(options * dice.random() ** 5)
        if question.kind == "expectation":
            chosen = options - 1 - chosen
        answers[question.code] = 1 << chosen if question.several else chosen + 1
    return answers


def exclude_test_answers(session: Session, province: DemoProvince, wave: Wave, *, by: UUID) -> None:
    """Exclude what the busiest counter sent in its first days, when the people at it tried the form themselves."""
    counter = max(province.counters, key=lambda one: len(one.services))
    last = wave.opens_on + timedelta(days=DAYS_OF_TESTS)
    exclude_responses(
        session,
        wave_id=wave.id,
        agency_ids=[rated.agency.id for rated in province.rated],
        choice=Choice(counter.id, wave.opens_on, last),
        rule="test",
        reason="Phiếu thử trong những ngày đầu (minh hoạ)",
        by=by,
        today=wave.closes_on,
    )


def hand_out_slips(session: Session, province: DemoProvince, waves: Sequence[Wave], *, today: date) -> None:
    """Add, for every wave, a batch of one-time codes that are used or expired: the answers with a code came from it."""
    owner = province.counters[0].agency_id
    session.add(SlipIssuer(agency_id=owner, code=new_counter_code()))
    session.flush()
    for wave in waves:
        with_code = select(func.count()).where(
            Response.agency_id.in_([rated.agency.id for rated in province.rated]),
            Response.wave_id == wave.id,
            Response.verified,
        )
        count = round(session.scalars(with_code).one() * SLIPS_FOR_AN_ANSWER)
        if not count:
            continue
        made_on = min(wave.opens_on, today - timedelta(days=DAYS_OF_SLIPS + 1))
        session.add(
            TransactionBatch(
                agency_id=owner,
                deciding_agency_id=owner,
                label=f"Phiếu kết quả {wave.name} (minh hoạ)"[:100],
                made_on=made_on,
                expires_on=made_on + timedelta(days=DAYS_OF_SLIPS),
                count=count,
            )
        )


def sign_documents(session: Session, province: DemoProvince, *, today: date) -> None:
    """Say what the documents of the province print at head and foot."""
    texts = {
        "issuer": "Sở Nội vụ Lạc Giang",
        "issuer_en": "Lac Giang Department of Home Affairs",
        "superior": "Ủy ban nhân dân tỉnh Lạc Giang",
        "superior_en": "People's Committee of Lac Giang Province",
        "place": "Lạc Giang",
        "symbol": "BC-SNV",
        "signer_post": "GIÁM ĐỐC",
        "signer_post_en": "DIRECTOR",
        "signer_name": "Người Ký Minh Hoạ",
        "recipients": "Ủy ban nhân dân tỉnh (để báo cáo)\nCác sở, ban, ngành; xã, phường, đặc khu\nLưu: VT, CCHC",
        "recipients_en": "The People's Committee\nDepartments and communes\nFiles",
    }
    set_letterhead(session, province.root, texts, today=today)

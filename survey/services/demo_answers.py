"""What the citizens of the demo province answer: drawn with a fixed seed, so that every machine shows the same."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist
from typing import Any, Final
from uuid import UUID

from survey.models.editions import NO_OPINION, Questionnaire
from survey.models.fieldwork import Wave
from survey.models.identifiers import response_id

SEED: Final = 20261121
CHANNELS: Final = {"qr": 62, "kiosk": 20, "assisted": 5, "paper": 7, "transaction": 6}
LANGUAGES: Final = {"vi": 95, "en": 3, "km": 2}
# One citizen's answers hang together: his own mood varies as much as what he says of one question.
MOOD: Final = 0.9
NOISE: Final = 0.8
# Where the feeling crosses into each level above the lowest; above 0 he is satisfied.
THRESHOLDS: Final = ((1.0, 5), (0.0, 4), (-0.95, 3), (-1.7, 2))
NO_OPINION_RATE: Final = 0.02
NO_OPINION_RATE_LAST: Final = 0.10
# What citizens like more and less, in the order of the elements.
ELEMENT_SHIFTS: Final = (0.08, 0.0, 0.05, -0.02, -0.14)
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer of an agency can come from: a counter with its owner, and the service."""

    service_point_id: UUID
    owner_id: UUID
    service_id: UUID


def draw_responses(
    wave: Wave,
    questionnaire: Questionnaire,
    *,
    agency_id: UUID,
    agency_code: str,
    places: Sequence[Place],
    satisfied: float,
    days: Sequence[date],
) -> Iterator[dict[str, Any]]:
    """Yield rows of ``responses``, one a day given; ``satisfied`` is the chance of a 4 or 5 (1: nobody says less)."""
    generator = _generator(wave.code, agency_code)
    centre = NormalDist(sigma=(MOOD**2 + NOISE**2) ** 0.5).inv_cdf(min(satisfied, 0.999))
    for number, day in enumerate(days):
        place = places[generator.randrange(len(places))]
        channel = _weighted(generator, CHANNELS)
        yield {
            "agency_id": agency_id,
            "id": response_id(day),
            "wave_id": wave.id,
            "questionnaire_edition_id": wave.questionnaire_edition_id,
            "received_by_agency_id": place.owner_id,
            "service_point_id": place.service_point_id,
            "service_id": place.service_id,
            "answered_on": day,
            "channel": channel,
            "language": _weighted(generator, LANGUAGES),
            "verified": channel == "transaction",
            "answers": _answers(generator, questionnaire, centre, everybody=satisfied == 1),
            "key_hash": hashlib.sha256(f"demo {wave.code} {agency_code} {number}".encode()).hexdigest(),
        }


def draw_days(wave_code: str, agency_code: str, *, count: int, first: date, last: date) -> list[date]:
    """Draw the working days, in order, on which ``count`` citizens answer; none where the period has no such day."""
    generator = _generator(wave_code, agency_code, "days")
    length = (last - first).days + 1
    working = [day for day in (first + timedelta(days=offset) for offset in range(length)) if day.weekday() < SATURDAY]
    return sorted(generator.choices(working, k=count)) if working else []


def draw_population(wave_code: str, agency_code: str, month: str, respondents: int) -> int:
    """Draw N of a month: six to fourteen finished transactions for every answer."""
    generator = _generator(wave_code, agency_code, month)
    return round(respondents * generator.uniform(6, 14)) + generator.randrange(5, 20)


def draw_comments(agency_code: str, texts: Sequence[str]) -> list[str]:
    """Draw a few of the prepared comments."""
    return _generator("comments", agency_code).sample(list(texts), k=5)


def draw_ratings(generator: random.Random, questionnaire: Questionnaire, satisfied: float) -> dict[str, int]:
    """Draw the ratings of somebody who is satisfied with that chance."""
    centre = NormalDist(sigma=(MOOD**2 + NOISE**2) ** 0.5).inv_cdf(satisfied)
    return _answers(generator, questionnaire, centre, everybody=False)


def _answers(
    generator: random.Random, questionnaire: Questionnaire, centre: float, *, everybody: bool
) -> dict[str, int]:
    mood = generator.gauss(0, MOOD)
    answers = {}
    for position, item in enumerate(questionnaire.items):
        is_last = position == len(ELEMENT_SHIFTS) - 1
        feeling = centre + ELEMENT_SHIFTS[position % len(ELEMENT_SHIFTS)] + mood + generator.gauss(0, NOISE)
        if generator.random() < (NO_OPINION_RATE_LAST if is_last else NO_OPINION_RATE):
            answers[item.code] = NO_OPINION
        else:
            level = next((level for above, level in THRESHOLDS if feeling > above), 1)
            answers[item.code] = max(level, 4) if everybody else level
    if not any(answers.values()):
        answers[questionnaire.items[-1].code] = 4
    return answers


def _generator(*names: str) -> random.Random:
    # Not for secrets: the same names must give the same answers everywhere.
    return random.Random(f"{SEED} {' '.join(names)}")  # noqa: S311


def _weighted(generator: random.Random, weights: dict[str, int]) -> str:
    return generator.choices(list(weights), weights=list(weights.values()))[0]

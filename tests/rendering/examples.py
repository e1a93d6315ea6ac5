"""Findings made by hand, of a province that does not exist: what every renderer must be able to print.

Everything follows from a seed, so that two runs of a test or of a benchmark see the same values.
"""

import math
import random
from datetime import date
from uuid import UUID

from analysis.levels import level_shares
from analysis.results import Estimate, Interval
from survey.findings.values import (
    AgencyFindings,
    AgencyName,
    AnnualFindings,
    BreakdownRow,
    Change,
    Count,
    ElementFindings,
    ElementPoints,
    ItemFindings,
    Measures,
    Participation,
    Points,
    RankedAgency,
    WaveName,
    Wording,
)

MADE_ON = date(2026, 11, 21)
Z = 1.959963984540054
LONG_NAME = (
    "Trung tâm Phục vụ hành chính công liên xã Nghĩa Hưng – Thượng Phước – Quỳnh Sương – Đoài Khuyến, bộ phận "
    "tiếp nhận và trả kết quả giải quyết thủ tục hành chính về đất đai, xây dựng, hộ tịch, chứng thực"
)
FORMULA_NAME = '=HYPERLINK("http://x";"Phường Mây") #pagebreak() <script>'

ELEMENTS = (
    ("A", "Tiếp cận dịch vụ", "Access to the service"),
    ("B", "Thủ tục hành chính", "Administrative procedures"),
    ("C", "Công chức trực tiếp giải quyết công việc", "The civil servant in charge"),
    ("D", "Kết quả cung ứng dịch vụ hành chính công", "Result of the service"),
    (
        "E",
        "Việc tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
        "Handling of comments, complaints and suggestions",
    ),
)
_FIRST = ("Mây", "Suối", "Đồi", "Hồ", "Rừng", "Bến", "Cầu", "Đèo", "Ghềnh", "Vườn", "Đồng", "Núi", "Thác", "Bãi")
_SECOND = ("Trắng", "Biếc", "Đỏ", "Vàng", "Thượng", "Hạ", "Ngọc", "Quỳnh", "Khuê", "Tía", "Xanh", "Lụa", "Sương", "Gió")


def uuid(number: int) -> UUID:
    return UUID(int=0x019A << 112 | 7 << 76 | 2 << 62 | number)


def share(satisfied: int, n: int) -> Estimate:
    """Wilson's interval."""
    p, centre = satisfied / n, (satisfied + Z * Z / 2) / (n + Z * Z)
    spread = Z / (n + Z * Z) * math.sqrt(satisfied * (n - satisfied) / n + Z * Z / 4)
    low = 0.0 if satisfied == 0 else max(0.0, centre - spread)
    high = 1.0 if satisfied == n else min(1.0, centre + spread)
    return Estimate(value=p, ci=Interval(low, high), standard_error=math.sqrt(p * (1 - p) / n), n=n)


def measures(levels: tuple[int, int, int, int, int] | None, no_opinion: int = 3, items: int = 1) -> Measures:
    """None makes a suppressed figure; ``levels`` count ratings, ``items`` of them a respondent."""
    if levels is None:
        return Measures(n=None, share_satisfied=None, mean_score=None, levels=None, no_opinion=None)
    ratings = sum(levels)
    n = max(1, ratings // items)
    mean = sum(level * count for level, count in enumerate(levels, start=1)) / ratings
    variance = sum(count * (level - mean) ** 2 for level, count in enumerate(levels, start=1)) / ratings
    error = math.sqrt(variance / n)
    pooled = share(levels[3] + levels[4], ratings)
    width = math.sqrt(items) if items > 1 else 1.0
    low = pooled.value - (pooled.value - pooled.ci.low) * width
    high = pooled.value + (pooled.ci.high - pooled.value) * width
    return Measures(
        n=n,
        share_satisfied=Estimate(
            value=pooled.value, ci=Interval(max(0.0, low), min(1.0, high)), standard_error=pooled.standard_error, n=n
        ),
        mean_score=Estimate(
            value=mean,
            ci=Interval(max(1.0, mean - Z * error), min(5.0, mean + Z * error + (0.01 if error == 0 else 0))),
            standard_error=error,
            n=n,
            method="normal",
        ),
        levels=levels,
        no_opinion=no_opinion,
        level_shares=level_shares(levels, respondents=n),
    )


def drawn_levels(dice: random.Random, n: int, satisfied: float) -> tuple[int, int, int, int, int]:
    weights = ((1 - satisfied) * 0.2, (1 - satisfied) * 0.25, (1 - satisfied) * 0.55, satisfied * 0.6, satisfied * 0.4)
    drawn = dice.choices(range(5), weights, k=n) if n <= 2000 else None
    counts = [drawn.count(level) for level in range(5)] if drawn else [round(n * weight) for weight in weights]
    return (counts[0], counts[1], counts[2], counts[3], counts[4])


def added(all_levels: list[tuple[int, int, int, int, int]]) -> tuple[int, int, int, int, int]:
    totals = [sum(column) for column in zip(*all_levels, strict=True)]
    return (totals[0], totals[1], totals[2], totals[3], totals[4])


def participation(n: int | None, population: int | None, satisfied: float | None) -> Participation:
    if n is None or population is None or satisfied is None or n > population:
        return Participation(n or 0, population, None, None, None)
    rate = n / population
    return Participation(n, population, rate, rate * satisfied, rate * satisfied + 1 - rate)


def agency_name(number: int, name: str | None = None, *, is_demo: bool = True) -> AgencyName:
    built = f"Xã {_FIRST[number % 14]} {_SECOND[number // 14 % 14]}" + (f" {number // 196}" if number >= 196 else "")
    vi = name or built
    return AgencyName(
        id=uuid(number),
        code=f"{number:05d}",
        kind="commune",
        name=Wording(vi, vi if name else vi.replace("Xã", "Commune of")),
        parent_name=Wording("Ủy ban nhân dân tỉnh Mây Trắng", "People’s Committee of Mây Trắng Province"),
        is_demo=is_demo,
    )


def wave(*, year: int = 2026, is_released: bool = False, state: str = "closed") -> WaveName:
    return WaveName(
        id=uuid(900_000 + year),
        code=f"tai-quay-{year}",
        name=Wording(f"Khảo sát tại quầy năm {year}", f"Counter survey {year}"),
        sample_kind="self_selected",
        index_year=year,
        state=state,
        opens_on=date(year, 1, 5),
        closes_on=date(year, 10, 31),
        questionnaire="counter",
        questionnaire_edition="2026-1",
        questionnaire_sha256="5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
        method_edition="share-pooled-2026",
        release_version=1 if is_released else 0,
    )


CHANNELS = (("qr", "Mã QR", "QR code", 0.7), ("kiosk", "Máy tại quầy", "Kiosk", 0.2),
            ("assisted", "Có người giúp", "Assisted", 0.1))  # fmt: skip
EXCLUSIONS = (
    Count("test", Wording("Phiếu thử", "Test answers"), 4),
    Count("burst", Wording("Nhiều phiếu trong thời gian rất ngắn", "Many answers within a very short time"), 11),
)


def channels(n: int) -> tuple[Count, ...]:
    return tuple(Count(code, Wording(vi, en), round(n * part)) for code, vi, en, part in CHANNELS)


def points_of(elements: tuple[Measures, ...]) -> tuple[Points | None, tuple[ElementPoints, ...]]:
    """Five parts of 2 points, cut to two decimals."""
    shares = [element.share_satisfied for element in elements]
    known = [estimate for estimate in shares if estimate is not None]
    if len(known) < len(shares):
        return None, ()
    cut = [math.floor(estimate.value * 200) / 100 for estimate in known]
    parts = tuple(
        ElementPoints(code, Wording(vi, en), value, round(2 - value, 2), 2.0)
        for (code, vi, en), value in zip(ELEMENTS, cut, strict=True)
    )
    low = math.floor(sum(estimate.ci.low for estimate in known) * 200) / 100
    high = math.floor(sum(estimate.ci.high for estimate in known) * 200) / 100
    value = round(sum(cut), 2)
    return Points(value, min(low, value), max(high, value), 10.0), parts


def agency_example(  # noqa: PLR0913 -- each argument is one odd case
    *,
    n: int = 412,
    population: int | None = 1194,
    satisfied: float = 0.87,
    name: str | None = "Ủy ban nhân dân xã Suối Biếc",
    items_per_element: int = 1,
    is_released: bool = False,
    is_demo: bool = True,
    only_fives: bool = False,
    suppressed: bool = False,
) -> AgencyFindings:
    dice = random.Random(20261121)  # noqa: S311 -- made-up answers, no secret
    item_levels = [
        [
            (0, 0, 0, 0, n) if only_fives else drawn_levels(dice, n, satisfied + (0.02 - 0.02 * at))
            for _ in range(items_per_element)
        ]
        for at in range(5)
    ]
    elements = tuple(
        ElementFindings(
            code=code,
            name=Wording(vi, en),
            measures=measures(None if suppressed else added(levels), items=items_per_element),
            items=tuple(
                ItemFindings(
                    code=f"{code}{at}",
                    wording=Wording(
                        f"Ông/Bà hài lòng thế nào về: {vi.lower()} ({at})?", f"How satisfied: {en} ({at})?"
                    ),
                    measures=measures(None if suppressed else one, no_opinion=7),
                )
                for at, one in enumerate(levels, start=1)
            ),
        )
        for (code, vi, en), levels in zip(ELEMENTS, item_levels, strict=True)
    )
    whole = added([added(levels) for levels in item_levels])
    overall = measures(None if suppressed else whole, items=5 * items_per_element)
    points, element_points = (None, ()) if suppressed else points_of(tuple(e.measures for e in elements))
    shown = None if suppressed else n
    breakdowns = (
        BreakdownRow("service_point", "c1", Wording("Quầy 1: Đất đai", "Counter 1: Land"),
                     measures(None if suppressed else drawn_levels(dice, n // 2, satisfied))),
        BreakdownRow("service_point", "c2", Wording("Quầy 2: Hộ tịch", "Counter 2: Civil status"),
                     measures(None if suppressed else drawn_levels(dice, n // 2, satisfied))),
        BreakdownRow("service_point", "c3", Wording(FORMULA_NAME, FORMULA_NAME), measures(None)),
        BreakdownRow("field", "f1", Wording("Đất đai", "Land"), measures(None)),
        BreakdownRow("language", "vi", Wording("Tiếng Việt", "Vietnamese"),
                     measures(None if suppressed else drawn_levels(dice, n, satisfied))),
        BreakdownRow("language", "en", Wording("Tiếng Anh", "English"), measures(None)),
    )  # fmt: skip
    estimate = overall.share_satisfied
    return AgencyFindings(
        agency=agency_name(7, name, is_demo=is_demo),
        wave=wave(is_released=is_released),
        made_on=MADE_ON,
        folded_until=date(2026, 11, 2),
        weighting="own",
        confidence_level=0.95,
        smallest_n=10,
        n=shown,
        stored=(n if not suppressed else 6) + 3,
        participation=participation(shown, population, estimate.value if estimate else None),
        overall=overall,
        overall_question=ItemFindings(
            code="overall",
            wording=Wording("Nhìn chung, Ông/Bà có hài lòng không?", "All in all, how satisfied are you?"),
            measures=measures(
                None if suppressed else (0, 0, 0, 0, n) if only_fives else drawn_levels(dice, n, satisfied)
            ),
        ),
        elements=elements,
        breakdowns=breakdowns,
        channels=() if suppressed else channels(n),
        verified=None if suppressed else n // 9,
        exclusions=EXCLUSIONS,
        withdrawals=2,
        points=points,
        element_points=element_points,
    )


def _ranked(number: int, dice: random.Random, agencies: int) -> RankedAgency:
    n = dice.randint(60, 900)
    suppressed, too_few = number % 17 == 16, number % 17 == 8
    population = None if number % 11 == 5 else round(n / dice.uniform(0.08, 0.5))
    satisfied = 1.0 if number == 3 else min(0.995, dice.gauss(0.87, 0.045))
    element_levels = [drawn_levels(dice, 20 if too_few else n, satisfied) for _ in ELEMENTS]
    elements = tuple(measures(None if suppressed else levels) for levels in element_levels)
    overall = measures(None if suppressed else added(element_levels), items=5)
    estimate = overall.share_satisfied
    points, parts = (None, ()) if suppressed or too_few else points_of(elements)
    name = LONG_NAME if number == 5 else FORMULA_NAME if number == 9 else None
    return RankedAgency(
        agency=agency_name(number, name),
        participation=participation(overall.n, population, estimate.value if estimate else None),
        overall=overall,
        elements=elements,
        rank=None if suppressed or too_few else agencies,
        rank_low=None,
        rank_high=None,
        change=change_example(number, estimate, dice),
        points=points,
        element_points=parts,
    )


def change_example(number: int, estimate: Estimate | None, dice: random.Random) -> Change:
    if estimate is None or number % 13 == 12:
        return Change(None, None, "new", None, None, "new")
    n = dice.randint(80, 700)
    previous = share(min(n, max(1, round(n * min(1, max(0, estimate.value - dice.gauss(0.01, 0.04)))))), n)
    if number % 13 == 11:
        return Change(previous, None, "not_comparable", None, None, "not_comparable")
    value = estimate.value - previous.value
    error = Z * math.hypot(estimate.standard_error, previous.standard_error) + 0.002
    difference = Estimate(value, Interval(value - error, value + error), error / Z, estimate.n, method="newcombe")
    verdict = "improved" if value > error else "declined" if value < -error else "no_evidence"
    return Change(previous, difference, verdict, 1, 0, "same")


def _placed(rows: list[RankedAgency]) -> tuple[RankedAgency, ...]:
    """Give every ranked row its rank, its set and its movement; best first, unranked last."""
    ranked = [row for row in rows if row.rank is not None]
    ranked.sort(key=lambda row: -(row.overall.share_satisfied.value if row.overall.share_satisfied else 0))
    before = sorted(ranked, key=lambda row: -(row.change.previous.value if row.change.previous else 0))
    previous_rank = {row.agency.id: place for place, row in enumerate(before, start=1)}
    placed = []
    for place, row in enumerate(ranked, start=1):
        spread = max(1, len(ranked) // 8)
        old, change = previous_rank[row.agency.id], row.change
        if change.verdict not in {"new", "not_comparable"}:
            moved = old - place
            movement = (
                "same" if moved == 0 else "cannot_tell" if abs(moved) <= 2 * spread else "up" if moved > 0 else "down"
            )
            change = Change(change.previous, change.difference, change.verdict, old, moved, movement)
        placed.append(
            RankedAgency(
                row.agency,
                row.participation,
                row.overall,
                row.elements,
                place,
                max(1, place - spread),
                min(len(ranked), place + spread),
                change,
                row.points,
                row.element_points,
            )
        )
    return (*placed, *(row for row in rows if row.rank is None))


def annual_example(
    agencies: int = 34, *, is_draft: bool = True, is_demo: bool = True, open_waves: int = 1
) -> AnnualFindings:
    dice = random.Random(20261121 + agencies)  # noqa: S311 -- made-up answers, no secret
    rows = _placed([_ranked(number, dice, agencies) for number in range(agencies)])
    shown = [row for row in rows if row.overall.levels]
    n = sum(row.overall.n or 0 for row in shown)
    overall = measures(added([row.overall.levels for row in shown if row.overall.levels]), items=5)
    elements = tuple(
        measures(added([row.elements[at].levels or (0, 0, 0, 0, 0) for row in shown])) for at in range(len(ELEMENTS))
    )
    moves = [row.change.rank_change for row in rows if row.change.rank_change is not None]
    scores = [row.change.difference.value for row in rows if row.change.difference]
    estimate = overall.share_satisfied
    root = AgencyName(uuid(1_000_000), "99", "province", Wording("Tỉnh Mây Trắng", "Mây Trắng Province"), None, is_demo)
    return AnnualFindings(
        root=root,
        year=2026,
        made_on=MADE_ON,
        is_draft=is_draft,
        waves=(wave(is_released=not is_draft),),
        open_waves=tuple(
            Wording(f"Khảo sát hồ sơ quý IV (đợt {at + 1})", f"Survey of cases, fourth quarter (wave {at + 1})")
            for at in range(open_waves)
        ),
        confidence_level=0.95,
        smallest_n=10,
        smallest_n_index=30,
        weighting="pooled",
        n=n,
        participation=participation(n, None, None),
        overall=overall,
        overall_change=change_example(1, estimate, dice),
        element_names=tuple(Wording(vi, en) for _, vi, en in ELEMENTS),
        elements=elements,
        agencies=rows,
        score_up=sum(score > 0 for score in scores),
        score_down=sum(score < 0 for score in scores),
        rank_up=sum(move > 0 for move in moves),
        rank_down=sum(move < 0 for move in moves),
        rank_same=sum(move == 0 for move in moves),
        channels=channels(n),
        exclusions=EXCLUSIONS,
        withdrawals=9,
        points_rule=Wording(
            "năm phần, mỗi phần tối đa 2,00 điểm theo tỷ lệ hài lòng của từng yếu tố, cắt sau hai chữ số thập phân",
            "five parts of at most 2.00 points each by the share satisfied of each element, cut to two decimals",
        ),
        seed=20261121,
    )

"""Road maps as documents: of one agency, of all agencies of a round, and as an annex of the decision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from survey.rendering.blocks import Block, Bullets, Column, Heading, Kind, Paragraph, Report, Standing, Table, Value
from survey.rendering.composition import marks_of, numbered, watermark_of
from survey.rendering.index_plan_words import (
    OVERDUE,
    TASK_STATES,
    aim_sentence,
    aim_words,
    lacking_words,
    sums_sentence,
)
from survey.rendering.letter import letter_of
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from survey.findings.index_plan_values import AimStanding, PlanOverview, PlanTask, RoadMap
    from survey.rendering.blocks import Letter

_BLANK: Final = "\N{HORIZONTAL ELLIPSIS}" * 4
_ROUND_AT: Final = 2


def road_map_report(plan: RoadMap, standing: AimStanding | None, language: str) -> Report:
    """Compose the road map of an agency; a person completes what is dotted and signs it."""
    say = speaker(language)
    letter = letter_of(plan.letterhead, plan.agency, made_on=plan.made_on, language=language)
    return Report(
        language=language,
        title=say(
            f"Lộ trình khắc phục các tiêu chí mất điểm Chỉ số cải cách hành chính năm {plan.year}",
            f"Road map of {plan.year} to win back points of the administrative reform index",
        ),
        subtitle=plan.agency.name.text(language),
        letter=_plan_letter(letter, language),
        made_on=plan.made_on,
        marks=marks_of(language, is_draft=False, is_preview=False, is_demo=plan.agency.is_demo),
        watermark=watermark_of(is_draft=False, is_demo=plan.agency.is_demo, language=language),
        body=tuple(numbered(_body(plan, standing, language))),
        annexes=(),
    )


def overview_report(overview: PlanOverview, language: str) -> Report:
    """Compose the road maps of all agencies of a round: the overview, and every task as an annex."""
    say, tables = speaker(language), overview_tables(overview, language)
    sums = tables["index_plans"]
    is_draft = any(line.standing.is_draft for line in overview.lines if line.standing)
    annexes = [block for one in tables.values() if one is not sums for block in (Heading(1, one.title), one)]
    return Report(
        language=language,
        title=say(
            f"Thực hiện lộ trình khắc phục Chỉ số cải cách hành chính năm {overview.year}",
            f"How the road maps of {overview.year} of the administrative reform index proceed",
        ),
        subtitle=f"{overview.root.name.text(language)} – {overview.round_name.text(language)}",
        letter=letter_of(overview.letterhead, overview.root, made_on=overview.made_on, language=language),
        made_on=overview.made_on,
        marks=marks_of(language, is_draft=is_draft, is_preview=False, is_demo=overview.root.is_demo),
        watermark=watermark_of(is_draft=is_draft, is_demo=overview.root.is_demo, language=language),
        body=tuple(
            numbered([Heading(1, say("Tình hình chung", "Overall")), Bullets(tuple(_told(overview, language))), sums])
        ),
        annexes=tuple(numbered(annexes, say("Phụ lục ", "Annex "))),
    )


def road_map_tables(plan: RoadMap, language: str) -> dict[str, Table]:
    """Make the tables of an agency's road map, by code."""
    table = _own_tasks(plan, language)
    return {table.code: table}


def overview_tables(overview: PlanOverview, language: str) -> dict[str, Table]:
    """Make the tables of the overview, by code; without any task there is only the first.

    What the year has by other rounds stands apart: it is for other criteria, and its points are not these.
    """
    say, sums = speaker(language), plans_table(overview, language)
    tasks = tasks_table([line.road_map for line in overview.lines], overview.year, language, with_agency=True)
    beside = [plan for line in overview.lines for plan in line.others]
    others = replace(
        tasks_table(beside, overview.year, language, with_agency=True, with_round=True),
        code="index_tasks_beside",
        title=say(f"Việc năm {overview.year} theo kỳ khác", f"Tasks of {overview.year} by other rounds"),
        sheet=say("Việc theo kỳ khác", "By other rounds"),
    )
    return {table.code: table for table in (sums, tasks, others) if table is sums or table.rows}


def plans_table(overview: PlanOverview, language: str) -> Table:
    """Agencies with their tasks, points expected, aim, and standing against it."""
    say = speaker(language)
    return Table(
        code="index_plans",
        title=say(
            f"Lộ trình và mục tiêu năm {overview.year} của các cơ quan", f"Road maps and aims of {overview.year}"
        ),
        sheet=say("Tổng hợp", "Overview"),
        columns=(
            Column(say("Mã", "Code"), Kind.TEXT, 1.2, sheet_only=True),
            Column(say("Cơ quan", "Agency"), Kind.TEXT, 3.2),
            Column(say("Việc", "Tasks"), Kind.COUNT, 0.9),
            Column(say("Đã xong", "Done"), Kind.COUNT, 0.9),
            Column(say("Quá hạn", "Overdue"), Kind.COUNT, 0.9),
            Column(say("Điểm kỳ vọng", "Points expected"), Kind.POINTS_PART, 1.2, "–"),
            Column(say("Của việc đã xong", "Of what is done"), Kind.POINTS_PART, 1.2, "–"),
            Column(say("Mục tiêu", "Aim"), Kind.TEXT, 1.9),
            Column(say("Hạng, tập hạng", "Rank, set"), Kind.STANDING, 1.2, "–"),
            Column(say("So với mục tiêu", "Against the aim"), Kind.TEXT, 2.6, "–"),
        ),
        rows=tuple(_plan_row(line.road_map, line.standing, language) for line in overview.lines),
        note=_standing_note(overview, language),
    )


def tasks_table(
    plans: Iterable[RoadMap], year: int, language: str, *, with_agency: bool, with_round: bool = False
) -> Table:
    """Every task that was not dropped: by which round where there are several, criterion, task, post, date, points."""
    say = speaker(language)
    columns = (
        Column(say("Mã cơ quan", "Agency code"), Kind.TEXT, 1.2, sheet_only=True),
        Column(say("Cơ quan", "Agency"), Kind.TEXT, 2),
        Column(say("Theo kỳ", "By the round"), Kind.TEXT, 2),
        Column(say("Tiêu chí", "Criterion"), Kind.TEXT, 2.4),
        Column(say("Việc", "Task"), Kind.TEXT, 3.4),
        Column(say("Chức danh chịu trách nhiệm", "Post in charge"), Kind.TEXT, 2),
        Column(say("Hạn", "Due"), Kind.MIXED, 1.5),
        Column(say("Điểm kỳ vọng", "Points expected"), Kind.POINTS_PART, 1.1, "–"),
        Column(say("Tình trạng", "State"), Kind.TEXT, 1.3),
    )
    shown = [at for at in range(len(columns)) if (with_agency or at >= _ROUND_AT) and (with_round or at != _ROUND_AT)]
    rows = (_task_row(one, plan, language) for plan in plans for one in plan.alive)
    return Table(
        code="index_tasks",
        title=say(f"Lộ trình khắc phục năm {year}", f"Road map of {year}"),
        sheet=say("Lộ trình", "Road map"),
        columns=tuple(columns[at] for at in shown),
        rows=tuple(tuple(row[at] for at in shown) for row in rows),
    )


def _own_tasks(plan: RoadMap, language: str) -> Table:
    return tasks_table([plan], plan.year, language, with_agency=False, with_round=len(plan.by_round) > 1)


def state_words(task: PlanTask, language: str) -> str:
    """Say the state of a task, and that it is late."""
    state = TASK_STATES[task.state].text(language)
    return f"{state}\n{OVERDUE.text(language)}" if task.is_overdue else state


def _task_row(one: PlanTask, plan: RoadMap, language: str) -> tuple[Value, ...]:
    name = one.name.text(language)
    return (
        plan.agency.code,
        plan.agency.name.text(language),
        one.by.text(language) if one.by else "",
        f"{one.criterion}. {name}" if name else one.criterion,
        one.task,
        one.post,
        one.due_on,
        None if one.expected is None else float(one.expected),
        state_words(one, language),
    )


def _plan_row(plan: RoadMap, standing: AimStanding | None, language: str) -> tuple[Value, ...]:
    ranked = standing if standing and standing.rank is not None else None
    return (
        plan.agency.code,
        plan.agency.name.text(language),
        len(plan.alive),
        len(plan.done),
        plan.overdue,
        float(plan.expected) if plan.alive else None,
        float(plan.expected_of_done) if plan.alive else None,
        aim_words(plan.aim, language),
        Standing(ranked.rank, ranked.rank_low, ranked.rank_high) if ranked else None,
        (lacking_words(standing, language) or None) if standing else None,
    )


def _standing_note(overview: PlanOverview, language: str) -> str:
    """Say by which round agencies stand, and what is assumed of the others."""
    found = next((line.standing for line in overview.lines if line.standing), None)
    if found is None:
        return ""
    say, name = speaker(language), overview.round_name.text(language)
    draft = say(" (bản nháp)", " (a draft)") if found.is_draft else ""
    return say(
        f"Hạng và điểm còn thiếu theo {name}{draft}, điểm của mọi cơ quan khác giữ nguyên.",
        f"Ranks and points lacking by {name}{draft}, everybody else's points as they stand.",
    )


def _told(overview: PlanOverview, language: str) -> Iterator[str]:
    say, plans = speaker(language), [line.road_map for line in overview.lines]
    without = [plan.agency.name.text(language) for plan in plans if not plan.alive]
    tasks, done = sum(len(plan.alive) for plan in plans), sum(len(plan.done) for plan in plans)
    late = sum(plan.overdue for plan in plans)
    yield say(
        f"{len(plans) - len(without)}/{len(plans)} cơ quan đã lập lộ trình, gồm {tasks} việc: {done} đã xong, {late} "
        "quá hạn.",
        f"{len(plans) - len(without)} of {_counted(len(plans), 'agency', 'agencies')} "
        f"{'has' if len(plans) - len(without) == 1 else 'have'} a road map, with {_counted(tasks, 'task', 'tasks')}: "
        f"{done} done, "
        f"{late} overdue.",
    )
    if without:
        yield say(f"Chưa có lộ trình: {', '.join(without)}.", f"Without a road map: {', '.join(without)}.")
    aimed = [line.standing for line in overview.lines if line.standing and line.standing.is_reached is not None]
    if aimed:
        reached = sum(bool(one.is_reached) for one in aimed)
        yield say(
            f"Trong {len(aimed)} cơ quan có mục tiêu, {reached} đang ở mức đạt mục tiêu.",
            f"Of {_counted(len(aimed), 'agency', 'agencies')} with an aim, {reached} "
            f"{'stands' if reached == 1 else 'stand'} where it is reached.",
        )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _body(plan: RoadMap, standing: AimStanding | None, language: str) -> Iterator[Block]:
    say = speaker(language)
    yield Heading(1, say("Mục tiêu", "Aim"))
    aim = aim_words(plan.aim, language)
    yield Paragraph(say(f"Mục tiêu năm {plan.year}: {aim}.", f"The aim of {plan.year}: {aim}."))
    if standing is not None:
        yield Paragraph(aim_sentence(standing, language))
    yield Heading(1, say("Việc phải làm", "What is to be done"))
    yield Paragraph(sums_sentence(plan, language))
    table = _own_tasks(plan, language)
    if table.rows:
        yield table
    dropped = [one for one in plan.tasks if one.state == "dropped"]
    if dropped:
        yield Paragraph(say("Đã bỏ:", "Dropped:"))
        yield Bullets(tuple(f"{one.criterion}: {one.task} ({one.note})" for one in dropped))


def _plan_letter(letter: Letter, language: str) -> Letter:
    say = speaker(language)
    return replace(
        letter,
        number=say(f"Số: {_BLANK}/KH-{_BLANK}", f"No. {_BLANK}/KH-{_BLANK}"),
        kind=say("KẾ HOẠCH", "PLAN"),
        signs_rows=True,
        closing=say(
            "Người được giao việc nêu trên chịu trách nhiệm thực hiện đúng hạn và báo cáo kết quả./.",
            "Whoever holds a post named above carries the task out in time and reports.",
        ),
    )

"""What speeches and releases say of indexes, made by rule from tables of results, in Vietnamese and in English.

A movement is told with what can be said of it: places are only taken from each other within one set of units and one
way of counting, and where the error is known a movement that may be noise is told as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from survey.findings.values import Wording
from survey.rendering import numbers
from survey.rendering.words import speaker

if TYPE_CHECKING:
    from survey.findings.index_values import Achievement, RankSeries, RankStep

_TEENS: Final = range(11, 14)
_BREAKS: Final = {
    "units": Wording("tập hợp đơn vị đã khác", "the set of units is another one"),
    "dimensions": Wording("chỉ số được tính từ các nội dung khác", "the index is made of other dimensions"),
}
_LAST_BUT_ONE: Final = 2


def placement(series: RankSeries, year: int, language: str) -> str:
    """Say where a unit stands in an index, and how that moved: "PAR INDEX xếp thứ 3/63, tăng 10 bậc …"."""
    say, step = speaker(language), series.step(year)
    index = series.index.text(language)
    if step is None:
        return say(f"{index} năm {year} không có số liệu", f"{index} has no figure for {year}")
    place = say(f"{index} xếp thứ {_of(step, language)}", f"{index} {_ordinal(step.rank)} of {step.of}")
    change = moved(step, language)
    return f"{place}, {change}" if change else place


def moved(step: RankStep, language: str) -> str:
    """Say a movement in places against the year before; empty where there was none to compare with."""
    say = speaker(language)
    if step.previous_rank is None:
        return ""
    before = say(
        f"năm {step.previous_year} thứ {step.previous_rank}", f"{_ordinal(step.previous_rank)} in {step.previous_year}"
    )
    if step.change is None:
        why = " ".join(_BREAKS[one].text(language) for one in step.breaks)
        among = say(
            f"năm {step.previous_year} thứ {step.previous_rank}/{step.previous_of}",
            f"{_ordinal(step.previous_rank)} of {step.previous_of} in {step.previous_year}",
        )
        return say(f"không so bậc với {among} vì {why}", f"not compared with {among}, since {why}")
    said = _places(step.change, language)
    among = ""
    if step.change != step.previous_rank - step.rank:
        among = say(f", trong {step.common} đơn vị có cả hai năm", f", among the {step.common} units of both years")
    doubt = say(", chưa phân biệt được với không đổi", ", not told apart from no change")
    return f"{said} ({before}{among}{doubt if step.verdict == 'cannot_tell' and step.change else ''})"


def unit_sentence(year: int, results: Sequence[RankSeries], language: str) -> str:
    """Say a unit's places in several indexes of a year, each beside the others and none mixed with another."""
    say, name = speaker(language), results[0].unit.text(language)
    told = "; ".join(placement(series, year, language) for series in results)
    return say(f"{name}, năm {year}: {told}.", f"{name} in {year}: {told}.")


def history_sentence(series: RankSeries, language: str) -> str:
    """Say a unit's places year after year, the latest first."""
    say, name, index = speaker(language), series.unit.text(language), series.index.text(language)
    told = "; ".join(
        say(f"năm {step.year} thứ {_of(step, language)}", f"{_ordinal(step.rank)} of {step.of} in {step.year}")
        + (f", {_places(step.change, language)}" if step.change is not None else "")
        for step in reversed(series.steps)
    )
    return say(f"{name}, {index}: {told}.", f"{name}, {index}: {told}.")


def target_sentence(series: RankSeries, year: int, first: int, language: str) -> str:
    """Say whether a unit is among the first k that it aimed at; empty where it has no place that year."""
    say, step = speaker(language), series.step(year)
    if step is None:
        return ""
    reached = step.rank <= first
    return say(
        f"Mục tiêu nằm trong nhóm {first}: {'đạt' if reached else 'chưa đạt'} (thứ {_of(step, language)}).",
        f"The aim of the first {first} was {'reached' if reached else 'missed'} ({_ordinal(step.rank)} of {step.of}).",
    )


def counts_sentence(changes: Mapping[str, int], kind: Wording, language: str) -> str:
    """Say how many of a table rose and fell, by the sign of each change: "14/22 sở tăng, 8/22 sở giảm"."""
    of, what = len(changes), kind.text(language)
    up, down = (sum(sign * change > 0 for change in changes.values()) for sign in (1, -1))
    same = of - up - down
    say = speaker(language)
    parts = [
        say(f"{count}/{of} {what} {vi}", f"{count} of {of} {what} {en}")
        for count, vi, en in ((up, "tăng", "rose"), (down, "giảm", "fell"), (same, "giữ nguyên", "stayed"))
        if count
    ]
    return ", ".join(parts) + "."


def league_sentences(table: Sequence[RankSeries], year: int, language: str) -> Iterator[str]:
    """Yield what a table tells: who is first, the climbers with their way, those who moved alike, who is last."""
    rows = sorted(
        ((one.unit.text(language), step) for one in table if (step := one.step(year)) is not None),
        key=lambda row: row[1].rank,
    )
    say = speaker(language)
    firsts = [name for name, step in rows if step.rank == 1]
    yield say(
        f"{_list(firsts, language)} xếp thứ 1/{len(rows)}.", f"{_list(firsts, language)} ranks 1st of {len(rows)}."
    )
    climbers = [(name, step) for name, step in rows if (step.change or 0) > 1]
    for name, step in climbers:
        yield say(
            f"{name} {_from(step, language)} tăng {step.change} bậc lên thứ {step.rank}.",
            f"{name} rose {step.change} places {_from(step, language)} to {_ordinal(step.rank)}.",
        )
    told = {name for name, _ in climbers}
    for change in sorted({step.change or 0 for name, step in rows if name not in told}, reverse=True):
        names = [name for name, step in rows if name not in told and (step.change or 0) == change]
        if change:
            yield f"{_list(names, language)} {_places(change, language)}."
    for name, step in rows:
        if step.is_last:
            yield _last(name, step, language)


def again_first_sentence(series: RankSeries, year: int, language: str) -> str:
    """Say that a unit stands first, and whether it is back there; empty where it does not."""
    say, step, name = speaker(language), series.step(year), series.unit.text(language)
    if step is None or step.rank != 1:
        return ""
    if step.previous_rank is None or step.previous_rank == 1:
        return say(f"{name} xếp thứ 1/{step.of} năm {year}.", f"{name} ranks 1st of {step.of} in {year}.")
    back = series.was_first_before(year)
    return say(
        f"{name} {'trở lại' if back else 'vươn lên'} vị trí thứ 1/{step.of} năm {year}, sau khi xếp thứ "
        f"{step.previous_rank} năm {step.previous_year}.",
        f"{name} is 1st of {step.of} {'again ' if back else ''}in {year}, after {_ordinal(step.previous_rank)} in "
        f"{step.previous_year}.",
    )


def achievements_sentence(achieved: Sequence[Achievement], language: str) -> str:
    """Say counts and shares: "thủ tục được công khai 1.849/1.849; hồ sơ đúng hạn trên 97 %"."""
    told = "; ".join(_achievement(one, language) for one in achieved)
    return f"{told[:1].upper()}{told[1:]}."


def tie_sentence(names: Sequence[str], rank: int, value: str, language: str) -> str:
    """Say that several share a place."""
    return speaker(language)(
        f"{_list(names, language)} cùng xếp thứ {rank} với {value}.",
        f"{_list(names, language)} share {_ordinal(rank)} place with {value}.",
    )


def _achievement(one: Achievement, language: str) -> str:
    what = one.what.text(language)
    if one.share is not None:
        share = numbers.decimal(float(one.share * 100), one.decimals, language) + numbers.percent_sign(language)
        more = speaker(language)("trên ", "more than ") if one.is_at_least else ""
        return f"{what} {more}{share}"
    part, whole = (numbers.count(number, language) for number in (one.part, one.whole))
    return speaker(language)(f"{what} {part}/{whole}", f"{what} {part} of {whole}")


def _from(step: RankStep, language: str) -> str:
    say = speaker(language)
    before, of = step.previous_rank or 0, step.previous_of or 0
    if step.was_last:
        return say(f"từ vị trí cuối ({before}/{of})", f"from last place ({before} of {of})")
    if step.previous_last is not None and before == step.previous_last - 1 and of >= _LAST_BUT_ONE:
        return say(f"từ vị trí áp chót ({before}/{of})", f"from last but one ({before} of {of})")
    return say(f"từ thứ {before}", f"from {_ordinal(before)}")


def _last(name: str, step: RankStep, language: str) -> str:
    again = step.was_last
    return speaker(language)(
        f"{name} {'tiếp tục' if again else ''} xếp cuối ({step.rank}/{step.of}).".replace("  ", " "),
        f"{name} is {'again ' if again else ''}last ({step.rank} of {step.of}).",
    )


def _places(change: int, language: str) -> str:
    say, size = speaker(language), abs(change)
    if not change:
        return say("giữ nguyên", "unchanged")
    plural = "place" if size == 1 else "places"
    return say(f"{'tăng' if change > 0 else 'giảm'} {size} bậc", f"{'up' if change > 0 else 'down'} {size} {plural}")


def _of(step: RankStep, language: str) -> str:
    return f"{numbers.count(step.rank, language)}/{numbers.count(step.of, language)}"


def _ordinal(rank: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{rank}{'th' if rank % 100 in _TEENS else ends.get(rank % 10, 'th')}"


def _list(names: Sequence[str], language: str) -> str:
    last = speaker(language)(" và ", " and ")
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + last + names[-1]

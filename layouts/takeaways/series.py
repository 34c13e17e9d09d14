"""Sentences over series: the balance of trade, one latest figure, two lines."""

from __future__ import annotations

from collections.abc import Sequence

from data.measures import ChangeUnit, Growth, Outcome
from layouts.panel import Takeaway
from layouts.takeaways.rules import WORKED_OUT, Balance, Latest, Named, Pair, Rule, as_shown
from layouts.words import change, number

FEWEST_FOR_A_RECORD = 6
FEWEST_FOR_A_STREAK = 3


def is_record(values: Sequence[float | None], sign: int = 1) -> bool:
    """Tell whether the last value stands above every other of a window without gaps, long enough to say so.

    ``sign`` −1 asks whether it stands below them.
    """
    known = [sign * value for value in values if value is not None]
    if len(known) != len(values) or len(known) < FEWEST_FOR_A_RECORD:
        return False
    return known[-1] > max(known[:-1])


def streak(values: Sequence[float | None], sign: int = 1) -> int:
    """Return for how many slots in a row up to the last the value has risen (``sign`` −1: fallen), as shown."""
    count = 0
    for before, after in zip(reversed(values[:-1]), reversed(values[1:]), strict=True):
        if before is None or after is None or sign * (as_shown(after) - as_shown(before)) <= 0:
            break
        count += 1
    return count


def balances(facts: Balance) -> list[float | None]:
    """Return exports less imports per slot; a gap where either is one."""
    pairs = zip(facts.exports, facts.imports, strict=True)
    return [None if out is None or into is None else out - into for out, into in pairs]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _balance_words(facts: Balance) -> Takeaway:
    """Return the clause on the balance: its sign, and whether it turned, grew or shrank since the slot before."""
    before, last = ([None, *balances(facts)])[-2:]
    assert last is not None
    if last == 0:
        return Takeaway("**进出口持平**", "**exports equal imports**")
    zh, en = ("顺差", "surplus") if last > 0 else ("逆差", "deficit")
    if any(facts.merged[-2:]):  # a balance of two months is larger than that of one for no other reason
        before = None
    if before is not None and _sign(last) != _sign(before):
        return Takeaway(f"**转为{zh}{facts.balance_text.zh}**", f"**turns to a {en} of {facts.balance_text.en}**")
    verb_zh, verb_en = "", ""
    if before is not None and abs(last) != abs(before):
        verb_zh, verb_en = ("扩至", " widens to") if abs(last) > abs(before) else ("收窄至", " narrows to")
    return Takeaway(f"**{zh}{verb_zh}{facts.balance_text.zh}**", f"**{en}{verb_en} {facts.balance_text.en}**")


def _record_exports(facts: Balance) -> Takeaway:
    rest, count = _balance_words(facts), len(facts.exports)
    return Takeaway(f"出口创{count}期新高，{rest.zh}", f"Exports at a {count}-period high; {rest.en}")


def _lowest_exports(facts: Balance) -> Takeaway:
    rest, count = _balance_words(facts), len(facts.exports)
    return Takeaway(f"出口创{count}期新低，{rest.zh}", f"Exports at a {count}-period low; {rest.en}")


def _moving_exports(facts: Balance) -> Takeaway:
    rest = _balance_words(facts)
    return Takeaway(
        f"出口同比{growth_words(facts.exports_growth).zh}，{rest.zh}",
        f"Exports {growth_words(facts.exports_growth).en} y/y; {rest.en}",
    )


def _balance_known(facts: Balance) -> bool:
    return bool(facts.exports) and balances(facts)[-1] is not None


def _comparable(facts: Balance) -> bool:
    """Tell whether the last slot can be compared with all before it."""
    return _balance_known(facts) and not any(facts.merged[-1:])


MIRRORED_TRADE: tuple[Rule[Balance], ...] = (
    Rule("record_exports", lambda facts: _comparable(facts) and is_record(facts.exports), _record_exports),
    Rule("lowest_exports", lambda facts: _comparable(facts) and is_record(facts.exports, -1), _lowest_exports),
    Rule(
        "moving_exports",
        lambda facts: _balance_known(facts) and facts.exports_growth.outcome is not Outcome.UNAVAILABLE,
        _moving_exports,
    ),
    Rule("balance", _balance_known, _balance_words),
)


def growth_words(growth: Growth) -> Named:
    """Return a growth for a sentence: 增长6.4%, 提高0.5个百分点, 下降1.8%, 持平, 扭亏为盈; 名义 or 推算 too."""
    zh, en = change(growth, "zh"), change(growth, "en")
    note = WORKED_OUT.get(growth.basis) if growth.basis and zh.note else None
    note_zh, note_en = ("", "") if note is None else (note.zh, f"{note.en} ")
    if not zh.arrow:
        return Named(note_zh + zh.text, note_en + en.text)
    rises = "提高" if growth.unit is ChangeUnit.POINTS else "增长"
    verb_zh, sign = (rises, "+") if zh.direction == "up" else ("下降", "−")
    return Named(f"{note_zh}{verb_zh}{zh.number.replace(' ', '')}", f"{note_en}{sign}{en.number}")


def in_english(period: str) -> str:
    """Return an English period with its preposition: in Q1–Q3 2024, in 2023, at end-Sep 2024."""
    return f"at {period}" if period.startswith("end-") else f"in {period.removeprefix('Full year ')}"


def _rate(growth: Growth | None) -> float | None:
    """Return a rate of growth as shown at one decimal; nothing where there is none."""
    if growth is None or growth.outcome is not Outcome.RATE or growth.value is None:
        return None
    return as_shown(growth.value)


def _turn(facts: Latest) -> int:
    """Return 1 where the growth turned from a fall to a rise, −1 the other way round, else 0."""
    before, now = _rate(facts.growth_before), _rate(facts.growth)
    if before is None or now is None or facts.growth_before is None or facts.growth_before.basis != facts.growth.basis:
        return 0
    return _sign(now) if _sign(now) == -_sign(before) else 0


def _stated(facts: Latest, zh: str, en: str) -> Takeaway:
    """Return the figure with its growth, where it has one, and the finding about it."""
    has_growth = facts.growth.outcome is not Outcome.UNAVAILABLE
    moved = growth_words(facts.growth)
    grown_zh, grown_en = (f"，同比{moved.zh}", f", {moved.en} y/y") if has_growth else ("", "")
    return Takeaway(
        f"{facts.period.zh}{facts.name.zh}{facts.text.zh}{grown_zh}，**{zh}**",
        f"{facts.name.en} {facts.text.en} {in_english(facts.period.en)}{grown_en}; **{en}**",
    )


def _latest_record(facts: Latest) -> Takeaway:
    count = len(facts.values)
    high = is_record(facts.values)
    return _stated(facts, f"创{count}期{'新高' if high else '新低'}", f"a {count}-period {'high' if high else 'low'}")


def _latest_streak(facts: Latest) -> Takeaway:
    rises, falls = streak(facts.values), streak(facts.values, -1)
    zh, en = ("上升", "up") if rises else ("下降", "down")
    return _stated(facts, f"连续{rises or falls}期{zh}", f"{en} for {rises or falls} periods")


def _latest_turned(facts: Latest) -> Takeaway:
    moved = growth_words(facts.growth)
    zh, en = ("由降转增", "turns up") if _turn(facts) > 0 else ("由增转降", "turns down")
    return Takeaway(
        f"{facts.period.zh}{facts.name.zh}{facts.text.zh}，**同比{zh}**，{moved.zh}",
        f"{facts.name.en} {facts.text.en} {in_english(facts.period.en)}; **{en} y/y**, {moved.en}",
    )


def _latest_with_growth(facts: Latest) -> Takeaway:
    moved = growth_words(facts.growth)
    return Takeaway(
        f"{facts.period.zh}{facts.name.zh}{facts.text.zh}，**同比{moved.zh}**",
        f"{facts.name.en} {facts.text.en} {in_english(facts.period.en)}; **{moved.en} y/y**",
    )


def _latest_alone(facts: Latest) -> Takeaway:
    return Takeaway(
        f"{facts.period.zh}{facts.name.zh}**{facts.text.zh}**",
        f"{facts.name.en} **{facts.text.en}** {in_english(facts.period.en)}",
    )


def _has_streak(values: Sequence[float | None]) -> bool:
    return max(streak(values), streak(values, -1)) >= FEWEST_FOR_A_STREAK


LATEST: tuple[Rule[Latest], ...] = (
    Rule("turned", lambda facts: _turn(facts) != 0, _latest_turned),
    Rule("record", lambda facts: is_record(facts.values) or is_record(facts.values, -1), _latest_record),
    Rule("streak", lambda facts: _has_streak(facts.values), _latest_streak),
    Rule("with_growth", lambda facts: facts.growth.outcome is not Outcome.UNAVAILABLE, _latest_with_growth),
    Rule("alone", lambda facts: True, _latest_alone),
)


def _gap(facts: Pair) -> float | None:
    ends = [values[-1] if values else None for values in (facts.first_values, facts.second_values)]
    return None if ends[0] is None or ends[1] is None else as_shown(as_shown(ends[0]) - as_shown(ends[1]))


def _crossed_zero(facts: Pair) -> int:
    """Return 1 where the first line turned from a fall to a rise in the last slot, −1 the other way round, else 0."""
    before, now = ([None, None, *facts.first_values])[-2:]
    if before is None or now is None:
        return 0
    signs = _sign(as_shown(before)), _sign(as_shown(now))
    return signs[1] if signs[1] == -signs[0] else 0


def _turned(facts: Pair) -> Takeaway:
    zh, en = ("由负转正", "turns positive") if _crossed_zero(facts) > 0 else ("由正转负", "turns negative")
    now = number(as_shown(facts.first_values[-1] or 0.0), 1, sign=True)
    return Takeaway(f"{facts.first.zh}增速**{zh}**，{now}%", f"{facts.first.en} growth **{en}**, {now}%")


def _streak(facts: Pair) -> Takeaway:
    rises, falls = streak(facts.first_values), streak(facts.first_values, -1)
    zh, en = ("回升", "up") if rises else ("回落", "down")
    count = rises or falls
    return Takeaway(
        f"{facts.first.zh}增速**连续{count}期{zh}**", f"{facts.first.en} growth **{en} for {count} periods**"
    )


def _ahead(facts: Pair) -> Takeaway:
    gap = _gap(facts) or 0.0
    verb_zh, verb_en = ("快于", "ahead of") if gap > 0 else ("慢于", "behind")
    return Takeaway(
        f"{facts.first.zh}**{verb_zh}{facts.second.zh} {number(abs(gap), 1)} 个百分点**",
        f"{facts.first.en} **{number(abs(gap), 1)} pp {verb_en} {facts.second.en}**",
    )


def _level(facts: Pair) -> Takeaway:
    return Takeaway(
        f"**{facts.first.zh}与{facts.second.zh}增速相同**", f"**{facts.first.en} and {facts.second.en} grow alike**"
    )


TWO_LINES: tuple[Rule[Pair], ...] = (
    Rule("turned", lambda facts: _crossed_zero(facts) != 0, _turned),
    Rule("streak", lambda facts: _has_streak(facts.first_values), _streak),
    Rule("ahead", lambda facts: bool(_gap(facts)), _ahead),
    Rule("level", lambda facts: _gap(facts) == 0, _level),
)

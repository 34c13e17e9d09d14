"""Sentences over series: the balance of trade, one latest figure, two lines."""

from __future__ import annotations

from collections.abc import Sequence

from data.measures import ChangeUnit, Growth, Outcome
from layouts.panel import Takeaway
from layouts.takeaways.rules import WORKED_OUT, Balance, Latest, Named, Pair, Rule
from layouts.words import change, number

FEWEST_FOR_A_RECORD = 6
FEWEST_FOR_A_STREAK = 3


def is_record(values: Sequence[float | None]) -> bool:
    """Tell whether the last value stands above every other of a window without gaps, long enough to say so."""
    known = [value for value in values if value is not None]
    if len(known) != len(values) or len(known) < FEWEST_FOR_A_RECORD:
        return False
    return known[-1] > max(known[:-1])


def balances(facts: Balance) -> list[float | None]:
    """Return exports less imports per slot; a gap where either is one."""
    pairs = zip(facts.exports, facts.imports, strict=True)
    return [None if out is None or into is None else out - into for out, into in pairs]


def _balance_words(facts: Balance) -> Takeaway:
    """Return the clause on the balance: its sign, and whether it grew or shrank since the slot before."""
    before, last = ([None, *balances(facts)])[-2:]
    assert last is not None
    zh, en = ("顺差", "surplus") if last >= 0 else ("逆差", "deficit")
    if before is not None and (last >= 0) != (before >= 0):
        return Takeaway(f"**转为{zh}{facts.balance_text.zh}**", f"**turns to a {en} of {facts.balance_text.en}**")
    verb_zh, verb_en = "", ""
    if before is not None and abs(last) != abs(before):
        verb_zh, verb_en = ("扩至", " widens to") if abs(last) > abs(before) else ("收窄至", " narrows to")
    return Takeaway(f"**{zh}{verb_zh}{facts.balance_text.zh}**", f"**{en}{verb_en} {facts.balance_text.en}**")


def _record_exports(facts: Balance) -> Takeaway:
    rest, count = _balance_words(facts), len(facts.exports)
    return Takeaway(f"出口创{count}期新高，{rest.zh}", f"Exports at a {count}-period high; {rest.en}")


def _moving_exports(facts: Balance) -> Takeaway:
    rest = _balance_words(facts)
    return Takeaway(
        f"出口同比{growth_words(facts.exports_growth).zh}，{rest.zh}",
        f"Exports {growth_words(facts.exports_growth).en} y/y; {rest.en}",
    )


def _balance_known(facts: Balance) -> bool:
    return bool(facts.exports) and balances(facts)[-1] is not None


MIRRORED_TRADE: tuple[Rule[Balance], ...] = (
    Rule("record_exports", lambda facts: _balance_known(facts) and is_record(facts.exports), _record_exports),
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


LATEST: tuple[Rule[Latest], ...] = (
    Rule("with_growth", lambda facts: facts.growth.outcome is not Outcome.UNAVAILABLE, _latest_with_growth),
    Rule("alone", lambda facts: True, _latest_alone),
)


def faster_streak(values: Sequence[float | None]) -> int:
    """Return for how many slots in a row up to the last the value has risen, as shown at one decimal."""
    streak = 0
    for before, after in zip(reversed(values[:-1]), reversed(values[1:]), strict=True):
        if before is None or after is None or round(after, 1) <= round(before, 1):
            break
        streak += 1
    return streak


def _gap(facts: Pair) -> float | None:
    ends = [values[-1] if values else None for values in (facts.first_values, facts.second_values)]
    return None if ends[0] is None or ends[1] is None else round(round(ends[0], 1) - round(ends[1], 1), 1)


def _streak(facts: Pair) -> Takeaway:
    count = faster_streak(facts.first_values)
    return Takeaway(
        f"{facts.first.zh}增速**连续{count}期加快**", f"{facts.first.en} growth **faster for {count} periods**"
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
    Rule("streak", lambda facts: faster_streak(facts.first_values) >= FEWEST_FOR_A_STREAK, _streak),
    Rule("ahead", lambda facts: bool(_gap(facts)), _ahead),
    Rule("level", lambda facts: _gap(facts) == 0, _level),
)

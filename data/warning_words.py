"""A warning as a sentence and as short columns, in zh and en: the same words on screen, in JSON and in messages.

Periods and numbers read as everywhere on the screen; a test holds them against ``layouts.words``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

from data.catalogue.indicator import Indicator
from data.catalogue.models import Catalogue
from data.periods import MONTHS_PER_YEAR, Frequency, month_of, quarter_of, year_of
from data.status import rounded
from data.warning_evaluation import Warned, When

Language = Literal["zh", "en"]
LEVELS: dict[Language, tuple[str, ...]] = {
    "zh": ("Ⅰ 红色", "Ⅱ 橙色", "Ⅲ 黄色", "Ⅳ 蓝色"),
    "en": ("Ⅰ Red", "Ⅱ Orange", "Ⅲ Yellow", "Ⅳ Blue"),
}
KINDS: dict[str, tuple[str, str]] = {
    "falls": ("连续下降", "Falling"),
    "threshold": ("越限", "Limit"),
    "behind_target": ("目标差距", "Behind target"),
    "behind_peers": ("低于对标", "Behind peers"),
    "price_moves": ("价格波动", "Price move"),
    "late": ("数据延迟", "Late data"),
}
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
QUARTERS = ("一季度", "二季度", "三季度", "四季度")
QUARTERS_TO_DATE = ("一季度", "上半年", "前三季度", "全年")
QUARTERS_TO_DATE_EN = ("Q1 {}", "H1 {}", "Q1–Q3 {}", "Full year {}")
FEBRUARY = 2
MINUS = "\u2212"


def number(value: float, decimals: int, *, sign: bool = False) -> str:
    """Write a number with thousands commas and a true minus."""
    exact = rounded(value, decimals)
    return (f"{exact:+,f}" if sign and exact != 0 else f"{exact:,f}").replace("-", MINUS)


def level_words(level: int, language: Language) -> str:
    """Write a level: Ⅱ 橙色, Ⅱ Orange."""
    return LEVELS[language][level - 1]


def when_words(when: When, language: Language) -> str:
    """Write a period in full: 2026年1–9月, 2026年前三季度, Jan–Sep 2026."""
    frequency = Frequency(when.frequency)
    if frequency is Frequency.DAILY:
        day = date.fromordinal(when.period)
        if language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    if frequency is Frequency.MONTHLY:
        return _month(when, language)
    ends = when.accumulation == "P"
    year, quarter = year_of(when.period), quarter_of(when.period)
    if frequency is Frequency.ANNUAL:
        zh, en = (f"{year}年末", f"end-{year}") if ends else (f"{year}年", f"{year}")
    elif when.accumulation == "Y":
        zh, en = f"{year}年{QUARTERS_TO_DATE[quarter - 1]}", QUARTERS_TO_DATE_EN[quarter - 1].format(year)
    else:
        zh, en = f"{year}年{QUARTERS[quarter - 1]}", f"Q{quarter} {year}"
        zh, en = (f"{zh}末", f"end-{en}") if ends else (zh, en)
    return zh if language == "zh" else en


def _month(when: When, language: Language) -> str:
    year, month = year_of(when.period), month_of(when.period)
    name = MONTHS_EN[month - 1]
    if when.accumulation == "P":
        return f"{year}年{month}月末" if language == "zh" else f"end-{name} {year}"
    if when.accumulation == "Y" and month == MONTHS_PER_YEAR:
        return f"{year}年全年" if language == "zh" else f"Full year {year}"
    joined = month > 1 if when.accumulation == "Y" else when.combined and month == FEBRUARY
    if joined:
        return f"{year}年1–{month}月" if language == "zh" else f"Jan–{name} {year}"
    return f"{year}年{month}月" if language == "zh" else f"{name} {year}"


def what_words(found: Warned, catalogue: Catalogue, language: Language) -> str:
    """Name what a warning is about: the indicator and, where the figure is cut to one, the member."""
    return _name(catalogue.indicators[found.indicator], found, catalogue, language)


def region_words(code: str, catalogue: Catalogue, language: Language) -> str:
    """Name a region in short."""
    region = catalogue.regions.get(code)
    return code if region is None else region.word("short", language)


def figure_words(found: Warned, catalogue: Catalogue, language: Language) -> str:
    """Write the figure of a warning with its unit; in % for a growth or a rate."""
    if found.figure is None:
        return "—"
    indicator = catalogue.indicators[found.indicator]
    unit = catalogue.units[indicator.unit]
    if found.series.measure != "level" or unit.base == "percent":
        return f"{number(found.figure, 1)}%"
    if language == "zh":
        return f"{number(found.figure, indicator.decimals)} {unit.name_zh}"
    return f"{number(found.figure * unit.english_factor, indicator.decimals + unit.english_decimals)} {unit.name_en}"


def gap_words(found: Warned, catalogue: Catalogue, language: Language) -> str:
    """Write how far the figure lies from what the rule allows: 差 1.3 个百分点, 连续 4 期, 迟 12 天, +5.2%."""
    size = number(abs(found.gap), 1)
    if found.gap_unit == "slots":
        return f"连续 {found.slots} 期" if language == "zh" else f"{found.slots} in a row"
    if found.gap_unit == "days":
        return f"迟 {found.gap:.0f} 天" if language == "zh" else f"{found.gap:.0f} days late"
    if found.gap_unit == "%":
        return f"{number(found.gap, 1, sign=True)}%"
    if found.gap_unit == "pp":
        word = "差" if found.gap < 0 else "超"
        return f"{word} {size} 个百分点" if language == "zh" else f"{size} pp {'short' if found.gap < 0 else 'over'}"
    indicator = catalogue.indicators[found.indicator]
    return (
        f"{number(found.gap, indicator.decimals, sign=True)} {catalogue.units[indicator.unit].word('name', language)}"
    )


def sentence(found: Warned, catalogue: Catalogue, language: Language) -> str:
    """Write a warning in one sentence; a simulated one says so."""
    zh, en = _SENTENCES[found.kind](found, catalogue)
    if language == "zh":
        return f"{zh}（模拟）" if found.simulated else zh
    return f"{en} (simulated)" if found.simulated else en


def _name(indicator: Indicator, found: Warned, catalogue: Catalogue, language: Language) -> str:
    own = indicator.word("name" if language == "zh" else "short", language)
    member = found.member
    cut = _member(found, catalogue, language) if member and member != indicator_default(indicator, found) else ""
    return f"{cut}{own}" if language == "zh" else f"{cut}: {own}" if cut else own


def indicator_default(indicator: Indicator, found: Warned) -> str:
    """Return the member that is an indicator's own total: the sum of exports and imports is no cut."""
    return "T" if found.series.flow == "T" else next(iter(indicator.defaults.values()), "")


def _member(found: Warned, catalogue: Catalogue, language: Language) -> str:
    for dimension in ("industry", "partner", "commodity", "flow", "breakdown"):
        if getattr(found.series, dimension) == found.member:
            if found.member in catalogue.clusters:
                return catalogue.clusters[found.member].word("short", language)
            return catalogue.label(dimension, found.member, language, short=True)
    return found.member


def _falls(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    rate = figure_words(found, catalogue, "zh")
    when_zh, when_en = when_words(found.period, "zh"), when_words(found.period, "en")
    if found.member in catalogue.clusters:
        cluster = catalogue.clusters[found.member]
        return (
            f"{cluster.short_zh}增加值同比连续 {found.slots} 期下降（{when_zh} {rate}）",
            f"{cluster.short_en}: value added down {found.slots} periods in a row ({rate} in {when_en})",
        )
    zh, en = what_words(found, catalogue, "zh"), what_words(found, catalogue, "en")
    growth_zh = "同比" if found.series.measure == "yoy" else ""
    return (
        f"{zh}{growth_zh}连续 {found.slots} 期下降（{when_zh} {rate}）",
        f"{en} down {found.slots} periods in a row ({figure_words(found, catalogue, 'en')} in {when_en})",
    )


def _threshold(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    is_growth, above = found.series.measure == "yoy", found.gap > 0
    limit = found.limit or 0.0
    decimals = catalogue.indicators[found.indicator].decimals
    limit_words = f"{number(limit, 1)}%" if found.gap_unit == "pp" else number(limit, decimals)
    zh, en = (what_words(found, catalogue, language) for language in ("zh", "en"))
    figure_zh, figure_en = (figure_words(found, catalogue, language) for language in ("zh", "en"))
    when_zh, when_en = when_words(found.period, "zh"), when_words(found.period, "en")
    return (
        f"{when_zh}{zh}{'同比' if is_growth else ''} {figure_zh}，{'高于' if above else '低于'} {limit_words}",
        f"{en} {'growth ' if is_growth else ''}{figure_en} in {when_en}, {'above' if above else 'below'} {limit_words}",
    )


def _behind_target(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    goal_zh, goal_en = ("示例目标", "example target") if found.example else ("目标", "target")
    if found.expected is not None:
        share = "" if found.expected.is_seasonal else "（n/12）"
        goal_zh, goal_en = f"{goal_zh}序时进度{share}", f"schedule{' (n/12)' if share else ''} of the {goal_en}"
    gap = number(abs(found.gap), 1)
    zh, en = what_words(found, catalogue, "zh"), what_words(found, catalogue, "en")
    return (
        f"{when_words(found.period, 'zh')}{zh}低于{goal_zh} {gap} 个百分点",
        f"{en} {gap} pp below {goal_en}, {when_words(found.period, 'en')}",
    )


def _behind_peers(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    gap, peer = number(abs(found.gap), 1), found.peer
    zh, en = what_words(found, catalogue, "zh"), what_words(found, catalogue, "en")
    other = f"{number(found.peer_value or 0.0, 1)}%"
    own, peer_zh = figure_words(found, catalogue, "zh"), region_words(peer, catalogue, "zh")
    return (
        f"{when_words(found.period, 'zh')}{zh}增速 {own}，低于{peer_zh}（{other}）{gap} 个百分点",
        f"{en} growth {own}, {gap} pp below {region_words(peer, catalogue, 'en')} ({other}), "
        f"{when_words(found.period, 'en')}",
    )


def _price_moves(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    size, indicator = f"{number(abs(found.gap), 1)}%", catalogue.indicators[found.indicator]
    verb_zh, verb_en = ("上涨", "up") if found.gap > 0 else ("下跌", "down")
    return (
        f"{indicator.short_zh}{when_words(found.period, 'zh')}较上月{verb_zh} {size}（推算）",
        f"{indicator.short_en} {verb_en} {size} on the month in {when_words(found.period, 'en')} (calculated)",
    )


def _late(found: Warned, catalogue: Catalogue) -> tuple[str, str]:
    zh, en = what_words(found, catalogue, "zh"), what_words(found, catalogue, "en")
    due = "" if found.due is None else found.due.isoformat()
    return (
        f"{zh}{when_words(found.period, 'zh')}数据应于 {due} 发布，已迟 {found.gap:.0f} 天",
        f"{en} for {when_words(found.period, 'en')} was due on {due}, {found.gap:.0f} days late",
    )


_SENTENCES: dict[str, Callable[[Warned, Catalogue], tuple[str, str]]] = {
    "falls": _falls,
    "threshold": _threshold,
    "behind_target": _behind_target,
    "behind_peers": _behind_peers,
    "price_moves": _price_moves,
    "late": _late,
}

"""Which indicator and unit of the catalogue a header of an unknown table may mean, with how alike the names are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import cache

from data.catalogue import Catalogue, Indicator
from data.loaders.cells import canonical

SURE, LIKELY = 0.8, 0.55
FAR = 0.4  # below it nobody would call two names alike
GROWTH = re.compile(r"同比|增速|增长|增幅|±|yoy|growth|% ?chg", re.IGNORECASE)
TO_DATE = re.compile(
    r"累计|本年|年初|[0-9一]{1,2}[-—–至][0-9一二三四五六七八九十{}a-z]{1,8}月|year.to.date|ytd|cum", re.IGNORECASE
)
SINGLE = re.compile(r"当月|本月|当期|当季|本季|单月", re.IGNORECASE)
UNIT = re.compile(r"[((]([^()()]+)[))]\s*\**\s*$")
NOISE = re.compile(r"[((][^()()]*[))]|同比|增速|增长率?|增幅|累计|本年|当月|本月|当期|绝对量|总量|[\s/*,,、:：±%％]")


@dataclass(frozen=True)
class Match:
    """An indicator and how alike its name is (0–1)."""

    indicator: Indicator
    score: float


def matches(name: str, catalogue: Catalogue, most: int = 3) -> list[Match]:
    """Return the indicators whose names are most alike, the best first."""
    wanted = _bare(name)
    found = [Match(each, _score(wanted, each)) for each in catalogue.indicators.values()] if wanted else []
    return sorted(found, key=lambda match: (-match.score, match.indicator.code))[:most]


@cache
def _bare(name: str) -> str:
    return NOISE.sub("", canonical(name)).lower()


def _score(wanted: str, indicator: Indicator) -> float:
    names = (indicator.name_zh, indicator.short_zh, indicator.name_en, indicator.short_en, indicator.code)
    return round(max(_alike(wanted, _bare(each)) for each in names), 2)


def _alike(wanted: str, name: str) -> float:
    if not name:
        return 0.0
    matcher = SequenceMatcher(None, wanted, name, autojunk=False)
    ratio = matcher.ratio() if matcher.real_quick_ratio() > FAR and matcher.quick_ratio() > FAR else 0.0
    within = min(len(wanted), len(name)) >= 3 and (wanted in name or name in wanted)
    return max(ratio, 0.6 + 0.3 * min(len(wanted), len(name)) / max(len(wanted), len(name)) if within else 0.0)


def unit_in(name: str) -> str:
    """Return the unit in parentheses at the end of a header; ``""`` if none stands there."""
    match = UNIT.search(name)
    return match[1].strip() if match else ""


def factor_between(written: str, stored: str, catalogue: Catalogue) -> Decimal | None:
    """Return what turns a figure in the unit as written into the stored unit; ``None`` if that is not known."""
    target = catalogue.units[stored]
    text = canonical(written).strip("()").removesuffix("人民币")
    if stored == "PERCENT" and text in ("%", "percent", "百分比"):
        return Decimal(1)
    for unit in catalogue.units.values():
        if text in {unit.name_zh, unit.name_en, unit.stored_name_en} - {""} and unit.base == target.base:
            return Decimal(10) ** (unit.multiplier - target.multiplier)
    return None

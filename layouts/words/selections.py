"""The reader's choice as a sentence, for headings, alt text and exported files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from data.selection import Language, Selection
from layouts.words.periods import period_label

if TYPE_CHECKING:
    from data.catalogue.models import Catalogue

_ACCUMULATIONS: Mapping[str, Mapping[str, str]] = {
    "S": {"zh": "当期", "en": "single period"},
    "Y": {"zh": "累计", "en": "year to date"},
}
_WINDOWS: Mapping[str, Mapping[str, str]] = {
    "month": {"zh": "本月", "en": "this month"},
    "quarter": {"zh": "本季", "en": "this quarter"},
    "12": {"zh": "近12个月", "en": "last 12 months"},
    "36": {"zh": "近36个月", "en": "last 36 months"},
    "ytd": {"zh": "本年", "en": "this year"},
    "all": {"zh": "全部时期", "en": "all periods"},
}


def selection_words(selection: Selection, catalogue: Catalogue) -> str:
    """Write a selection: 青岛西海岸新区 · 石油化工 · 2024年9月 · 累计 · 近12个月."""
    language = selection.language
    region = catalogue.regions[selection.region or catalogue.home_region]
    parts = (
        region.word("name", language),
        _industry(selection.industry, catalogue, language),
        _period(selection.period, language),
        _ACCUMULATIONS[selection.accumulation][language],
        _WINDOWS[selection.window][language],
    )
    return " · ".join(parts)


def accumulation_words(accumulation: str, language: Language) -> str:
    """Return 当期 or 累计; ``KeyError`` if it is neither S nor Y."""
    return _ACCUMULATIONS[accumulation][language]


def window_words(window: str, language: Language) -> str:
    """Return the name of a window preset, such as 近12个月."""
    return _WINDOWS[window][language]


def _industry(code: str | None, catalogue: Catalogue, language: Language) -> str:
    if code is None:
        return "全部产业" if language == "zh" else "all industries"
    if code in catalogue.clusters:
        return catalogue.clusters[code].word("name", language)
    return catalogue.label("industry", code, language)


def _period(period: int | None, language: Language) -> str:
    if period is None:
        return "最新一期" if language == "zh" else "latest period"
    return period_label("M", "S", period, language)

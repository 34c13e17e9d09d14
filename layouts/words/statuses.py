"""Status of figures and sources as text: badges and freshness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.freshness import Freshness
from data.selection import Language
from data.status import ConfStatus, ObsStatus


@dataclass(frozen=True)
class Badge:
    """A small mark beside a figure: ``code`` is its style, ``text`` what it says."""

    code: str
    text: str


_BADGES: Mapping[str, Mapping[str, str]] = {
    "simulated": {"zh": "模拟", "en": "Simulated"},
    "confidential": {"zh": "保密", "en": "Confidential"},
    "provisional": {"zh": "初步", "en": "Prelim."},
    "estimated": {"zh": "估计", "en": "Estimate"},
    "forecast": {"zh": "预测", "en": "Forecast"},
    "break": {"zh": "口径变化", "en": "Break"},
    "derived": {"zh": "推算", "en": "Derived"},
    "nominal": {"zh": "名义推算", "en": "Nominal"},
    "revised": {"zh": "已修订", "en": "Revised"},
    "adjusted": {"zh": "季调", "en": "SA"},
}
_BADGE_OF_STATUS = {
    ObsStatus.PROVISIONAL: "provisional",
    ObsStatus.ESTIMATED: "estimated",
    ObsStatus.FORECAST: "forecast",
    ObsStatus.BREAK: "break",
}


def badge(code: str, language: Language) -> Badge:
    """Return the badge of a code: simulated, provisional, derived, nominal, revised …; ``KeyError`` if unknown."""
    return Badge(code, _BADGES[code][language])


def status_badges(
    language: Language,
    *,
    obs_status: str = "A",
    conf_status: str = "F",
    simulated: bool = False,
    derived: bool = False,
    revisions: int = 0,
    nominal: bool = False,
) -> tuple[Badge, ...]:
    """Return the badges a cell must wear, the gravest first."""
    status = _BADGE_OF_STATUS.get(ObsStatus(obs_status))
    worn = (
        ("simulated", simulated),
        ("confidential", ConfStatus(conf_status) is not ConfStatus.FREE),
        (status or "", status is not None),
        ("derived", derived),
        ("nominal", nominal),
        ("revised", revisions > 0),
    )
    return tuple(badge(code, language) for code, is_worn in worn if is_worn)


_FRESHNESS: Mapping[Freshness, Mapping[str, str]] = {
    Freshness.CURRENT: {"zh": "正常", "en": "current"},
    Freshness.DUE_SOON: {"zh": "临期", "en": "due soon"},
    Freshness.OVERDUE: {"zh": "过期", "en": "overdue"},
    Freshness.BROKEN: {"zh": "中断", "en": "interrupted"},
}


def freshness_words(state: Freshness, language: Language) -> str:
    """Return 正常, 临期, 过期 or 中断."""
    return _FRESHNESS[state][language]

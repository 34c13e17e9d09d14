"""How a number is worked out: growth in words and figures, shares, contributions, regional and trade measures.

Everything here is a pure function of plain numbers. Rates are in per cent (5.3 means 5.3 %), changes of rates in
percentage points, shares in per cent. Formulas and vectors: domain rules,
sections 3, 7 and 8. Official growth is data and is never worked out here; ``growth`` only decides between it and
the marked substitute 名义推算.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

PERCENT = 100.0


class Basis(StrEnum):
    """Where a change comes from."""

    OFFICIAL = "official"  # published beside the level, at comparable scope
    NOMINAL = "nominal"  # worked out from levels: 名义推算
    ADJUSTED = "adjusted"  # 环比, worked out from seasonally adjusted levels: 季调
    DERIVED = "derived"  # worked out from published rates: 推算
    DIFFERENCE = "difference"  # of two published rates or shares, in percentage points


class Outcome(StrEnum):
    """What kind of statement a change is."""

    RATE = "rate"
    TURNED_PROFIT = "turned_profit"  # 扭亏为盈
    TURNED_LOSS = "turned_loss"  # 由盈转亏
    LOSS_NARROWED = "loss_narrowed"  # 减亏
    LOSS_WIDENED = "loss_widened"  # 增亏
    LOSS_UNCHANGED = "loss_unchanged"  # 亏损持平
    NO_BASE = "no_base"  # the base is zero
    UNAVAILABLE = "unavailable"  # one of the two figures is missing


class ChangeUnit(StrEnum):
    """Per cent for levels, percentage points for rates and shares."""

    PERCENT = "%"
    POINTS = "pp"


@dataclass(frozen=True)
class Growth:
    """A change: ``value`` in ``unit`` (``None`` where only words are right), its basis and its kind."""

    value: float | None
    basis: Basis | None
    outcome: Outcome = Outcome.RATE
    unit: ChangeUnit = ChangeUnit.PERCENT


UNAVAILABLE = Growth(None, None, Outcome.UNAVAILABLE)


def official_growth(value: float) -> Growth:
    """Return a published growth rate (per cent) as a change."""
    return Growth(value, Basis.OFFICIAL)


def growth(
    current: float | None, base: float | None, official: float | None = None, *, nominal_allowed: bool = True
) -> Growth:
    """Return the official growth (per cent) where there is one, else 名义推算 from the two levels.

    ``nominal_allowed`` is what the indicator declares (``growth = "none"`` forbids it). A base that is not
    positive gives no rate but words.
    """
    if official is not None:
        return official_growth(official)
    if current is None or base is None or not nominal_allowed:
        return UNAVAILABLE
    if base == 0 or not math.isfinite(PERCENT * current / base):  # so near zero that a ratio overflows
        return Growth(None, Basis.NOMINAL, Outcome.NO_BASE)
    if base < 0:
        return _growth_from_loss(current, base)
    if current < 0:
        return Growth(None, Basis.NOMINAL, Outcome.TURNED_LOSS)
    return Growth(PERCENT * (current / base - 1), Basis.NOMINAL)


def _growth_from_loss(current: float, base: float) -> Growth:
    """Words for a loss a year before; ``value`` is by how many per cent of that loss it changed, never signed."""
    if current > 0:
        return Growth(None, Basis.NOMINAL, Outcome.TURNED_PROFIT)
    change_of_loss = PERCENT * (current / base - 1)
    if change_of_loss == 0:
        return Growth(None, Basis.NOMINAL, Outcome.LOSS_UNCHANGED)
    outcome = Outcome.LOSS_WIDENED if change_of_loss > 0 else Outcome.LOSS_NARROWED
    return Growth(abs(change_of_loss), Basis.NOMINAL, outcome)


def change_in_points(current: float | None, base: float | None) -> Growth:
    """Return the change of a rate or share (both in per cent) in percentage points."""
    if current is None or base is None:
        return Growth(None, None, Outcome.UNAVAILABLE, ChangeUnit.POINTS)
    return Growth(current - base, Basis.DIFFERENCE, Outcome.RATE, ChangeUnit.POINTS)


def sequential_growth(current: float | None, previous: float | None, adjustment: str) -> Growth:
    """Return 环比 in per cent; of activity series only from seasonally adjusted (``sa``) data, else unavailable."""
    change = growth(current, previous) if adjustment == "sa" else UNAVAILABLE
    return replace(change, basis=Basis.ADJUSTED) if change.basis else change


def two_year_growth(published: float | None, growth_now: float | None, growth_before: float | None) -> Growth:
    """Return the published two-year average (per cent) where there is one, else the one of two published rates."""
    if published is not None:
        return official_growth(published)
    if growth_now is None or growth_before is None:
        return UNAVAILABLE
    return Growth(two_year_average(growth_now, growth_before), Basis.DERIVED)


def two_year_average(growth_now: float, growth_before: float) -> float:
    """Return 两年平均增速 in per cent: √((1+g_t)(1+g_{t−1})) − 1. ``ValueError`` if a rate lies below −100 %."""
    if min(growth_now, growth_before) < -PERCENT:
        raise ValueError(f"a growth below −100 % has no average: {growth_now}, {growth_before}")
    return average_of_two_years(PERCENT * ((1 + growth_now / PERCENT) * (1 + growth_before / PERCENT) - 1))


def average_of_two_years(growth_over_two_years: float) -> float:
    """Return 两年平均增速 from the growth over both years together, in per cent."""
    if growth_over_two_years < -PERCENT:
        raise ValueError(f"a growth of {growth_over_two_years} % over two years has no average")
    return PERCENT * (math.sqrt(1 + growth_over_two_years / PERCENT) - 1)


def single_from_cumulative(cumulative: float | None, cumulative_before: float | None, decimals: int) -> float | None:
    """Return 当期(n) = 累计(n) − 累计(n−1), to be marked derived; ``None`` where a part is missing.

    ``cumulative_before`` of the year's first slot is 0.0. ``decimals`` is the published precision; a difference
    cannot be more exact than its parts.
    """
    if cumulative is None or cumulative_before is None:
        return None
    return round(cumulative - cumulative_before, decimals)


def share(part: float | None, whole: float | None) -> float | None:
    """Return part / whole in per cent; ``None`` where one is missing or the whole is not positive."""
    if part is None or whole is None or whole <= 0:
        return None
    return PERCENT * part / whole


SMALLEST_GROWTH_FOR_RATE = 0.5


@dataclass(frozen=True)
class Contributions:
    """拉动 per component in pp, the residual to the total growth in pp, and 贡献率 in per cent.

    ``rates`` is ``None`` when |g| < 0.5 %: a rate on so small a total says nothing.
    """

    points: Mapping[str, float]
    residual: float
    rates: Mapping[str, float] | None


def contributions(
    shares_before: Mapping[str, float], growths: Mapping[str, float], total_growth: float
) -> Contributions:
    """Split a growth into its parts: cᵢ = s_{i,t−1} · gᵢ, 贡献率 = cᵢ / g.

    Shares (of the year before) and growths are in per cent. ``ValueError`` if they name different components.
    """
    if shares_before.keys() != growths.keys():
        raise ValueError("shares and growths name different components")
    points = {part: shares_before[part] * growths[part] / PERCENT for part in shares_before}
    residual = total_growth - math.fsum(points.values())
    if abs(total_growth) < SMALLEST_GROWTH_FOR_RATE:
        return Contributions(points, residual, None)
    return Contributions(points, residual, {part: PERCENT * c / total_growth for part, c in points.items()})


class NotComparableError(ValueError):
    """Figures of different unit, period or price basis were to be set against each other."""


@dataclass(frozen=True)
class Amount:
    """A value with what must be the same before two of them may be compared."""

    value: float | None
    unit: str
    period: int
    price_basis: str = "_Z"


def location_quotient(
    local_part: Amount, local_total: Amount, reference_part: Amount, reference_total: Amount
) -> float | None:
    """Return LQ = (x_ir/x_r) / (x_in/x_n); ``None`` where a figure is missing or a base is not positive.

    ``NotComparableError`` unless unit, period and price basis are the same.
    """
    amounts = (local_part, local_total, reference_part, reference_total)
    if len({(amount.unit, amount.period, amount.price_basis) for amount in amounts}) != 1:
        raise NotComparableError("a location quotient needs one unit, one period and one price basis")
    return _ratio_of_shares(*(amount.value for amount in amounts))


def revealed_comparative_advantage(
    exports: float | None, all_exports: float | None, world_exports: float | None, all_world_exports: float | None
) -> float | None:
    """Return Balassa's RCA = (X_cp/X_c)/(X_wp/X_w); ``None`` where a figure is missing or a base not positive."""
    return _ratio_of_shares(exports, all_exports, world_exports, all_world_exports)


def _ratio_of_shares(
    part: float | None, whole: float | None, reference_part: float | None, reference_whole: float | None
) -> float | None:
    here, there = share(part, whole), share(reference_part, reference_whole)
    return here / there if here is not None and there is not None and there > 0 else None


@dataclass(frozen=True)
class ShiftShare:
    """The change of one industry: reference growth, industry mix, and the district's own part; they sum to it."""

    reference: float
    mix: float
    local: float

    @property
    def change(self) -> float:
        """Return Δx, in the unit of x."""
        return self.reference + self.mix + self.local


def shift_share(before: float, now: float, reference_growth: float, reference_growth_of_industry: float) -> ShiftShare:
    """Split Δx = x₀·G + x₀·(Gᵢ−G) + x₀·(gᵢ−Gᵢ); growths in per cent.

    The local part is what remains, so the sum holds also for an industry that starts at zero.
    """
    reference = before * reference_growth / PERCENT
    mix = before * (reference_growth_of_industry - reference_growth) / PERCENT
    return ShiftShare(reference, mix, now - before - reference - mix)


class Concentration(StrEnum):
    """Bands of the HHI (US Merger Guidelines 2023)."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


HHI_MODERATE_FROM, HHI_HIGH_ABOVE = 1000.0, 1800.0


def herfindahl(parts: Sequence[float]) -> float:
    """Return HHI = Σs² on 0–10 000 of the parts of a whole. ``ValueError`` on a negative part or an empty whole."""
    whole = math.fsum(parts)
    if whole <= 0 or min(parts) < 0:
        raise ValueError("a concentration needs parts that are not negative and not all zero")
    return math.fsum((PERCENT * part / whole) ** 2 for part in parts)


def concentration(index: float) -> Concentration:
    """Return the band of an HHI: 1 000–1 800 moderate, above it high."""
    if index > HHI_HIGH_ABOVE:
        return Concentration.HIGH
    return Concentration.MODERATE if index >= HHI_MODERATE_FROM else Concentration.LOW


COVERS_FROM = 99.5  # per cent: published parts are rounded, so a whole is covered a little below 100


@dataclass(frozen=True)
class Spread:
    """The HHI of the parts of a whole, or, where they do not cover it, only how much of it they cover (per cent)."""

    index: float | None
    covered: float | None


def spread(parts: Sequence[float | None], whole: float | None) -> Spread:
    """Return the HHI where the parts cover the whole, else the share they cover; a missing part covers nothing.

    Where no part is known, nothing is known of the coverage either.
    """
    known = [part for part in parts if part is not None]
    covered = share(math.fsum(known), whole) if known else None
    if covered is None or covered < COVERS_FROM or covered > PERCENT + (PERCENT - COVERS_FROM):
        return Spread(None, covered)
    return Spread(herfindahl(known), covered)

"""How the plain app asks: one SELECT that joins series and observations, as a DataFrame."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Engine, bindparam, text

HOME, NATION, PORT, WORLD = "370211", "100000", "CNQDG", "WLD"
MONTHS = 24
KEY_FIGURES: dict[str, dict[str, Any]] = {
    "地区生产总值": {"indicator": "gdp", "accumulation": "Y", "months": 60},
    "规上工业增加值增速": {"indicator": "industrial_va_growth", "accumulation": "Y", "industry": "_T"},
    "固定资产投资增速": {"indicator": "fixed_asset_investment_growth", "accumulation": "Y"},
    "社会消费品零售总额": {"indicator": "retail_sales", "accumulation": "Y"},
    "外贸进出口": {"indicator": "trade", "accumulation": "Y", "flow": "T", "partner": "_T", "commodity": "_T"},
    "一般公共预算收入": {"indicator": "budget_revenue", "accumulation": "Y"},
    "集装箱吞吐量": {"indicator": "container_throughput", "accumulation": "Y", "region": PORT},
    "数字经济核心产业占比": {"indicator": "digital_core_va_share", "accumulation": "Y"},
}


def series_of(engine: Engine, last: int, months: int = MONTHS, **parts: Any) -> pd.DataFrame:  # noqa: ANN401 - codes
    """Return the observations of the series with these parts of the key (a list means any of them), oldest first."""
    parts.setdefault("region", HOME)
    wanted = " AND ".join(f"s.{name} {'IN' if isinstance(code, list) else '='} :{name}" for name, code in parts.items())
    statement = text(
        "SELECT s.indicator, s.region, s.measure, s.industry, s.partner, s.commodity, s.flow, s.breakdown, "
        "o.period, o.value, o.simulated, o.obs_status FROM observation o JOIN series s ON s.series_id = o.series_id "
        f"WHERE {wanted} AND o.period BETWEEN :first AND :last ORDER BY o.period"
    ).bindparams(*(bindparam(name, expanding=True) for name, code in parts.items() if isinstance(code, list)))
    frame = pd.read_sql(statement, engine, params={**parts, "first": last - _reach(last, months), "last": last})
    frame["month"] = pd.to_datetime({"year": frame.period // 12, "month": frame.period % 12 + 1, "day": 1})
    return frame[frame.period > frame.period.max() - months] if len(frame) else frame


def _reach(last: int, months: int) -> int:
    """Return how far back to look: where no month is chosen, to the beginning, since the newest is not known yet."""
    return months if last < 30_000 else last


def newest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the newest period."""
    return frame[frame.period == frame.period.max()]


def latest(frame: pd.DataFrame, measure: str) -> str:
    """Return the newest value of a measure as text."""
    rows = frame[(frame.measure == measure) & frame.value.notna()]
    return "…" if rows.empty else f"{rows.iloc[-1].value:,.1f}" + ("%" if measure == "yoy" else "")

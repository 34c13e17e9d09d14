"""Small loads for warehouse tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from data.facts import Fact, Load, Reject, SeriesKey
from data.periods import month_period
from data.warehouse import Warehouse

KEY = SeriesKey("gdp", "370211", "Q", "Y")
TEXTS = {
    "title_zh": "公报", "title_en": "Communiqué", "publisher_zh": "统计局", "publisher_en": "Bureau",
    "licence": "open", "page": "https://example.org/",
}  # fmt: skip


def declare_sources(warehouse: Warehouse) -> None:
    """Register a real source ``real``, another one ``other``, and a simulated one ``simulated``."""
    for code in ("real", "other", "simulated"):
        warehouse.register_source(code, simulated=code == "simulated", **TEXTS)


def fact(value: float | None, *, key: SeriesKey = KEY, period: int = month_period(2024, 3), **parts: object) -> Fact:
    """One fact; its raw text is the number."""
    options = {"unit": "CNY_100M", "place": "row 1", "raw": str(value), "decimals": 2} | parts
    return Fact(key=key, period=period, value=value, **options)


def load(
    facts: Iterable[Fact], *, content: str, source: str = "real", vintage: date = date(2024, 4, 20), **parts: object
) -> Load:
    """A load of a file with this content."""
    data = content.encode()
    options = {"file_name": f"{content}.csv", "rejects": (), "rows_read": 0} | parts
    options |= {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
    return Load(source=source, vintage=vintage, facts=facts, **options)


def two_rejects() -> list[Reject]:
    return [Reject("row 7", "n/a", "not a number"), Reject("row 9", "1_000", "not a number")]

"""Figures put down for a test in a warehouse of its own, and panels drawn from them."""

from __future__ import annotations

from data.catalogue import Catalogue
from data.facts import Fact
from data.periods import month_period
from data.queries import read_frame
from data.selection import ROUTES
from data.warehouse import Warehouse
from layouts.panel import Drawing, Drawn
from layouts.panels import PANELS
from layouts.theme import Style
from tests.data.loads import declare_sources, fact, load

OCTOBER, YEAR_BEFORE = month_period(2024, 10), month_period(2023, 10)


class Book:
    """Figures put down for a test, and panels drawn from them."""

    def __init__(self, warehouse: Warehouse, catalogue: Catalogue) -> None:
        self.warehouse, self.catalogue = warehouse, catalogue
        self.facts: list[Fact] = []

    def put(
        self,
        indicator: str,
        value: float | None,
        *,
        period: int = OCTOBER,
        measure: str = "level",
        accumulation: str = "Y",
        region: str | None = None,
        conf: str = "F",
        **dims: str,
    ) -> Book:
        """Put down one figure of an indicator."""
        key = self.catalogue.indicators[indicator].key(
            accumulation=accumulation, measure=measure, region=region, **dims
        )
        self.facts.append(fact(value, key=key, period=period, conf_status=conf))
        return self

    def drawn(self, code: str, **choices: object) -> Drawn:
        """Store what was put down and draw a panel from it."""
        declare_sources(self.warehouse)
        self.warehouse.write(load(self.facts, content="figures"))
        return self.again(code, **choices)

    def again(self, code: str, **choices: object) -> Drawn:
        """Draw a panel from what is stored."""
        selection = ROUTES["/clusters"].with_(**choices)
        frame = read_frame(self.warehouse, PANELS[code].ask(self.catalogue, selection), simulated=True)
        style = Style("light", "cn", "desk", selection.language)
        return PANELS[code].draw(Drawing(frame, self.catalogue, selection, style))


def rows(drawn: Drawn, trace: int = 0) -> dict[str, tuple[float | None, str]]:
    """Return the bars of a ranking by name: value and label."""
    data, axis = drawn.figure["data"][trace], drawn.figure["layout"]["yaxis"]
    names = [name.replace("<b>", "").replace("</b>", "") for name in axis["ticktext"]]
    return dict(zip(names, zip(data["x"], data["text"], strict=True), strict=True))

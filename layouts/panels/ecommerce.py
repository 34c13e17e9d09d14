"""Cross-border e-commerce since January, against the year before. Releases of other scopes are never chained to it."""

from __future__ import annotations

from layouts.panel import Empty
from layouts.panels.monthly import Months, months_panel
from layouts.takeaways import Named

NO_ECOMMERCE = Empty(
    "没有公开的本区跨境电商进出口额",
    "No cross-border e-commerce of the district is published",
    "接入区商务部门的数据后显示",
    "Connect the district's commerce bureau to see it",
)

PANELS = (
    months_panel(
        "ecommerce",
        "trade",
        Named("跨境电商进出口", "E-commerce trade"),
        Named("累计 亿元", "YTD CNY bn"),
        Months("cross_border_ecommerce", "Y", Named("跨境电商", "E-commerce trade"), NO_ECOMMERCE),
    ),
)

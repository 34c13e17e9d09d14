"""Investment: what was signed, by industry and over the year, what was paid in, and foreign capital.

Yuan and dollars stand in panels of their own and are never added.
"""

from __future__ import annotations

from functools import partial

from layouts.panel import Empty, Panel
from layouts.panels.members import Measure, Members, ask_members, draw_members
from layouts.panels.monthly import Months, months_panel
from layouts.panels.tiles import Tile, tiles_panel
from layouts.takeaways import Named

NO_PROJECTS = Empty(
    "没有公开的本区签约项目数据",
    "No projects signed in the district are published",
    "接入区招商部门的数据后显示",
    "Connect the district's investment bureau to see them",
)
NO_FOREIGN = Empty(
    "没有公开的本区外资数据",
    "No foreign investment of the district is published",
    "接入区商务部门的数据后显示",
    "Connect the district's commerce bureau to see it",
)
SIGNED = Members(
    "industry",
    (),
    Named("产业", "industries"),
    Measure("signed_amount", "Y", Named("签约金额 亿元 · 同比", "Amount CNY bn · y/y")),
    NO_PROJECTS,
    Measure("signed_projects", "Y", Named("项目 个 · 同比", "Projects · y/y")),
    adds_up=True,
    selects=True,
)
FOREIGN = (
    Tile("fdi_utilised", Named("实际使用外资", "FDI utilised"), ("Y",)),
    Tile("contracted_foreign_investment", Named("合同外资", "Contracted FDI"), ("Y",)),
    Tile("foreign_invested_enterprises_new", Named("新设外资企业", "New foreign firms"), ("Y",)),
    Tile("fortune500_projects_cumulative", Named("世界500强项目", "Global 500 projects"), ("P",)),
)

PANELS = (
    Panel(
        code="signed",
        theme="investment",
        title_zh="签约项目",
        title_en="Projects signed",
        unit_zh="累计 · 按产业",
        unit_en="YTD, by industry",
        ask=partial(ask_members, SIGNED),
        draw=partial(draw_members, SIGNED),
        follows=frozenset({"period", "industry"}),
        selects="industry",
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
    tiles_panel(
        "foreign",
        "investment",
        Named("外资", "Foreign capital"),
        Named("累计 · 同比", "YTD · y/y"),
        FOREIGN,
        NO_FOREIGN,
    ),
    months_panel(
        "signed_amount",
        "investment",
        Named("签约金额", "Amount signed"),
        Named("累计 亿元", "YTD CNY bn"),
        Months("signed_amount", "Y", Named("签约", "Signed"), NO_PROJECTS),
    ),
    months_panel(
        "paid_in",
        "investment",
        Named("到位资金", "Capital paid in"),
        Named("累计 亿元", "YTD CNY bn"),
        Months("paid_in_capital", "Y", Named("到位资金", "Paid in"), NO_PROJECTS),
    ),
)

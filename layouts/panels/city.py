"""The running of the city: market entities, government services, enforcement, quality inspection, smart-city projects.

Rates move in percentage points and stand apart from counts.
"""

from __future__ import annotations

from functools import partial

from layouts.panel import Empty, Panel
from layouts.panels.members import Measure, Members, ask_members, draw_members
from layouts.panels.monthly import Months, months_panel
from layouts.panels.tiles import Tile, tiles_panel
from layouts.takeaways import Named

NO_ENTITIES = Empty(
    "所选时期没有市场主体数据",
    "No market entities for this period",
    "接入区市场监管部门的数据后显示",
    "Connect the district's market bureau to see them",
)
NO_SERVICES = Empty(
    "没有公开的政务服务、执法与抽检数据",
    "No services, enforcement or inspections are published",
    "接入区行政审批、执法、市场监管部门的数据后显示",
    "Connect the bureaus concerned to see them",
)
NO_SMART_CITY = Empty(
    "没有公开的智慧城市项目数据",
    "No smart-city projects are published",
    "接入区大数据部门的数据后显示",
    "Connect the district's data bureau to see them",
)
ENTITIES = (
    Tile("market_entities", Named("实有市场主体", "Market entities"), ("P",)),
    Tile("enterprises", Named("实有企业", "Companies"), ("P",)),
    Tile("self_employed", Named("个体工商户", "Self-employed"), ("P",)),
    Tile("market_entities_new", Named("新登记主体", "New entities"), ("Y",)),
    Tile("enterprises_new", Named("新登记企业", "New companies"), ("Y",)),
    Tile("self_employed_new", Named("新登记个体户", "New self-employed"), ("Y",)),
)
RATES = (
    Tile("online_service_rate", Named("政务网办率", "Online rate")),
    Tile("enforcement_closure_rate", Named("执法办结率", "Closure rate")),
    Tile("quality_pass_rate", Named("抽检合格率", "Pass rate")),
)
SMART_CITY = (
    Tile("smart_city_projects", Named("智慧项目", "Projects"), ("P",)),
    Tile("smart_city_investment", Named("完成投资", "Investment"), ("Y",)),
    Tile("smart_city_progress", Named("平均进度", "Average progress"), ("P",)),
)
ENFORCEMENT = Members(
    "breakdown", (), Named("类别", "kinds"), Measure("enforcement_events", "S"), NO_SERVICES, adds_up=True
)
QUALITY = Members(
    "breakdown",
    (),
    Named("品种", "kinds"),
    Measure("quality_batches", "S", Named("抽检批次 · 同比", "Batches · y/y")),
    NO_SERVICES,
    Measure("quality_pass_rate", "S", Named("合格率 % · 个百分点", "Pass rate % · pp")),
)
MONTHLY = {"fixed_zh": "固定当月", "fixed_en": "Monthly only"}

PANELS = (
    tiles_panel(
        "entities",
        "city",
        Named("市场主体", "Market entities"),
        Named("期末、累计 · 同比", "stock, YTD · y/y"),
        ENTITIES,
        NO_ENTITIES,
        columns=3,
    ),
    months_panel(
        "entities_new",
        "city",
        Named("新登记市场主体", "New market entities"),
        Named("累计 户", "YTD, registered"),
        Months("market_entities_new", "Y", Named("新登记", "New entities"), NO_ENTITIES),
    ),
    months_panel(
        "services",
        "city",
        Named("政务服务办件", "Service cases"),
        Named("当月 件", "monthly cases"),
        Months("government_services", "S", Named("办件", "Service cases"), NO_SERVICES),
    ),
    tiles_panel(
        "city_rates",
        "city",
        Named("网办、办结、合格率", "Service rates"),
        Named("当月 · 同比个百分点", "monthly · y/y in pp"),
        RATES,
        NO_SERVICES,
        columns=1,
    ),
    Panel(
        code="enforcement",
        theme="city",
        title_zh="综合执法事件",
        title_en="Enforcement events",
        unit_zh="当月 件 · 同比",
        unit_en="monthly cases · y/y",
        ask=partial(ask_members, ENFORCEMENT),
        draw=partial(draw_members, ENFORCEMENT),
        follows=frozenset({"period"}),
        **MONTHLY,  # type: ignore[arg-type]
    ),
    Panel(
        code="quality",
        theme="city",
        title_zh="质量抽检",
        title_en="Quality inspection",
        unit_zh="当月 · 批次与合格率",
        unit_en="monthly, batches and pass rate",
        ask=partial(ask_members, QUALITY),
        draw=partial(draw_members, QUALITY),
        follows=frozenset({"period"}),
        **MONTHLY,  # type: ignore[arg-type]
    ),
    tiles_panel(
        "smart_city",
        "city",
        Named("智慧城市项目", "Smart-city projects"),
        Named("期末、累计 · 同比", "stock, YTD · y/y"),
        SMART_CITY,
        NO_SMART_CITY,
        columns=3,
    ),
)

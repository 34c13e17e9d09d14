"""The core digital economy by class (01–04 of the 2021 classification), its share of GDP, software, parks and networks.

Class 05 is never among them: the classes shown are those the catalogue says add up to the core.
"""

from __future__ import annotations

from functools import partial

from layouts.panel import Empty, Panel
from layouts.panels.members import Measure, Members, ask_members, draw_members
from layouts.panels.monthly import Months, months_panel
from layouts.panels.tiles import Tile, tiles_panel
from layouts.takeaways import Named

NO_CORE = Empty(
    "没有公开的数字经济核心产业分类数据",
    "No figures of the core digital classes are published",
    "接入区统计部门的数据后显示",
    "Connect the district's statistics bureau to see them",
)
NO_SOFTWARE = Empty(
    "没有公开的本区分类软件业务收入",
    "No software revenue of the district by kind is published",
    "接入区工信部门的数据后显示",
    "Connect the district's industry bureau to see it",
)
NO_DATA_BUREAU = Empty(
    "没有公开的本区数字基础设施与开放数据",
    "No digital infrastructure or open data are published",
    "接入区大数据部门的数据后显示",
    "Connect the district's data bureau to see them",
)
NO_PARKS = Empty(
    "没有公开的数字经济园区数据",
    "No figures of digital parks are published",
    "接入区工信部门的数据后显示",
    "Connect the district's industry bureau to see them",
)
CLASSES = Members(
    "industry",
    (),
    Named("大类", "classes"),
    Measure("digital_core_revenue", "Y", Named("营业收入 亿元 · 同比", "Revenue CNY bn · y/y")),
    NO_CORE,
    Measure("digital_core_va_share", "Y", Named("占 GDP % · 个百分点", "Share of GDP % · pp")),
    adds_up=True,
)
SOFTWARE = Members("breakdown", (), Named("类别", "kinds"), Measure("software_revenue", "Y"), NO_SOFTWARE, adds_up=True)
NETWORKS = (
    Tile("base_stations_5g", Named("5G基站", "5G stations"), ("P",)),
    Tile("gigabit_coverage", Named("千兆光网覆盖率", "Gigabit cover"), ("P",)),
    Tile("iot_devices", Named("物联感知设备", "IoT devices"), ("P",)),
    Tile("open_datasets", Named("开放数据集", "Open datasets"), ("P",)),
)
PARKS = (
    Tile("digital_parks", Named("园区数", "Parks"), ("P",)),
    Tile("digital_park_enterprises", Named("园区企业", "Park firms"), ("P",)),
    Tile("digital_park_output", Named("园区产值", "Park output"), ("Y",)),
)

PANELS = (
    Panel(
        code="digital_core",
        theme="digital",
        title_zh="数字经济核心产业",
        title_en="Core digital classes",
        unit_zh="01–04 大类，不含 05",
        unit_en="classes 01–04, without 05",
        ask=partial(ask_members, CLASSES),
        draw=partial(draw_members, CLASSES),
        follows=frozenset({"period"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
    months_panel(
        "core_share",
        "digital",
        Named("核心产业占 GDP 比重", "Core share of GDP"),
        Named("累计 %", "YTD %"),
        Months("digital_core_va_share", "Y", Named("核心占比", "Core share of GDP"), NO_CORE, slots=9),
    ),
    Panel(
        code="software",
        theme="digital",
        title_zh="软件业务收入",
        title_en="Software revenue",
        unit_zh="累计 亿元 · 同比",
        unit_en="YTD CNY bn · y/y",
        ask=partial(ask_members, SOFTWARE),
        draw=partial(draw_members, SOFTWARE),
        follows=frozenset({"period"}),
        fixed_zh="固定累计",
        fixed_en="Year to date only",
    ),
    tiles_panel(
        "networks",
        "digital",
        Named("数字基础设施", "Infrastructure"),
        Named("期末 · 同比", "end of month · y/y"),
        NETWORKS,
        NO_DATA_BUREAU,
    ),
    tiles_panel(
        "parks",
        "digital",
        Named("数字经济园区", "Digital parks"),
        Named("同比推算", "y/y derived"),
        PARKS,
        NO_PARKS,
        columns=3,
    ),
    months_panel(
        "open_data",
        "digital",
        Named("开放数据调用量", "Calls of open data"),
        Named("当月 万次", "monthly 10k calls"),
        Months("open_data_calls", "S", Named("数据调用", "Data calls"), NO_DATA_BUREAU),
    ),
)

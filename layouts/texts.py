"""The fixed words of the screen in Chinese and English. Numbers, units and dates are made by ``layouts.words``."""

from __future__ import annotations

from layouts.theme import Language

TEXTS: dict[str, tuple[str, str]] = {
    "source": ("来源：", "Source: "),
    "loaded": ("入库", "loaded"),
    "simulated": ("模拟", "Simulated"),
    "simulated_data": ("模拟数据", "Simulated data"),
    "some_simulated": ("含模拟数据", "Includes simulated data"),
    "simulated_chip": ("含模拟", "Simulated"),
    "stale": ("过期", "Stale"),
    "error": ("出错", "Error"),
    "retry": ("重试", "Retry"),
    "loading": ("正在读取…", "Loading…"),
    "no_data": ("没有可显示的数据", "No data to show"),
    "no_data_hint": (
        "该指标尚未接入来源，或所选时期没有数据",
        "No source is connected, or the period chosen has no data",
    ),
    "no_permission": ("您没有查看该指标的权限", "You may not see this indicator"),
    "no_permission_hint": ("可向数据管理部门申请", "Ask the data office for access"),
    "fixed_period": ("固定最新一期", "Latest period only"),
    "fixed_accumulation": ("固定口径", "Fixed measure"),
    "key_figures": ("核心指标", "Key indicators"),
    "filters": ("筛选", "Filters"),
    "period": ("时期", "Period"),
    "latest": ("最新", "Latest"),
    "latest_of": ("最新（{period}）", "Latest ({period})"),
    "freshness": ("数据：", "Data: "),
    "measure": ("口径", "Measure"),
    "single": ("当期", "Single"),
    "cumulative": ("累计", "YTD"),
    "theme": ("切换深浅色", "Switch theme"),
    "language": ("English", "中文"),
    "reset": ("重置", "Reset"),
    "dark": ("深色", "Dark"),
    "light": ("浅色", "Light"),
    "language_name": ("中文", "EN"),
    "wall_viewer": ("大屏", "Wall"),
    "connected": ("实时连接", "Live"),
    "latest_release": ("最近发布", "Latest release"),
    "released": ("最近发布", "Released"),
    "alerts": ("预警", "Alerts"),
    "no_alerts": ("当前没有预警", "No alerts"),
    "pages": ("页面", "Pages"),
    "turning_paused": ("已暂停 · 空格继续", "Paused · Space to go on"),
    "turning_pinned": ("有Ⅰ、Ⅱ级预警，停在本页", "Held: level Ⅰ or Ⅱ alert"),
    "page_troubled": ("本页 {n} 个面板数据过期或出错", "{n} panels here are late or failed"),
    "wall_link": ("大屏", "Wall"),
    "year_on_year": ("同比", "y/y"),
    "since_previous": ("较上期", "vs prev."),
    "points": ("百分点", "pp"),
    "target": ("目标", "target"),
    "target_short": ("目标", "Goal"),
    "target_reached": ("年度", "FY"),
    "example_target": ("示例目标", "example target"),
    "example_target_short": ("示例目标", "Ex. target"),
    "example_reached": ("示例年度", "Ex. FY"),
    "figures_table": ("主要指标", "Figures"),
    "skip": ("跳到主要内容", "Skip to content"),
    "published_months": ("全年12个月中已发布{n}个月", "{n} of 12 months published"),
    "levels": ("Ⅰ 红色,Ⅱ 橙色,Ⅲ 黄色,Ⅳ 蓝色", "Ⅰ Red,Ⅱ Orange,Ⅲ Yellow,Ⅳ Blue"),
    "rotating": ("另 {n} 条轮换", "+{n} more rotating"),
    "color_classes": ("色阶：同比每5个百分点一级", "Colour classes of 5 points"),
    "refresh_failed": (
        "刷新失败，显示的是上次成功的数据（{time}，代码 {code}）",
        "Refresh failed; showing the last good data ({time}, code {code})",
    ),
}


def text(key: str, language: Language, **parts: object) -> str:
    """Return a fixed text in a language, with its named parts filled in."""
    return TEXTS[key][1 if language == "en" else 0].format(**parts) if parts else TEXTS[key][language == "en"]

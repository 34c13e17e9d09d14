"""The panel frame: its parts, its states, and what is printed about the cells shown."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from dash._utils import to_json

from data.facts import SeriesKey
from data.freshness import Freshness
from data.periods import month_period
from data.queries import Cell, CitedPage, Frame, Provenance
from layouts import marks
from layouts.kpi import Kpi, Target, kpi_card
from layouts.markup import markup
from layouts.panel import PARTS, Drawn, Empty, Panel, Takeaway, drawn_parts, failed_parts, shell
from layouts.screens import DESK_OVERVIEW, WALL_OVERVIEW
from layouts.sparkline import sparkline
from layouts.stamps import Overdue, Stamp, stamp_of
from layouts.theme import Style

WALL, DESK = Style(), Style("light", "cn", "desk", "en")
KEY = SeriesKey("cargo_throughput", "CNQDG", "M", "S")
SEPTEMBER = month_period(2024, 9)
LOADED = datetime(2024, 10, 17, 17, 0, tzinfo=UTC)
CATALOGUE = SimpleNamespace(indicators={"cargo_throughput": SimpleNamespace(combined_january_february=True)})


def nothing(*_: object) -> object:
    raise AssertionError("not asked here")


PANEL = Panel("port", "port", "货物", "Cargo", "万吨", "10k t", nothing, nothing)


def load(number: int, simulated: bool = False) -> Provenance:
    zh, en = ("模拟", "Simulator") if simulated else ("港口集团", "Port group")
    day = date(2024, 10, 1)
    return Provenance(number, "a.csv", "0" * 64, day, LOADED, "x", "题", "T", zh, en, "", "", simulated)


def cell(period: int, value: float | None = 1.0, **parts: object) -> Cell:
    plain = Cell(period, value, 1, "A", "F", False, False, 0, 1, None, "B2", date(2024, 10, 1))
    return plain._replace(**parts)


def stamp(*cells: Cell, drawn: Drawn | None = None, style: Style = WALL, **more: object) -> Stamp:
    pages = {7: CitedPage(7, "区统计局", "公报", "2024-10-18", "")}
    frame = Frame({KEY: cells}, {KEY: SEPTEMBER}, {1: load(1), 2: load(2, simulated=True)}, pages)
    return stamp_of(frame, drawn or Drawn(), CATALOGUE, style, **more)


def named(parts: dict) -> dict[str, object]:
    return {f"{part}.{name}": value for (part, name), value in parts.items()}


def words_of(components: object) -> str:
    return json.dumps(json.loads(to_json(components)), ensure_ascii=False)


def test_the_shell_is_labelled_and_says_that_it_loads() -> None:
    root = shell(PANEL, WALL, "a-trd")
    assert root.className == "panel p-port a-trd loading"
    assert getattr(root, "data-panel") == "port"
    assert getattr(root, "data-version") == ""
    assert getattr(root, "aria-labelledby") == root.children[0].children[0].id
    assert "正在读取" in words_of(root)


def test_every_part_that_is_written_is_in_the_shell() -> None:
    text = markup(shell(PANEL, WALL))
    for part, _ in PARTS:
        assert text.count(f'data-part="{part}"') == 1


def test_only_the_desk_has_buttons_and_says_which_filter_is_ignored() -> None:
    fixed = Panel("port", "port", "货物", "Cargo", "", "", nothing, nothing, frozenset(), fixed_en="Monthly only")
    assert "Monthly only" in words_of(shell(fixed, DESK))
    assert "Button" not in words_of(shell(fixed, WALL))


def test_a_drawn_panel() -> None:
    drawn = Drawn(figure={"data": []}, takeaway=Takeaway("涨 **7.6%**", "up **7.6%**"), alt="说明")
    parts = named(drawn_parts(PANEL, drawn, stamp(cell(SEPTEMBER)), WALL, "12", "a-teu"))
    assert parts["plot.figure"] == {"data": []}
    assert parts["root.class"] == "panel p-port a-teu drawn"
    assert parts["root.data-version"] == "12"
    assert parts["root.data-state"] == "drawn"
    assert [getattr(part, "children", part) for part in parts["takeaway.html"]] == ["涨 ", "7.6%"]
    assert parts["plot.aria-label"] == "说明"
    assert parts["side.html"] == []
    assert [span.children for span in parts["foot.html"]] == ["来源：港口集团", "2024年9月 · 入库 10-18"]


def test_the_foot_names_cited_publishers_and_the_shanghai_day() -> None:
    foot = stamp(cell(SEPTEMBER, citation_id=7)).foot(WALL, "口径说明", "scope")
    assert foot[0].children == "来源：区统计局 · 口径说明"
    assert foot[1].title == "2024-10-18 01:00"


def test_simulated_cells_are_marked_in_frame_badge_and_source() -> None:
    found = stamp(cell(SEPTEMBER, simulated=True, load_id=2))
    parts = named(drawn_parts(PANEL, Drawn(figure={}), found, WALL, "1"))
    assert parts["root.class"].endswith(" wm")
    assert "模拟" in words_of(parts["side.html"])
    assert parts["foot.html"][0].children == "来源：模拟数据"


def test_one_simulated_cell_among_real_ones_is_said() -> None:
    mixed = stamp(cell(SEPTEMBER - 1), cell(SEPTEMBER, simulated=True, load_id=2))
    assert mixed.simulated
    assert not mixed.all_simulated
    assert mixed.foot(WALL)[0].children == "来源：港口集团，含模拟数据"


@pytest.mark.parametrize(
    ("parts", "flags", "badge"),
    [
        ({"obs_status": "P"}, (), "初步"),
        ({"revisions": 2}, (), "已修订"),
        ({"derived": True}, (), "推算"),
        ({}, ("nominal",), "名义推算"),
    ],
)
def test_badges_are_read_off_the_cells(parts, flags, badge) -> None:
    found = stamp(cell(SEPTEMBER, **parts), drawn=Drawn(flags=frozenset(flags)))
    assert [chip.children for chip in found.badges(WALL)] == [badge]


def test_late_data_wear_a_chip_and_a_banner_and_stay() -> None:
    late = stamp(cell(SEPTEMBER), overdue=Overdue("9月", date(2024, 10, 3), 18))
    parts = named(drawn_parts(PANEL, Drawn(figure={"data": [1]}), late, WALL, "1"))
    assert parts["plot.figure"] == {"data": [1]}
    assert parts["root.data-state"] == "stale"
    assert "9月起数据未接入（应于 2024-10-03 发布，已 18 天）" in words_of(parts["banner.html"])
    assert "过期" in words_of(parts["side.html"])


def test_the_chip_says_the_state_and_names_what_is_late_where_only_a_part_is() -> None:
    whole = Overdue("Jan 2025", date(2025, 2, 18), 643, Freshness.BROKEN)
    assert "Interrupted" in words_of(stamp(cell(SEPTEMBER), overdue=whole).badges(DESK))
    assert whole.sentence(DESK) == "Not loaded since Jan 2025 (due 2025-02-18, 643 days ago)"
    part = Overdue("2023年12月", date(2024, 1, 15), 9, Freshness.BROKEN, "纸浆", 2, partial=True, peers=2)
    found = stamp(cell(SEPTEMBER), overdue=part)
    assert found.banner(WALL) is None
    assert found.badges(WALL)[0].children[1] == "纸浆等3项中断"
    assert found.badges(WALL)[0].title == "纸浆自2023年12月起未更新（应于 2024-01-15 发布，已 9 天）；另有2项未更新"


def test_a_chosen_period_without_data_is_said_only_if_the_figures_are_older() -> None:
    assert stamp(cell(SEPTEMBER), chosen=SEPTEMBER).banner(WALL) is None
    older = stamp(cell(SEPTEMBER), chosen=SEPTEMBER + 1)
    assert "所选时期无数据，显示2024年9月" in words_of(older.banner(WALL))
    assert older.badges(WALL) == []


def test_the_publisher_of_the_printed_period_leads_and_a_reprint_is_called_one() -> None:
    pages = {
        7: CitedPage(7, "新闻稿件（青岛海关统计），第三方转载页", "", "", ""),
        8: CitedPage(8, "信网", "", "", ""),
    }
    cells = (
        cell(SEPTEMBER - 2),
        cell(SEPTEMBER - 1, citation_id=8),
        cell(SEPTEMBER, citation_id=7),
    )
    frame = Frame({KEY: cells}, {KEY: SEPTEMBER}, {1: load(1)}, pages)
    foot = stamp_of(frame, Drawn(), CATALOGUE, DESK).foot(WALL)
    assert foot[0].children == "来源：新闻报道（转载）、信网、港口集团"


def test_an_empty_panel_keeps_its_frame_and_says_why() -> None:
    drawn = Drawn(empty=Empty("没有码头", "No terminal", "改看全区", "See the whole area"))
    parts = named(drawn_parts(PANEL, drawn, stamp(), WALL, "3"))
    assert parts["plot.figure"] is None
    assert parts["root.class"] == "panel p-port empty"
    assert "没有码头" in words_of(parts["body.html"])
    assert parts["root.data-version"] == "3"
    assert "wm" not in parts["root.class"]


def test_a_failure_keeps_the_last_good_picture() -> None:
    parts = named(failed_parts(WALL, "10:12", "E-502"))
    assert "plot.figure" not in parts  # what is not named stays as it is
    assert "root.data-version" not in parts
    assert "10:12" in words_of(parts["banner.html"])
    assert "E-502" in words_of(parts["banner.html"])


def test_bold_and_lists() -> None:
    assert [getattr(part, "children", part) for part in marks.bold("a **b** c")] == ["a ", "b", " c"]
    assert marks.listed(None) == []
    assert marks.listed("x") == ["x"]


def test_a_sparkline_never_bridges_a_gap() -> None:
    line = sparkline([1, 2, None, 4, 3], WALL)
    assert line.children.src.count("stroke-linejoin") == 2
    assert sparkline([None, 1], WALL).children is None


def test_a_limit_is_a_dashed_level_within_the_picture() -> None:
    plain, limited = (unquote(sparkline([1, 2, 3], WALL, limit=limit).children.src) for limit in (None, 5))
    assert "limit" not in plain
    level = re.search(r'd="M0 ([\d.]+)H100"[^>]*class="s limit"', limited)
    assert level is not None
    assert 0 < float(level[1]) < 50  # above the figures, and inside the picture
    assert sparkline([None, 1], WALL, limit=5).children is None


def test_a_card_says_its_badges_and_its_target() -> None:
    target = Target(120, -5, "目标", "6.0%", "超 1.0 个百分点")
    card = words_of(kpi_card(Kpi("gdp", "GDP", "3,796.2", "亿元", target=target), WALL))
    assert "100.0%" in card
    assert "0.0%" in card
    assert "3,796.2" in card


def test_no_place_is_given_twice() -> None:
    for places in ([place for group in WALL_OVERVIEW.values() for place in group], DESK_OVERVIEW):
        codes = [place.panel for place in places]
        assert len(codes) == len(set(codes))


def test_chips_beyond_two_stand_behind_one_that_counts_and_names_them() -> None:
    many = stamp(cell(SEPTEMBER, obs_status="P", derived=True, revisions=2, simulated=True), style=DESK)
    first, second, more = many.badges(DESK)
    button, hidden = more.children
    assert (first.className, second.className) == ("chip sim", "chip provisional")
    assert (button.children, [each.children for each in hidden.children]) == ("+2", ["Derived", "Revised"])
    assert button.to_plotly_json()["props"]["aria-label"] == "2 more: Derived, Revised"
    assert all("more" not in str(each.className) for each in many.badges(WALL))  # nobody presses on a wall


def test_a_single_chip_is_never_hidden_behind_a_count() -> None:
    three = stamp(cell(SEPTEMBER, obs_status="P", derived=True, simulated=True), style=DESK)
    assert [each.className for each in three.badges(DESK)] == ["chip sim", "chip provisional", "chip derived"]

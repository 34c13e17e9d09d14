"""口径与溯源: what a panel's figures mean, how they are worked out, where they come from, and what became of them.

Plain data, a list of sections; ``assets/later-1-dialog.js`` makes the elements. A section has a ``kind``: ``pairs``
(word and text), ``chain`` (steps with a head and a text) or ``marks`` (an icon name and a sentence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.freshness import Freshness
from data.periods import Accumulation
from data.queries import CONFIDENTIAL
from data.status import CellKind
from layouts import words
from layouts.series_names import apart

if TYPE_CHECKING:
    from data.catalogue.models import Indicator
    from data.facts import SeriesKey
    from data.freshness import NextRelease
    from data.origins import Change, Counted, Remark
    from data.queries import Cell, Provenance
    from layouts.view import View

MOST_LOADS, MOST_REMARKS, MOST_REVISIONS = 6, 6, 12
HASH_CHARACTERS = 12
FREQUENCIES = {"M": ("月度", "monthly"), "Q": ("季度", "quarterly"), "A": ("年度", "annual"), "D": ("每日", "daily")}
GROWTH_RULES = {
    "official": ("公布数，可比口径，不由总量相除", "as published at comparable scope, never divided from levels"),
    "nominal": ("公布方未给出，由总量推算并注明", "not published; calculated from levels and marked"),
    "none": ("不计算；增速、比重的变动用个百分点", "none; rates and shares change in percentage points"),
}
Section = dict[str, Any]


@dataclass(frozen=True)
class Origins:
    """What the drawer knows beyond the panel's own frame: ledger, checks, history, calendar, related panels."""

    counted: Sequence[Counted]
    remarks: Sequence[Remark]
    changes: Sequence[Change]
    releases: Mapping[str, NextRelease]
    related: Sequence[str]


def drawer(view: View, origins: Origins) -> list[Section]:
    """Return the sections in the order a reader asks: meaning, formula, chain, checks, revisions, next, citation."""
    say = view.style.words
    return [
        _section(say("指标定义", "Definition"), "pairs", list(_definitions(view))),
        _section(say("计算方法", "How it is worked out"), "pairs", formulas(view)),
        _section(say("数据链路", "Where it comes from"), "chain", list(_chain(view, origins))),
        _section(say("质量检查", "Checks"), "marks", list(_checks(view, origins))),
        _section(say("修订记录", "Revisions"), "pairs", _revisions(view, origins)),
        _section(say("下次更新", "Next release"), "pairs", list(_releases(view, origins))),
        _section(say("引用与复用", "Citation"), "pairs", list(_citation(view, origins))),
    ]


def _section(title: str, kind: str, rows: list[list[str]]) -> Section:
    return {"title": title, "kind": kind, "rows": rows}


def indicators_of(view: View) -> list[Indicator]:
    """Return the indicators shown, in the order of the chart; all that were asked for where nothing is shown."""
    keys = [each.key for each in view.listed()] or list(view.frame)
    return [view.catalogue.indicators[code] for code in dict.fromkeys(key.indicator for key in keys)]


def _definitions(view: View) -> Iterator[list[str]]:
    say, language = view.style.words, view.style.language
    found = indicators_of(view)
    for each in found:
        unit = view.catalogue.units[each.unit]
        named = say(unit.name_zh, unit.stored_name_en or unit.name_en)
        name = each.word("name", language)
        yield [say("指标", "Indicator"), say(f"{name}（{named}）", f"{name} ({named})") if named else name]
        yield [say("口径", "Scope"), each.word("definition", language)]
        if each.warning_zh:
            yield [say("注意", "Note"), each.word("warning", language)]
    rules = dict.fromkeys(say(*GROWTH_RULES[each.growth]) for each in found)
    yield [say("同比", "y/y"), say("；", "; ").join(rules)]
    rhythm = dict.fromkeys(_rhythm(view, each) for each in found)
    yield [say("频率", "Frequency"), say("；", "; ").join(rhythm)]
    yield from _clusters(view)


def _rhythm(view: View, indicator: Indicator) -> str:
    zh, en = FREQUENCIES[indicator.frequency]
    days = indicator.release_lag_days
    return view.style.words(f"{zh}，期后约{days}天发布", f"{en}, about {days} days after the period")


def _clusters(view: View) -> Iterator[list[str]]:
    codes = dict.fromkeys(each.key.industry for each in view.listed() if each.key.industry in view.catalogue.clusters)
    for code in codes:
        cluster = view.catalogue.clusters[code]
        divisions = view.style.words("、", ", ").join(cluster.divisions)
        name = cluster.word("short", view.style.language)
        yield [view.style.words("集群", "Cluster"), f"{name} = {view.style.words('行业代码', 'divisions')} {divisions}"]


def formulas(view: View) -> list[list[str]]:
    """Return how the figures that are not stored are worked out; without any, that there are none."""
    say = view.style.words
    rows = [[say(one.name_zh, one.name_en), say(one.formula_zh, one.formula_en)] for one in view.drawn.worked_out]
    if view.stamp.nominal:
        formula = ("本期 ÷ 上年同期 − 1，按现价", "this period / same period last year − 1, current prices")
        rows.append([say("名义推算", "Nominal"), say(*formula)])
    if view.stamp.derived:
        formula = ("由公布的累计数或水平相减、相除得出", "from published cumulated figures or levels")
        rows.append([say("推算", "Derived"), say(*formula)])
    none = ("图上数值均为入库数值，未作换算", "every figure stands as it was loaded")
    return rows or [[say("数值", "Figures"), say(*none)]]


# --- the chain ---------------------------------------------------------------------------------------------------


def shown_cells(view: View) -> list[tuple[SeriesKey, Cell]]:
    """Return the cells in the table of the panel, the newest first."""
    pairs = [(each.key, view.frame.at(each.key, period)) for each in view.listed() for period in each.periods]
    found = [(key, cell) for key, cell in pairs if cell is not None]
    return sorted(found, key=lambda pair: -pair[1].period)


def loads_of(view: View) -> list[Provenance]:
    """Return the loads the shown cells came with, the one of the newest cell first."""
    ids = dict.fromkeys(cell.load_id for _, cell in shown_cells(view))
    return [view.frame.loads[load_id] for load_id in ids if load_id in view.frame.loads]


def _chain(view: View, origins: Origins) -> Iterator[list[str]]:
    say, loads = view.style.words, loads_of(view)
    counts = {each.load_id: each for each in origins.counted}
    for load in loads[:MOST_LOADS]:
        publisher = say(f"{load.publisher_zh}《{load.title_zh}》", f"{load.publisher_en}: {load.title_en}")
        yield [publisher, _file_words(view, load, counts.get(load.load_id))]
    if len(loads) > MOST_LOADS:
        more = len(loads) - MOST_LOADS
        yield [say(f"另有 {more} 个文件", f"{more} more files"), say("见下方数据表", "see the table of sources")]
    yield from _newest_place(view)
    remarks = len(origins.remarks)
    checked = say(f"{len(loads)} 次入库，{remarks} 条提示", f"{len(loads)} loads, {remarks} remarks")
    yield [say("校验", "Checks"), checked]
    cells = len(shown_cells(view))
    drawn = say(f"{cells} 个数值 · 数据版本 {view.version}", f"{cells} figures · data version {view.version}")
    yield [say("查询 → 本图", "Query → this chart"), drawn]


def _file_words(view: View, load: Provenance, counts: Counted | None) -> str:
    say = view.style.words
    loaded = words.time_label(load.loaded_at) if load.loaded_at else "…"
    parts = [load.file_name, f"SHA-256 {load.sha256[:HASH_CHARACTERS]}"]
    parts.append(say(f"发布 {load.vintage.isoformat()}", f"published {load.vintage.isoformat()}"))
    parts.append(say(f"{loaded} 入库", f"loaded {loaded}"))
    if counts is not None:
        zh = (
            f"{counts.rows_read:,} 行，新增 {counts.rows_new:,}，修订 {counts.rows_revised:,}，"
            f"拒绝 {counts.rows_rejected:,}"
        )
        en = (
            f"{counts.rows_read:,} rows, {counts.rows_new:,} new, {counts.rows_revised:,} revised, "
            f"{counts.rows_rejected:,} rejected"
        )
        parts.append(say(zh, en))
    return " · ".join(parts)


def _newest_place(view: View) -> Iterator[list[str]]:
    """Say in which cell of which file the newest figure stands."""
    newest = next(iter(shown_cells(view)), None)
    if newest is None or not newest[1].place:
        return
    key, cell = newest
    name = apart([key], view.catalogue, view.style)[0]
    yield [view.style.words("最新数值所在位置", "Place of the newest figure"), f"{name} · {cell.place}"]


# --- checks and revisions ----------------------------------------------------------------------------------------


def _checks(view: View, origins: Origins) -> Iterator[list[str]]:
    say = view.style.words
    places = {cell.place for _, cell in shown_cells(view)}
    near = [each for each in origins.remarks if each.place in places]
    if not origins.remarks:
        yield ["ok", say("入库检查没有发现问题", "The checks at loading found nothing")]
    for each in near[:MOST_REMARKS]:
        yield ["warn", f"{each.place}：{say(each.reason_zh, each.reason_en)}"]
    others = len(origins.remarks) - len(near[:MOST_REMARKS])
    if origins.remarks and others:
        yield ["note", say(f"同批文件另有 {others} 条提示", f"{others} more remarks on the same files")]
    if view.stamp.simulated:
        yield ["warn", say("含模拟数据，不是统计结果", "Holds simulated data, not statistics")]
    if view.stamp.status == "P":
        yield ["warn", say("最新一期为初步数，以后会修订", "The latest figure is preliminary and will be revised")]
    if view.stamp.overdue is not None:
        yield ["warn", view.stamp.overdue.sentence(view.style)]


def _revisions(view: View, origins: Origins) -> list[list[str]]:
    """Return when which figure was replaced, from what to what; only of figures in the table."""
    shown = {(key.series_id, cell.period): key for key, cell in shown_cells(view)}
    hidden = {(key.series_id, cell.period) for key, cell in shown_cells(view) if cell.conf_status in CONFIDENTIAL}
    mine = [
        # What a figure was before it became confidential would give it away.
        each._replace(before=None, after=None, hidden=True, note="")
        if (each.series_id, each.period) in hidden
        else each
        for each in origins.changes
        if (each.series_id, each.period) in shown
    ]
    keys = list(dict.fromkeys(shown[each.series_id, each.period] for each in mine))
    names = dict(zip(keys, apart(keys, view.catalogue, view.style), strict=True)) if len(keys) > 1 else {}
    rows = [_revision(view, each, shown[each.series_id, each.period], names) for each in mine[:MOST_REVISIONS]]
    if len(mine) > MOST_REVISIONS:
        more = len(mine) - MOST_REVISIONS
        rows.append(["…", view.style.words(f"另有 {more} 次修订", f"{more} more revisions")])
    return rows or [["—", view.style.words("图上数值没有修订过", "No figure shown was revised")]]


def _revision(view: View, each: Change, key: SeriesKey, names: Mapping[SeriesKey, str]) -> list[str]:
    indicator = view.catalogue.indicators[key.indicator]
    combined, language = indicator.combined_january_february, view.style.language
    period = words.period_label(key.frequency, key.accumulation, each.period, language, combined)
    decimals = indicator.decimals if each.decimals is None else each.decimals
    none = words.missing_text(CellKind.CONFIDENTIAL if each.hidden else CellKind.NOT_AVAILABLE)
    before, after = (none if value is None else words.number(value, decimals) for value in (each.before, each.after))
    kind = view.style.words("更正", "corrected") if each.is_correction else ""
    why = view.style.words(f"（{each.note}）", f" ({each.note})") if each.note else ""
    said = " ".join(part for part in (names.get(key, ""), period, f"{before} → {after}", kind) if part)
    return [each.vintage.isoformat(), said + why]


def _releases(view: View, origins: Origins) -> Iterator[list[str]]:
    for each in indicators_of(view):
        release = origins.releases.get(each.code)
        if release is None:
            continue
        awaited = words.period_label(
            each.frequency,
            Accumulation.SINGLE,
            release.awaited_period,
            view.style.language,
            each.combined_january_february if release.combined is None else release.combined,
        )
        state = words.freshness_words(release.state, view.style.language)
        late = view.style.words(f"，已晚 {release.days_late} 天", f", {release.days_late} days late")
        tail = late if release.state in {Freshness.OVERDUE, Freshness.BROKEN} else ""
        due = view.style.words(f"{release.due.isoformat()}（{awaited}数据）", f"{release.due.isoformat()} ({awaited})")
        yield [each.word("short", view.style.language), f"{due} · {state}{tail} · {_due_by(view, each, release)}"]


def _due_by(view: View, indicator: Indicator, release: NextRelease) -> str:
    """Return how the day is known: from the release calendar of the source, or so many days after the period."""
    say = view.style.words
    if release.calendar is None:
        days = indicator.release_lag_days
        return say(f"按期后约 {days} 天推算", f"reckoned as about {days} days after the period")
    years = say("、", ", ").join(str(year) for year in release.unknown_years)
    guess = say(f"；{years}年节假日未公布，只避开周末", f"; holidays of {years} not announced") if years else ""
    calendar_zh, calendar_en = release.calendar
    return say(f"来源发布日历：{calendar_zh}{guess}", f"release calendar of the source: {calendar_en}{guess}")


def _citation(view: View, origins: Origins) -> Iterator[list[str]]:
    say = view.style.words
    yield [say("引用", "Cite as"), citation(view)]
    if origins.related:
        yield [say("同源面板", "Same source"), say("、", ", ").join(origins.related)]


def citation(view: View) -> str:
    """Return how to cite what the panel shows: system, panel, period, publishers, loaded, data version."""
    district, say = view.catalogue.district, view.style.words
    system = say(f"{district.name_zh}{district.title_zh}", f"{district.name_en}, {district.title_en}")
    names = view.stamp.publishers_en if view.style.language == "en" else view.stamp.publishers_zh
    said = say("模拟数据", "simulated data") if view.stamp.all_simulated else say("、", ", ").join(names)
    if view.stamp.simulated and not view.stamp.all_simulated:
        said += say("（含模拟数据）", " (includes simulated data)")
    loaded = words.time_label(view.stamp.loaded_at)[:10] if view.stamp.loaded_at else "…"
    period = view.stamp.period_text or "—"
    zh = f"{system}：{view.title}，{period}；来源：{said or '—'}；{loaded} 入库，数据版本 {view.version}。"
    en = f"{system}: {view.title}, {period}. Source: {said or '—'}. Loaded {loaded}, data version {view.version}."
    return say(zh, en)

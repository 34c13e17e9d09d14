"""The bar of filters of the desk: native controls, only those some panel of the page can follow.

Every control names its choice in ``data-field`` or ``data-choice``; ``assets/filters.js`` writes ``field=value`` into
the store ``ids.CHOICE``, and keeps the controls equal to the address. The industry tree is filled when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dash import html
from dash.development.base_component import Component

from data.periods import month_period
from data.selection import ROUTES, Selection
from layouts import ids, marks, words
from layouts.filters import GROWTH_VIEWS, growth_filter
from layouts.mark_list import mark_name, month_code
from layouts.markup import options
from layouts.texts import text
from layouts.theme import Style
from layouts.words.selections import window_words

if TYPE_CHECKING:
    from data.catalogue import Catalogue

Months = Sequence[tuple[str, str]]
WINDOWS = ("month", "quarter", "ytd", "12", "36", "all")


def filter_bar(
    selection: Selection, months: Months, catalogue: Catalogue, usable: Collection[str], style: Style
) -> list[Component]:
    """Return the filters (fills ``ids.FILTERS``); ``months`` are ``(2024-09, 2024年9月)``, the newest first."""
    offered: dict[str, Callable[[], Component]] = {
        "industry": lambda: _industry(selection, catalogue, style),
        "period": lambda: _period(selection, months, "window" in usable, style),
        "window": lambda: _window(selection, style),
        "accumulation": lambda: _segmented("accumulation", _accumulations(style), selection.accumulation, style),
        "growth": lambda: _growth(selection, usable, style),
        "region": lambda: _regions("region", selection, catalogue, style),
        "reference": lambda: _regions("reference", selection, catalogue, style),
        "currency": lambda: _currency(selection, style),
        "compare": lambda: _compare(selection, months, catalogue, "region" in usable, style),
        "as_of": lambda: _as_of(selection, style),
    }
    always = {"compare", "as_of"} | (
        {"growth"} if any(growth_filter(view) in usable for view in GROWTH_VIEWS) else set()
    )
    shown = [make() for name, make in offered.items() if name in usable or name in always]
    return [*shown, _reset(selection, style)]


def _field(label: str, *controls: Component | str, kind: str = "") -> html.Label:
    return html.Label([html.Span(label, className="lb"), *controls], className=f"fld {kind}".strip())


def _select(field: str, names: Mapping[str, str], chosen: str, label: str, element_id: str = "") -> html.Select:
    named: dict[str, Any] = {"id": element_id} if element_id else {}
    return html.Select(options(names, chosen), **named, **marks.attributes(data_field=field, aria_label=label))


def _month_options(first: str, months: Months, chosen: int | None, style: Style) -> dict[str, str]:
    """Return the months to choose from; one that was chosen elsewhere stands among them."""
    names = {"": first, **dict(months)}
    if chosen is not None and month_code(chosen) not in names:
        names[month_code(chosen)] = words.period_label("M", "S", chosen, style.language, True)
    return names


def _code(period: int | None) -> str:
    return "" if period is None else month_code(period)


def _period(selection: Selection, months: Months, with_range: bool, style: Style) -> Component:
    """Return the month the screen is of, and where panels can follow one the first month of a range."""
    latest = _month_options(latest_words(selection, months, style), months, selection.period, style)
    until = text("until_month" if with_range else "period", style.language)
    last = _select("period", latest, _code(selection.period), until, ids.PERIOD_SELECT)
    if not with_range:
        return _field(text("period", style.language), last)
    since = _month_options(text("since_any", style.language), months, selection.since, style)
    first = _select("since", since, _code(selection.since), text("since_month", style.language), ids.SINCE_SELECT)
    arrow = html.Span("→", **marks.attributes(aria_hidden="true"))
    children = [html.Span(text("period", style.language), className="lb"), first, arrow, last]
    return html.Span(
        children, className="fld range", role="group", **marks.attributes(aria_label=text("period", style.language))
    )


def latest_words(selection: Selection, months: Months, style: Style) -> str:
    """Return the words of the first choice: 最新（2026年1–10月）, or only 最新 where there is no figure at all."""
    if not months:
        return text("latest", style.language)
    year, month = months[0][0].split("-")
    newest = month_period(int(year), int(month))
    label = words.period_label("M", selection.accumulation, newest, style.language, True)
    return text("latest_of", style.language, period=label)


def _window(selection: Selection, style: Style) -> Component:
    """Return the presets; a first month of one's own takes their place."""
    label, own = text("filter_window", style.language), selection.since is not None
    names = {name: window_words(name, style.language) for name in WINDOWS}
    options = {**({"": text("own_range", style.language)} if own else {}), **names}
    return _field(text("window", style.language), _select("window", options, "" if own else selection.window, label))


def _accumulations(style: Style) -> dict[str, str]:
    return {"S": text("single", style.language), "Y": text("cumulative", style.language)}


def _growth(selection: Selection, usable: Collection[str], style: Style) -> Component:
    """Return 同比 and the views some panel of the page can show."""
    views = ("yoy", *(view for view in GROWTH_VIEWS if growth_filter(view) in usable))
    names = {view: text(f"view_{view}", style.language) for view in views}
    return _segmented("growth", names, selection.growth or "yoy", style)


def _segmented(field: str, names: Mapping[str, str], chosen: str, style: Style) -> html.Span:
    """Return buttons of which one is on; the arrow keys move between them (``filters.js``)."""
    buttons = [
        html.Button(
            name,
            role="radio",
            tabIndex=0 if value == chosen else -1,
            **marks.attributes(aria_checked=str(value == chosen).lower(), data_choice=f"{field}={value}"),
        )
        for value, name in names.items()
    ]
    label = text("measure" if field == "accumulation" else "growth_view", style.language)
    return html.Span(buttons, className="seg", role="radiogroup", **marks.attributes(aria_label=label))


def _regions(field: str, selection: Selection, catalogue: Catalogue, style: Style) -> Component:
    """Return the areas to look at or to compare with: the district and what contains it."""
    district, label = catalogue.district, text(f"filter_{field}", style.language)
    chosen = getattr(selection, field)
    own = catalogue.home_region if field == "region" else district.city_region
    others = dict.fromkeys([*district.comparison_regions, *([chosen] if chosen else [])])
    name = {code: catalogue.regions[code].word("short", style.language) for code in (own, *others)}
    names = {"": name[own], **{code: name[code] for code in others if code != own}}
    shown = "" if chosen in (None, own) else chosen
    return _field(text(f"label_{field}", style.language), _select(field, names, shown, label))


def _currency(selection: Selection, style: Style) -> Component:
    label = text("filter_currency", style.language)
    names = {"": text("currency_cny", style.language), "USD": text("currency_usd", style.language)}
    return _field(
        text("label_currency", style.language),
        _select("currency", names, "USD" if selection.currency == "USD" else "", label),
    )


def _menu(name: str, label: str, value: str, body: list[Component], active: bool = False) -> html.Details:
    """Return a control that opens: a native disclosure, closed again by Esc or a click elsewhere."""
    summary = html.Summary([html.Span(label, className="lb"), html.B(value)], className="fld on" if active else "fld")
    return html.Details(
        [summary, html.Div(body, className="menu-body")], className="menu", **marks.attributes(data_menu=name)
    )


def _industry(selection: Selection, catalogue: Catalogue, style: Style) -> Component:
    chosen = selection.industry
    whole = text("all_industries", style.language)
    name = whole if chosen is None else mark_name(catalogue, "industry", chosen, style.language)
    tree = html.Div(
        className="tree",
        **marks.attributes(
            data_tree="",
            data_search=text("tree_search", style.language),
            data_by_cluster=text("tree_by_cluster", style.language),
            data_by_code=text("tree_by_code", style.language),
            data_all=whole,
            data_none=text("tree_none", style.language),
            data_name=text("filter_industry", style.language),
        ),
    )
    return _menu("industry", text("label_industry", style.language), name, [tree], chosen is not None)


def _compare(selection: Selection, months: Months, catalogue: Catalogue, with_region: bool, style: Style) -> Component:
    """Return what stands beside this screen: another month, another region, or both."""
    none = text("compare_none", style.language)
    period_label = text("compare_period", style.language)
    offered = _month_options(none, months, selection.compare, style)
    body: list[Component] = [_field(period_label, _select("compare", offered, _code(selection.compare), period_label))]
    named = [words.period_label("M", "S", selection.compare, style.language, True)] if selection.compare else []
    if with_region or selection.compare_region:
        label, codes = text("compare_region", style.language), catalogue.district.comparison_regions
        others = dict.fromkeys([*codes, *([selection.compare_region] if selection.compare_region else [])])
        names = {"": none, **{code: catalogue.regions[code].word("short", style.language) for code in others}}
        body.append(_field(label, _select("compare_region", names, selection.compare_region or "", label)))
        named += [names[selection.compare_region]] if selection.compare_region else []
    return _menu("compare", text("compare", style.language), " · ".join(named) or none, body, bool(named))


def _as_of(selection: Selection, style: Style) -> Component:
    """Return the day of knowledge; the browser puts a native date field into the place (``filters.js``)."""
    label = text("as_of", style.language)
    value = "" if selection.as_of is None else selection.as_of.isoformat()
    place = html.Span(
        **marks.attributes(data_date_field="as_of", data_value=value, data_label=text("as_of_label", style.language))
    )
    return _field(label, place, kind="on" if value else "")


def _reset(selection: Selection, style: Style) -> Component:
    route = ROUTES[selection.path()].with_(theme=selection.theme, language=selection.language, rise=selection.rise)
    words_there: list[Component | str] = [marks.icon("arrow-counterclockwise"), text("reset", style.language)]
    return html.A(words_there, href=route.address(), className="btn-s", **marks.attributes(data_go=""))

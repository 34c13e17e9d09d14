"""Small marks that many components share: icon, chip, banner, bold text, change, colour legend."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dash import html

from layouts import words
from layouts.texts import text
from layouts.theme import Style

_BOLD = re.compile(r"\*\*(.+?)\*\*")


def listed(children: object) -> list[Any]:
    """Return children as a list: nothing is an empty list, one child a list of one."""
    if children is None:
        return []
    return list(children) if isinstance(children, list | tuple) else [children]


def attributes(**values: object) -> dict[str, Any]:
    """Return ``aria_label=…`` and ``data_panel=…`` as the attributes ``aria-label`` and ``data-panel``."""
    return {name.replace("_", "-"): value for name, value in values.items()}


def icon(name: str) -> html.I:
    """Return an icon of the bundled icon font (decorative)."""
    return html.I(className=f"bi bi-{name}", **attributes(aria_hidden="true"))


def chip(kind: str, label: str, icon_name: str = "") -> html.Span:
    """Return an outlined chip; ``kind`` is ``sim``, ``stale``, ``err``, ``fixed`` or empty."""
    return html.Span([icon(icon_name), label] if icon_name else label, className=f"chip {kind}".strip())


def banner(sentence: str | list[Any], action: html.Button | None = None, *, error: bool = False) -> html.Div:
    """Return the strip that says what is wrong with a panel and what can be done; the data below it stays."""
    name, role = ("x-octagon", "alert") if error else ("clock-history", "status")
    said = [icon(name), html.Span(sentence), *listed(action)]
    return html.Div(said, className="banner err" if error else "banner", role=role)


def action(label: str, **does: object) -> html.Button:
    """Return the button of a banner; what it does stands in a ``data-`` attribute that a script hears."""
    return html.Button(label, className="act", type="button", **attributes(**does))


def bold(sentence: str) -> list[Any]:
    """Return text whose parts between ``**`` are bold."""
    parts = _BOLD.split(sentence)
    return [html.B(part) if index % 2 else part for index, part in enumerate(parts) if part]


def change(made: words.Change) -> html.Span:
    """Return a change as arrow and amount; the ear hears 上升 or 下降 instead of the arrow."""
    if not made.arrow:
        return html.Span(made.text, className=f"delta {made.direction}")
    arrow = html.I(made.arrow, **attributes(aria_hidden="true"))
    amount = html.Span(made.number, **attributes(aria_hidden="true"))
    return html.Span([html.Span(made.spoken, className="vh"), arrow, amount], className=f"delta {made.direction}")


def badge(made: words.Badge, *, with_icon: bool = True) -> html.Span:
    """Return a status badge as a chip; a simulated one is dashed."""
    if made.code == "simulated":
        return chip("sim", made.text, "exclude" if with_icon else "")
    return chip(made.code, made.text)


def more(badges: Sequence[words.Badge], style: Style) -> list[html.Span]:
    """Return badges behind one button that counts them, which names them to the ear and shows them when pressed."""
    if not badges:
        return []
    named = style.words("、", ", ").join(each.text for each in badges)
    label = text("more_badges", style.language, n=len(badges), names=named)
    button = html.Button(
        f"+{len(badges)}", type="button", className="chip more-n", title=named, **attributes(aria_label=label)
    )
    return [html.Span([button, html.Span([badge(each) for each in badges], className="more-chips")], className="more")]


def diverging_legend(style: Style) -> html.Span:
    """Return the colour key of the heat map: 8 classes of 5 points each."""
    labels = ("", "−10", "", "0", "", "+10", "", "%")
    classes = [
        html.Span([html.I(style={"background": color}), html.Em(mark)])
        for color, mark in zip(style.diverging, labels, strict=True)
    ]
    return html.Span(
        classes, className="legend-div", role="img", **attributes(aria_label=text("color_classes", style.language))
    )

"""Components as the text of HTML: what stands on a page is written once, as the browser reads it fastest.

Panels, bars and heads are declared with ``dash.html`` and never become Dash components in the browser: a page has
thousands of them, each of which Dash would make an object of and ask about every change of any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from dash._utils import stringify_id
from dash.development.base_component import Component

HTML = "dash_html_components"
VOID = frozenset({"br", "hr", "img", "input", "wbr"})
NAMES = {"className": "class", "htmlFor": "for"}
NO_ATTRIBUTES = frozenset({"children", "available_properties", "available_wildcard_properties", "n_clicks", "key"})
_CAPITAL = re.compile("[A-Z]")


class Written(str):
    """HTML that is written already; everything else that is text is escaped."""

    __slots__ = ()


def options(names: Mapping[str, str], chosen: str) -> Written:
    """Return the options of a select as (value, name), one of them chosen.

    A page offers some hundred months in several places: making a component of each would cost more than all panels.
    """
    return Written("".join(_option(value, name, value == chosen) for value, name in names.items()))


def _option(value: str, name: str, is_chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if is_chosen else ""}>{escape(name)}</option>'


def markup(node: object) -> str:
    """Return a component, a text, or a list of them as HTML; nothing of a text is ever read as markup.

    ``TypeError`` for a component that is no element of HTML (a graph, a store): a browser could not read it.
    """
    if node is None or isinstance(node, bool):
        return ""
    if isinstance(node, str):
        return node if isinstance(node, Written) else escape(node)
    if isinstance(node, list | tuple):
        return "".join(map(markup, node))
    if isinstance(node, Component):
        return _element(node)
    return escape(str(node))


def _element(component: Component) -> str:
    held = component.__dict__
    if getattr(component, "_namespace", "") != HTML:
        raise TypeError(f"{type(component).__name__} is no element of HTML and cannot be written as one")
    tag = type(component).__name__.lower()
    attributes = "".join(_attributes(held))
    if tag in VOID:
        return f"<{tag}{attributes}>"
    return f"<{tag}{attributes}>{markup(held.get('children'))}</{tag}>"


def _attributes(held: Mapping[str, Any]) -> Iterator[str]:
    for name, value in held.items():
        if name[0] == "_" or name in NO_ATTRIBUTES or value is None:
            continue
        if isinstance(value, bool) and not name.startswith(("data-", "aria-")):
            if value:
                yield f" {NAMES.get(name, name.lower())}"
        else:
            yield f' {NAMES.get(name, name.lower())}="{escape(_value(name, value))}"'


def _value(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if name == "style" and isinstance(value, dict):
        return ";".join(f"{_property(part)}:{each}" for part, each in value.items())
    if name == "id" and isinstance(value, dict):
        return str(stringify_id(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _property(name: str) -> str:
    """Return ``fontWeight`` as ``font-weight``; a custom property stays as it is."""
    return name if name.startswith("--") else _CAPITAL.sub(lambda capital: f"-{capital[0].lower()}", name)

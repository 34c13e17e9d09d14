"""Every text of every page in the reader's language: nothing Chinese in English, no English sentence in Chinese.

The pages are made as the callbacks make them, from the filled warehouse, and every string in them is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from dash._utils import to_json
from sqlalchemy import select

from callbacks.context import Context, style_of
from callbacks.filters import bar_of
from callbacks.overview import head_parts, key_figure_cards
from callbacks.panels import parts
from data import schema
from data.catalogue import load_catalogue
from data.clock import clock_for
from data.selection import ROUTES
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.compare import with_twins
from layouts.expanded import dialog
from layouts.panels import PANELS
from layouts.screens import NO_BAR, places_of, screen
from layouts.texts import TEXTS

HANZI = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
OF_THE_SCREEN = ("children", "title", "aria-label", "alt", "label", "placeholder", "data-paused", "data-others")
MACHINE = {"href", "id", "className", "config", "src", "style", "key", "value", "customdata", "meta", "name"}
"""What no reader sees: addresses, ids, names of classes and traces."""


def strings(value: Any, name: str = "") -> Iterator[str]:
    """Return every text a reader can meet in a component tree or a figure."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key in OF_THE_SCREEN or (key not in MACHINE and not str(key).startswith("data-")):
                yield from strings(part, key)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part, name)


@pytest.fixture(scope="module")
def context(filled_settings: Settings, filled_warehouse: Warehouse) -> Context:
    """The application's context over the filled warehouse."""
    catalogue, clock = load_catalogue(filled_settings.catalogue), clock_for(filled_settings.today)
    return Context(filled_settings, catalogue, filled_warehouse, clock, with_twins(PANELS), "build")


def shown_on(context: Context, path: str, language: str) -> dict[str, Any]:
    """Return everything the callbacks write on a page, by what it is."""
    selection = ROUTES[path].with_(language=language)
    with context.warehouse.snapshot() as data:
        bar = NO_BAR if selection.kind == "wall" else bar_of(context, data, selection)
        title, pages = context.title(language), context.catalogue.pages
        made: dict[str, Any] = {"page": screen(selection, context.panels, title, pages, bar)}
        made["head"] = list(head_parts(context, data, selection).values())
        made["dialog"] = dialog(style_of(selection))
        made["cards"] = key_figure_cards(context, data, selection, selection.page)
        for name in places_of(selection, context.panels):
            made[name] = list(parts(context, data, name, selection).values())
    return {name: json.loads(to_json(part)) for name, part in made.items()}


def cited(context: Context) -> list[str]:
    """Return the titles and publishers of cited pages: proper names, left in the language they were printed in."""
    table, source = schema.citation.c, schema.source.c
    rows = [
        *context.warehouse.read(select(table.publisher, table.title).distinct()),
        *context.warehouse.read(select(source.licence).distinct()),  # in the words of who gives it
    ]
    return sorted({name for row in rows for name in row if name}, key=len, reverse=True)


def without(text: str, names: Sequence[str]) -> str:
    """Return a text without the proper names in it."""
    for name in names:
        text = text.replace(name, "")
    return text


PATHS = [path for path, route in ROUTES.items() if route.kind == "desk"] + ["/wall/overview"]
"""One path of the wall is enough: all its pages are on each of them."""


@pytest.mark.parametrize("path", PATHS)
def test_every_text_is_in_the_readers_language(context: Context, path: str) -> None:
    other, names = {*TEXTS["language"], *TEXTS["language_name"]}, cited(context)
    wrong = []
    for language, foreign in (("en", HANZI), ("zh", SENTENCE)):
        for name, part in shown_on(context, path, language).items():
            texts = {each for each in strings(part) if not each.startswith("panel p-")} - other
            texts = {each for each in texts if foreign.search(without(each, names))}
            wrong += [f"{path} {language} {name}: {each}" for each in sorted(texts)]
    assert wrong == []


def test_fixed_words_have_both_languages() -> None:
    for key, (zh, en) in TEXTS.items():
        assert zh, key
        assert en, key
        assert key in {"language", "language_name"} or not HANZI.search(en), key
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key

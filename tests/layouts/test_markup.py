"""Components written as HTML: the same elements, attributes and texts, and no text that is read as markup."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from dash import dcc, html
from hypothesis import given
from hypothesis import strategies as st

from layouts.marks import attributes
from layouts.markup import markup


class Reader(HTMLParser):
    """What a browser would find: elements with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_elements_attributes_and_texts_are_those_of_the_components() -> None:
    made = html.Div(
        ["5 < 6 & ", html.B("6", style={"fontWeight": 700, "--dwell": "5s"}), None, 7, html.Br()],
        className="panel drawn",
        id="main",
        hidden=True,
        tabIndex=0,
        title='"x"',
        **attributes(aria_label="", data_panel="gdp", data_open=False),
    )
    found = Reader(markup(made))
    assert found.text == "5 < 6 & 67"
    assert found.elements == [
        (
            "div",
            {
                "class": "panel drawn",
                "id": "main",
                "hidden": None,
                "tabindex": "0",
                "title": '"x"',
                "aria-label": "",
                "data-panel": "gdp",
                "data-open": "false",
            },
        ),
        ("b", {"style": "font-weight:700;--dwell:5s"}),
        ("br", {}),
    ]


def test_what_is_off_is_not_written_and_native_controls_keep_their_names() -> None:
    made = [html.Details(html.Summary("x"), open=True), html.Option("a", value="", selected=False)]
    assert markup(made) == '<details open><summary>x</summary></details><option value="">a</option>'
    assert markup(html.Label("n", htmlFor="f")) == '<label for="f">n</label>'


def test_what_is_no_element_of_html_is_refused() -> None:
    with pytest.raises(TypeError, match="Graph is no element of HTML"):
        markup(html.Div(dcc.Graph()))


@given(st.text(), st.text())
def test_no_text_and_no_attribute_is_ever_read_as_markup(text: str, title: str) -> None:
    found = Reader(markup(html.P(text, title=title)))
    assert [tag for tag, _ in found.elements] == ["p"]
    assert found.text.replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")
    assert (found.elements[0][1]["title"] or "") == title

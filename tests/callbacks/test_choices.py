"""Controls and marks over the real application: each becomes the canonical query, everything else a quiet 400."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash

from app import create_app
from data.settings import Settings
from layouts import ids

TAIL = "theme=light&language=zh&rise=cn"


@pytest.fixture(scope="module")
def app(filled_settings: Settings) -> Iterator[Dash]:
    """Return the real application over the filled warehouse."""
    made = create_app(filled_settings)
    yield made
    made.server.extensions["onescreen"].warehouse.dispose()


def post(app: Dash, inputs: dict[str, str | None], changed: str, state: dict[str, tuple[str, str]], output: str) -> Any:
    """Send what the browser sends when one of the inputs changed."""
    body = {
        "output": f"{output}.data",
        "outputs": {"id": output, "property": "data"},
        "inputs": [{"id": name, "property": "data", "value": value} for name, value in inputs.items()],
        "state": [{"id": name, "property": part, "value": value} for name, (part, value) in state.items()],
        "changedPropIds": [f"{changed}.data"],
    }
    return app.server.test_client().post("/_dash-update-component", json=body)


def chosen(app: Dash, control: str, value: str, query: str = "", path: str = "/") -> Any:
    """Use one control over a query."""
    inputs = dict.fromkeys((ids.CHOICE, ids.MARK, ids.ADDRESS)) | {control: value}
    state = {ids.SELECTION: ("data", query), ids.LOCATION: ("pathname", path)}
    return post(app, inputs, control, state, ids.SELECTION)


GOOD = [
    (ids.CHOICE, "accumulation=S#1", "", f"accumulation=S&window=12&{TAIL}"),
    (ids.CHOICE, "period=2024-09#1", "", f"period=2024-09&accumulation=Y&window=12&{TAIL}"),
    (ids.CHOICE, "period=#1", "period=2024-09", f"accumulation=Y&window=12&{TAIL}"),
    (ids.CHOICE, "window=36#1", "since=2024-01", f"accumulation=Y&window=36&{TAIL}"),
    (ids.CHOICE, "since=2024-01#1", "period=2023-09", f"since=2024-01&accumulation=Y&window=12&{TAIL}"),
    (ids.CHOICE, "period=2023-09#1", "since=2024-01", f"period=2023-09&accumulation=Y&window=12&{TAIL}"),
    (ids.CHOICE, "growth=avg2#1", "", f"accumulation=Y&window=12&growth=avg2&{TAIL}"),
    (ids.CHOICE, "industry=C26#9", "", f"accumulation=Y&window=12&industry=C26&stack=industry&{TAIL}"),
    (ids.CHOICE, "region=370200#9", "", f"accumulation=Y&window=12&region=370200&{TAIL}"),
    (ids.CHOICE, "compare=2023-09#9", "", f"accumulation=Y&window=12&compare=2023-09&{TAIL}"),
    (ids.MARK, "industry=CL_PETRO#1", "", f"accumulation=Y&window=12&industry=CL_PETRO&stack=industry&{TAIL}"),
    (ids.MARK, "industry=CL_PETRO#2", "industry=CL_PETRO", f"accumulation=Y&window=12&{TAIL}"),
    (ids.MARK, "industry=C26#2", "industry=C26", f"accumulation=Y&window=12&industry=CL_PETRO&stack=industry&{TAIL}"),
    (ids.MARK, "period=2024-09#3", "", f"period=2024-09&accumulation=Y&window=12&stack=period&{TAIL}"),
    (
        ids.MARK,
        "partner=USA#3",
        "industry=C26",
        f"accumulation=Y&window=12&industry=C26&partner=USA&stack=industry.partner&{TAIL}",
    ),
    (ids.ADDRESS, "growth=avg2#3", "industry=C26", f"accumulation=Y&window=12&growth=avg2&{TAIL}"),
]


@pytest.mark.parametrize(("control", "value", "query", "after"), GOOD)
def test_a_choice_becomes_the_canonical_query(app: Dash, control: str, value: str, query: str, after: str) -> None:
    answer = chosen(app, control, value, query)
    assert answer.status_code == 200
    assert answer.json["response"][ids.SELECTION]["data"] == after


FORGED = [
    (ids.CHOICE, "theme=dark#1"),
    (ids.CHOICE, "stack=industry#1"),
    (ids.CHOICE, "page=admin"),
    (ids.CHOICE, "accumulation"),
    (ids.CHOICE, "accumulation="),
    (ids.CHOICE, "accumulation=P"),
    (ids.CHOICE, "industry=C99"),
    (ids.CHOICE, "industry=' OR 1=1 --"),
    (ids.CHOICE, "region=999999"),
    (ids.CHOICE, "period=9999-99"),
    (ids.CHOICE, "since=1949-01&window=all"),
    (ids.CHOICE, "as_of=yesterday"),
    (ids.CHOICE, "x" * 65),
    (ids.MARK, "region=370200"),
    (ids.MARK, "industry=<img>"),
    (ids.MARK, "industry=C99"),
    (ids.MARK, "partner=C26"),
    (ids.MARK, "period=2024-9"),
    (ids.MARK, "=1"),
    (ids.ADDRESS, "role=admin"),
    (ids.ADDRESS, "stack=theme"),
]


@pytest.mark.parametrize(("control", "value"), FORGED)
def test_a_forged_choice_is_a_quiet_400(app: Dash, caplog: pytest.LogCaptureFixture, control: str, value: str) -> None:
    answer = chosen(app, control, value)
    assert answer.status_code == 400
    assert value not in answer.text
    assert caplog.records == []


def test_the_tree_holds_clusters_divisions_and_groups_with_figures_of_the_period(app: Dash) -> None:
    state = {ids.SELECTION: ("data", "period=2026-06&industry=C26"), ids.LOCATION: ("pathname", "/clusters")}
    answer = post(app, {ids.TREE_OPENED: "1"}, ids.TREE_OPENED, state, ids.TREE_CONTENT)
    content = answer.json["response"][ids.TREE_CONTENT]["data"]
    nodes = {node[0]: node for node in content["nodes"]}
    assert content["clusters"]["CL_PETRO"] == ["C25", "C26", "C29"]
    assert nodes["C261"][3] == "C26"
    assert nodes["C26"][4] not in ("…", "0", "")
    assert nodes["C26"][5] is True  # simulated
    assert nodes["A01"][4] == "…"
    assert content["chosen"] == "C26"
    assert content["unit"] == "单位：亿元，2026年1–6月"
    assert "模拟" in content["simulated"]


def test_a_screen_of_the_past_says_so_on_every_panel_and_in_the_header(app: Dash) -> None:
    context = app.server.extensions["onescreen"]
    from callbacks import overview, panels

    chosen_day = context.selection_at("/clusters", "as_of=2026-09-01")
    with context.warehouse.snapshot() as data:
        head = str(overview.head_parts(context, data, chosen_day)[ids.HEADER_PERIOD])
        sides = [str(panels.parts(context, data, code, chosen_day)["side", "html"]) for code in ("clusters", "heat")]
    assert all("截至 2026-09-01" in each for each in (head, *sides))

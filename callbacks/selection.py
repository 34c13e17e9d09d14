"""The only callback that writes the selection: controls, marks, links and the Back button become one canonical query.

The address bar follows in the browser (``assets/address.js``): writing ``dcc.Location`` would mount the page anew.
"""

from __future__ import annotations

from typing import Annotated, get_args

from dash import ClientsideFunction, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate
from pydantic import Field, TypeAdapter

from callbacks.context import Context
from callbacks.doorman import Doorman, QueryText, ShortText, Wire
from callbacks.refusals import RefusalError
from data.drill import marked
from data.selection import Mark, Selection, SelectionError
from layouts import ids

CHOICES = frozenset(
    {
        *("period", "since", "accumulation", "window", "growth", "industry", "region", "reference", "currency"),
        *("compare", "compare_region", "as_of"),
    }
)
MARKS = frozenset(get_args(Mark))

Clicks = TypeAdapter(Annotated[int, Field(strict=True, ge=0, le=10**9)])


def register(app: Dash, doorman: Doorman, context: Context) -> None:
    """Register the writer of the selection and what follows it in the browser."""

    @doorman.callback(
        Output(ids.SELECTION, "data"),
        Wire(Input(ids.CHOICE, "data"), ShortText),
        Wire(Input(ids.MARK, "data"), ShortText),
        Wire(Input(ids.ADDRESS, "data"), QueryText),
        Wire(State(ids.SELECTION, "data"), QueryText),
        Wire(State(ids.LOCATION, "pathname"), ShortText),
        prevent_initial_call=True,
    )
    def choose(choice: str | None, mark: str | None, address: str | None, query: str | None, path: str | None) -> str:
        if path is None:
            raise PreventUpdate
        if ctx.triggered_id == ids.ADDRESS:
            return context.selection_at(path, (address or "").partition("#")[0]).to_query()
        now = context.selection_at(path, query or "")
        after = _after(context, now, str(ctx.triggered_id), choice, mark)
        # The codes are checked where every address is: what is written can always be read again.
        return context.selection_at(path, after.to_query()).to_query()

    # The first selection stands in the page (``callbacks.index``).
    app.clientside_callback(
        ClientsideFunction("onescreen", "begin"),
        Output(ids.SELECTION, "data", allow_duplicate=True),
        Input(ids.LOCATION, "pathname"),
        prevent_initial_call="initial_duplicate",
    )
    app.clientside_callback(
        ClientsideFunction("onescreen", "mirror"), Output(ids.MIRROR, "data"), Input(ids.SELECTION, "data")
    )


def _after(context: Context, now: Selection, control: str, choice: str | None, mark: str | None) -> Selection:
    """Return the selection after a control or a mark was used. ``RefusalError`` if its value is none of ours."""
    try:
        if control == ids.CHOICE and choice is not None:
            return with_choice(now, *_parts(choice, CHOICES))
        if control == ids.MARK and mark is not None:
            field, code = _parts(mark, MARKS)
            return marked(now, context.catalogue, field, code)  # type: ignore[arg-type]
    except (SelectionError, LookupError):
        raise RefusalError("bad_selection") from None
    raise PreventUpdate


def _parts(sent: str, allowed: frozenset[str]) -> tuple[str, str]:
    """Split ``field=value#n``; the number only makes two equal choices two. ``RefusalError`` for another field."""
    field, equals, value = sent.partition("#")[0].partition("=")
    if not equals or field not in allowed:
        raise RefusalError("bad_selection")
    return field, value


def with_choice(selection: Selection, field: str, value: str) -> Selection:
    """Return the selection after a control chose a value; an empty one is no choice.

    A preset takes the place of a first month. A month chosen on the wrong side of the range takes the other end off.
    """
    chosen = selection.with_(since=None) if field == "window" else selection
    if field in {"period", "since"} and value:
        other = "since" if field == "period" else "period"
        alone = chosen.with_(**{other: None, field: value})
        if not _is_range(alone, chosen, other):
            return alone
    return chosen.with_(**{field: value or None})


def _is_range(alone: Selection, before: Selection, other: str) -> bool:
    ends = {"since": alone.since, "period": alone.period, other: getattr(before, other)}
    return ends["since"] is None or ends["period"] is None or ends["since"] <= ends["period"]

"""The reader's choice and its URL query."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import selection
from data.periods import month_period
from data.selection import MAX_QUERY_CHARACTERS, ROUTES, Selection, SelectionError, route_for


class Codes:
    """A catalogue that knows one cluster, one division and two regions."""

    def __init__(self):
        self.regions = {"370211": None, "370200": None}
        self.clusters = {"CL_PETRO": None}

    def code(self, dimension, code):
        if (dimension, code) not in {("industry", "C25"), ("partner", "US"), ("commodity", "CRUDE")}:
            raise LookupError(code)
        return "known"


WALL = ROUTES["/wall/overview"]
DESK = ROUTES["/"]

ANY_MONTH = st.integers(month_period(1949, 1), month_period(2100, 12))
# A first and a last month that make a range, or either, or none.
RANGES = (
    st.tuples(st.none(), st.none() | ANY_MONTH)
    | st.tuples(ANY_MONTH, st.none())
    | st.tuples(ANY_MONTH, st.integers(0, selection.MOST_MONTHS - 1)).map(
        lambda pair: (pair[0], min(pair[0] + pair[1], month_period(2100, 12)))
    )
)


@st.composite
def selections(draw):
    since, period = draw(RANGES)
    return draw(SELECTIONS).with_(since=None, period=period).with_(since=since)


SELECTIONS = st.builds(
    Selection,
    kind=st.sampled_from(get_args(selection.Kind)),
    accumulation=st.sampled_from(["S", "Y"]),
    window=st.sampled_from(get_args(selection.Window)),
    growth=st.sampled_from([None, *get_args(selection.GrowthView)]),
    industry=st.sampled_from([None, "CL_PETRO", "C25"]),
    partner=st.sampled_from([None, "US"]),
    commodity=st.sampled_from([None, "CRUDE"]),
    region=st.sampled_from([None, "370211", "370200"]),
    reference=st.sampled_from([None, "370200"]),
    currency=st.sampled_from([None, *get_args(selection.Currency)]),
    compare=st.none() | st.integers(month_period(1949, 1), month_period(2100, 12)),
    compare_region=st.sampled_from([None, "370200"]),
    as_of=st.none() | st.dates(date(1949, 1, 1), date(2100, 12, 31)),
    scale=st.sampled_from([None, "far"]),
    dwell=st.none() | st.just(0) | st.integers(5, 3600),
    device=st.sampled_from([None, "lobby-2"]),
    stack=st.lists(st.sampled_from(selection.MARKS), max_size=6).map(tuple),
    theme=st.sampled_from(get_args(selection.Theme)),
    language=st.sampled_from(get_args(selection.Language)),
    rise=st.sampled_from(get_args(selection.Rise)),
)


@given(selections())
def test_a_selection_comes_back_from_its_query(chosen):
    route = ROUTES["/" if chosen.kind == "desk" else "/wall/overview"]
    again = Selection.from_query(chosen.to_query(), Codes(), route)
    assert again == chosen
    assert again.to_query() == chosen.to_query()
    assert Selection.from_query("?" + chosen.to_query(), Codes(), route) == chosen
    assert len(chosen.to_query()) <= MAX_QUERY_CHARACTERS


READ = [
    ("", WALL, {}),
    ("?", WALL, {}),
    ("period=2024-09", DESK, {"period": month_period(2024, 9)}),
    ("period=2024-09&accumulation=S", DESK, {"period": month_period(2024, 9), "accumulation": "S"}),
    ("industry=CL_PETRO&window=36&language=en", WALL, {"industry": "CL_PETRO", "window": "36", "language": "en"}),
    ("industry=C25&region=370200", WALL, {"industry": "C25", "region": "370200"}),
    ("theme=light&rise=mono", WALL, {"theme": "light", "rise": "mono"}),
]


@pytest.mark.parametrize(("query", "route", "choices"), READ)
def test_what_a_query_does_not_say_comes_from_the_route(query, route, choices):
    assert Selection.from_query(query, Codes(), route) == route.with_(**choices)


REFUSED = [
    "period=2024-13",
    "period=2024-9",
    "period=24297",
    "period=1900-01",
    "period=",
    "period=٢٠٢٤-٠٩",
    "period=2024-09&period=2024-08",
    "accumulation=P",
    "accumulation=y",
    "window=13",
    "window=all%20",
    "theme=neon",
    "language=fr",
    "rise=",
    "industry=C99",
    "industry=",
    "industry=../../etc",
    "industry=<script>",
    "region=110000",
    "reference=110000",
    "compare_region=x",
    "partner=C25",
    "commodity=US",
    "growth=max",
    "currency=EUR",
    "since=2024-13",
    "compare=2024",
    "as_of=2026-11-31",
    "as_of=20261123",
    "as_of=0001-01-01",
    "scale=near",
    "dwell=4",
    "dwell=-1",
    "dwell=3601",
    "dwell=1e2",
    "device=<b>",
    "since=2024-10&period=2024-09",
    "since=1949-01&period=2024-09",
    "stack=theme",
    "stack=industry,partner",
    "stack=",
    "page=admin",
    "kind=wall",
    "role=admin",
    "period",
    "&&",
    "=1",
    "period=%ff",
    "theme=dark;language=en",
    "a=" + "x" * MAX_QUERY_CHARACTERS,
    "&".join(f"k{number}=1" for number in range(60)),
]


@pytest.mark.parametrize("query", REFUSED)
def test_anything_else_is_refused_in_both_languages(query):
    with pytest.raises(SelectionError) as refusal:
        Selection.from_query(query, Codes(), DESK)
    assert refusal.value.zh
    assert refusal.value.en
    assert "script" not in refusal.value.zh + refusal.value.en


@given(st.text(max_size=700))
def test_any_text_is_a_selection_or_refused(query):
    try:
        chosen = Selection.from_query(query, Codes(), WALL)
    except SelectionError:
        return
    assert (chosen.page, chosen.kind) == ("overview", "wall")


@given(st.dictionaries(st.sampled_from(selection.QUERY_KEYS), st.text(max_size=20), max_size=8))
def test_known_keys_with_any_value(choices):
    query = selection.urlencode(choices, errors="surrogatepass")
    try:
        assert Selection.from_query(query, Codes(), DESK).kind == "desk"
    except SelectionError:
        return


@pytest.mark.parametrize("choices", [{"period": "x"}, {"theme": 1}, {"nothing": 1}, {"period": -5}, {"period": True}])
def test_a_changed_selection_is_checked(choices):
    with pytest.raises(SelectionError):
        DESK.with_(**choices)


STACKS = [
    ("industry=C25", ("industry",)),
    ("industry=C25&partner=US", ("industry", "partner")),
    ("industry=C25&partner=US&stack=partner", ("partner", "industry")),
    ("industry=C25&partner=US&stack=partner.industry.partner", ("partner", "industry")),
    ("stack=partner", ()),
    ("period=2024-09", ()),
    ("period=2024-09&commodity=CRUDE&stack=period", ("period", "commodity")),
]


@pytest.mark.parametrize(("query", "stack"), STACKS)
def test_the_stack_names_every_mark_that_is_set_and_nothing_else(query, stack):
    assert Selection.from_query(query, Codes(), DESK).stack == stack


def test_a_mark_that_is_taken_off_leaves_the_stack():
    chosen = Selection.from_query("industry=C25&partner=US&period=2024-09&stack=period.partner", Codes(), DESK)
    assert chosen.with_(partner=None).stack == ("period", "industry")
    assert chosen.with_(period=None).stack == ("partner", "industry")


def test_a_selection_does_not_change():
    with pytest.raises(ValueError):
        DESK.theme = "dark"


def test_the_query_is_canonical():
    query = Selection.from_query("language=en&period=2024-09", None, WALL).to_query()
    assert query == "period=2024-09&accumulation=Y&window=12&theme=dark&language=en&rise=cn"


ROUTED = [("/", "desk", "light"), ("/wall/overview", "wall", "dark"), ("/wall/overview/", "wall", "dark")]


@pytest.mark.parametrize(("path", "kind", "theme"), ROUTED)
def test_routes(path, kind, theme):
    route = route_for(path, "en")
    assert (route.kind, route.theme, route.language) == (kind, theme, "en")


@pytest.mark.parametrize("path", ["", "/wall", "/wall/admin", "//", "/wall/overview/x", "wall/overview"])
def test_no_route(path):
    assert route_for(path) is None


@pytest.mark.parametrize("path", list(ROUTES))
def test_an_address_names_its_page(path):
    chosen = ROUTES[path].with_(period=month_period(2024, 9))
    assert chosen.address() == f"{path}?{chosen.to_query()}"

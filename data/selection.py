"""The reader's choice: a frozen value that is the same thing as a URL query and as a sentence.

``Selection.from_query`` is a border: everything in it came from outside. Unknown keys, repeated keys, unknown
values and oversized texts raise ``SelectionError`` (a quiet 400 with a zh and an en message).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo, field_validator

from data.periods import month_of, month_period, year_of

Language = Literal["zh", "en"]
Theme = Literal["dark", "light"]
Rise = Literal["cn", "intl", "mono"]
Kind = Literal["wall", "desk"]
Page = Literal["overview", "clusters", "trade", "digital", "investment", "city", "warnings", "sources"]
Window = Literal["month", "quarter", "ytd", "12", "36", "all"]
GrowthView = Literal["yoy", "mom", "avg2", "base"]
Currency = Literal["CNY", "USD"]
Scale = Literal["far"]
Mark = Literal["industry", "partner", "commodity", "period"]

MAX_QUERY_CHARACTERS = 512
FIRST_YEAR, LAST_YEAR = 1949, 2100
MOST_MONTHS = 600  # fifty years: no chart shows more
MARKS: tuple[Mark, ...] = ("industry", "partner", "commodity", "period")
ALWAYS_MARKS = frozenset({"industry", "partner", "commodity"})  # a month is one only where it was clicked
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,32}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,4}", re.ASCII)
SHORTEST_DWELL_S, LONGEST_DWELL_S = 5, 3600


class SelectionError(ValueError):
    """A query that is not a selection. ``zh`` and ``en`` say why without repeating what was sent."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class CodesKnown(Protocol):
    """The part of the catalogue a selection is checked against."""

    @property
    def regions(self) -> Mapping[str, object]:
        """The regions by code."""
        ...

    @property
    def clusters(self) -> Mapping[str, object]:
        """The clusters by code."""
        ...

    def code(self, dimension: str, code: str) -> object:
        """Return a member of a code list; ``LookupError`` if none has it."""
        ...


def _month_from_text(value: object) -> object:
    """Turn ``2024-09`` into a period number; leave numbers for the type check."""
    if not isinstance(value, str):
        return value
    if not _MONTH.fullmatch(value):
        raise ValueError("a month is written YYYY-MM")
    return month_period(int(value[:4]), int(value[5:]))


def _period_in_range(value: object) -> object:
    value = _month_from_text(value)
    if isinstance(value, int) and not FIRST_YEAR <= year_of(value) <= LAST_YEAR:
        raise ValueError(f"the year lies outside {FIRST_YEAR}–{LAST_YEAR}")
    return value


def _day_from_text(value: object) -> object:
    """Turn ``2026-11-23`` into a date; leave dates for the type check."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            raise ValueError("a day is written YYYY-MM-DD")
        value = date.fromisoformat(value)
    if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"the year lies outside {FIRST_YEAR}–{LAST_YEAR}")
    return value


def _seconds_from_text(value: object) -> object:
    """Turn ``25`` into seconds; 0 stands still, anything else lies between the shortest and the longest dwell."""
    if isinstance(value, str):
        if not _SECONDS.fullmatch(value):
            raise ValueError("seconds are written as a whole number")
        value = int(value)
    if isinstance(value, int) and value and not SHORTEST_DWELL_S <= value <= LONGEST_DWELL_S:
        raise ValueError(f"0, or {SHORTEST_DWELL_S} to {LONGEST_DWELL_S} seconds")
    return value


def _plain_code(value: object) -> object:
    if isinstance(value, str) and not _CODE.fullmatch(value):
        raise ValueError("not a code")
    return value


def _marks_from_text(value: object) -> object:
    """Turn ``industry.partner`` into its names; leave tuples for the type check."""
    return tuple(value.split(".")) if isinstance(value, str) else value


Month = Annotated[int, BeforeValidator(_period_in_range)]
Day = Annotated[date, BeforeValidator(_day_from_text)]
Code = Annotated[str, BeforeValidator(_plain_code)]
Seconds = Annotated[int, BeforeValidator(_seconds_from_text)]
Stack = Annotated[tuple[Mark, ...], BeforeValidator(_marks_from_text)]


class Selection(BaseModel):
    """What the reader looks at. ``period`` is a month period, ``None`` the latest one; ``region`` ``None`` is home.

    ``since`` and ``period`` are a range of months; without ``since`` the ``window`` says how far back a panel looks.
    ``industry``, ``partner`` and ``commodity`` are what was clicked or drilled to. ``reference`` is the area indicators
    are compared with, ``compare`` and ``compare_region`` what stands beside this screen. ``as_of`` reads everything as
    it was known on a day. ``growth`` and ``currency`` are ``None`` where the reader leaves them to the panel.
    ``stack`` names what was clicked or drilled to in the order it was set; it always names every industry, partner
    and commodity that is set and nothing that is not, so that the last step can be undone from the address alone.
    A wall has a ``scale`` (``far`` for a deep room), a ``dwell`` in seconds for every page (0 stands still) and a
    ``device``.
    ``page`` and ``kind`` come from the route and are not part of the query.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)

    page: Page = "overview"
    kind: Kind = "desk"
    period: Month | None = None
    accumulation: Literal["S", "Y"] = "Y"
    window: Window = "12"
    since: Month | None = None
    growth: GrowthView | None = None
    industry: Code | None = None
    partner: Code | None = None
    commodity: Code | None = None
    region: Code | None = None
    reference: Code | None = None
    currency: Currency | None = None
    compare: Month | None = None
    compare_region: Code | None = None
    as_of: Day | None = None
    scale: Scale | None = None
    dwell: Seconds | None = None
    device: Code | None = None
    stack: Stack = ()
    theme: Theme = "light"
    language: Language = "zh"
    rise: Rise = "cn"

    @field_validator("since")
    @classmethod
    def _range_is_one(cls, since: int | None, info: ValidationInfo) -> int | None:
        """Refuse a range that ends before it begins, or is longer than any chart."""
        period = info.data.get("period")
        if since is not None and period is not None and not 0 <= period - since < MOST_MONTHS:
            raise ValueError("the range ends before it begins, or is too long")
        return since

    @field_validator("stack")
    @classmethod
    def _stack_is_what_is_set(cls, stack: tuple[Mark, ...], info: ValidationInfo) -> tuple[Mark, ...]:
        """Drop what is not set, add what is set and not named: the newest stands last."""
        is_set = [mark for mark in MARKS if info.data.get(mark) is not None]
        named = [mark for mark in dict.fromkeys(stack) if mark in is_set]
        return (*named, *(mark for mark in is_set if mark in ALWAYS_MARKS and mark not in named))

    @classmethod
    def from_query(cls, query: str, catalogue: CodesKnown | None, route: Self) -> Self:
        """Read a URL query (with or without ``?``); what it does not say is taken from ``route``.

        ``catalogue=None`` leaves codes unchecked beyond their form. Raises ``SelectionError``.
        """
        chosen = _pairs(query)
        try:
            selection = cls.model_validate({**route.model_dump(), **chosen})
        except ValidationError as error:
            raise _refusal(error) from None
        if catalogue is not None:
            _check_codes(selection, catalogue)
        return selection

    def to_query(self) -> str:
        """Return the canonical query: every choice that is made, in fixed order, whatever the route's defaults."""
        return urlencode([(name, self._text_of(name)) for name in QUERY_KEYS if getattr(self, name) not in (None, ())])

    def _text_of(self, name: str) -> str:
        value = getattr(self, name)
        if name == "stack":
            return ".".join(value)
        return f"{year_of(value):04d}-{month_of(value):02d}" if name in MONTHS else str(value)

    def path(self) -> str:
        """Return the path of the page this selection is shown on."""
        return next(path for path, route in ROUTES.items() if (route.page, route.kind) == (self.page, self.kind))

    def address(self) -> str:
        """Return path and canonical query."""
        return f"{self.path()}?{self.to_query()}"

    def with_(self, **choices: Any) -> Self:  # noqa: ANN401 - any field of the model, checked by it
        """Return the selection with some choices replaced, checked like the rest; ``SelectionError`` if refused."""
        try:
            return type(self).model_validate({**self.model_dump(), **choices})
        except ValidationError as error:
            raise _refusal(error) from None


MONTHS = frozenset({"period", "since", "compare"})
QUERY_KEYS = (
    "period",
    "since",
    "accumulation",
    "window",
    "growth",
    "industry",
    "partner",
    "commodity",
    "region",
    "reference",
    "currency",
    "compare",
    "compare_region",
    "as_of",
    "scale",
    "dwell",
    "device",
    "stack",
    "theme",
    "language",
    "rise",
)

ROUTES: dict[str, Selection] = {
    "/": Selection(page="overview", kind="desk", theme="light"),
    "/clusters": Selection(page="clusters", kind="desk", theme="light"),
    "/trade": Selection(page="trade", kind="desk", theme="light"),
    "/digital": Selection(page="digital", kind="desk", theme="light"),
    "/investment": Selection(page="investment", kind="desk", theme="light"),
    "/city": Selection(page="city", kind="desk", theme="light"),
    "/warnings": Selection(page="warnings", kind="desk", theme="light"),
    "/data": Selection(page="sources", kind="desk", theme="light"),
    "/wall/overview": Selection(page="overview", kind="wall", theme="dark"),
    "/wall/clusters": Selection(page="clusters", kind="wall", theme="dark"),
    "/wall/trade": Selection(page="trade", kind="wall", theme="dark"),
    "/wall/digital": Selection(page="digital", kind="wall", theme="dark"),
    "/wall/warnings": Selection(page="warnings", kind="wall", theme="dark"),
}


def route_for(path: str, language: Language = "zh") -> Selection | None:
    """Return what a path shows before any choice is made, or ``None`` if it is no page of ours."""
    route = ROUTES.get(path if path == "/" else path.rstrip("/"))
    return None if route is None else route.with_(language=language)


def _pairs(query: str) -> dict[str, str]:
    """Split a query; refuse what is too long, broken, repeated, or not a choice."""
    if len(query) > MAX_QUERY_CHARACTERS:
        raise SelectionError("查询条件过长。", "The query is too long.")
    text = query.removeprefix("?")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise SelectionError("查询条件无法识别。", "The query cannot be read.") from None
    chosen = dict(pairs)
    if len(chosen) != len(pairs):
        raise SelectionError("查询条件重复。", "A choice is made twice.")
    if not chosen.keys() <= set(QUERY_KEYS):
        raise SelectionError("查询条件中有未知的项目。", "The query has an unknown key.")
    return chosen


_FIELD_WORDS = {
    "period": ("时期", "period"),
    "since": ("起始时期", "first period"),
    "growth": ("增速口径", "kind of growth"),
    "partner": ("贸易伙伴", "trade partner"),
    "commodity": ("商品", "commodity"),
    "reference": ("参照区域", "reference area"),
    "currency": ("币种", "currency"),
    "compare": ("对比时期", "period to compare with"),
    "compare_region": ("对比区域", "region to compare with"),
    "as_of": ("截至日期", "day of knowledge"),
    "scale": ("字号", "scale"),
    "dwell": ("停留秒数", "dwell"),
    "device": ("设备名", "device"),
    "stack": ("联动次序", "order of the marks"),
    "accumulation": ("当期/累计", "accumulation"),
    "window": ("时间范围", "time window"),
    "industry": ("产业", "industry"),
    "region": ("区域", "region"),
    "theme": ("主题", "theme"),
    "language": ("语言", "language"),
    "rise": ("涨跌配色", "rise colour"),
}


def _refused(field: str) -> SelectionError:
    zh, en = _FIELD_WORDS.get(field, ("页面", "page"))
    return SelectionError(f"“{zh}”的取值无法识别。", f"The {en} is not known.")


def _refusal(error: ValidationError) -> SelectionError:
    return _refused(str(error.errors(include_input=False)[0]["loc"][0]))


def _check_codes(selection: Selection, catalogue: CodesKnown) -> None:
    if selection.industry is not None and selection.industry not in catalogue.clusters:
        _check_code(catalogue, "industry", selection.industry)
    for dimension in ("partner", "commodity"):
        _check_code(catalogue, dimension, getattr(selection, dimension))
    for field in ("region", "reference", "compare_region"):
        code = getattr(selection, field)
        if code is not None and code not in catalogue.regions:
            raise _refused(field)


def _check_code(catalogue: CodesKnown, dimension: str, code: str | None) -> None:
    if code is None:
        return
    try:
        catalogue.code(dimension, code)
    except LookupError:
        raise _refused(dimension) from None

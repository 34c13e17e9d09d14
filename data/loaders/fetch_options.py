"""The ``[fetch]`` and ``[sql]`` sections of a source: where an answer comes from and how much of it is believed.

Any loader can be fed this way. Keys and passwords are never in a declaration: it names the environment variable.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from data.loaders.period_cells import FORMS
from data.loaders.source import Declared, Text

PLACEHOLDER = re.compile(r"\{(\w+)\}")
WINDOW_WORDS = ("first", "last")
VARIABLE = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]
MEBIBYTE = 1 << 20


class Window(Declared):
    """The stretch asked for: ``months`` back from the current month, written as ``form`` (see ``period_cells``)."""

    months: int = Field(ge=1, le=1200)
    form: str = "month"

    @field_validator("form")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FORMS or value == "middle_of_month":
            raise ValueError(f"{value!r} is none of {', '.join(FORMS)}")
        return value


class Key(Declared):
    """The key of an interface: the environment variable that holds it, and the header or query name it is sent as."""

    environment: VARIABLE
    header: str = ""
    query: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.header) == bool(self.query):
            raise ValueError("give either header or query")
        return self


class Paging(Declared):
    """How an answer comes in pieces, and what must hold over all of them.

    ``page`` counts pages from ``first``; ``offset`` counts rows; ``next`` follows the address at ``next`` (refused on
    another host). Rows are those of the path ``rows``; ``identity`` names the fields no two rows may share; ``total``
    and ``pages`` are the paths of the counts the answer gives; ``echo`` is the path of the page number it repeats;
    ``stable`` are paths whose values must be the same on every page.
    """

    kind: Literal["page", "offset", "next"]
    rows: Text
    identity: tuple[Text, ...] = Field(min_length=1)
    parameter: str = ""
    size_parameter: str = ""
    size: int = Field(default=0, ge=0, le=1_000_000)
    first: int = Field(default=1, ge=0, le=1)
    next: str = ""
    total: str = ""
    pages: str = ""
    echo: str = ""
    stable: tuple[Text, ...] = ()
    max_pages: int = Field(default=1000, ge=1, le=100_000)
    restarts: int = Field(default=2, ge=0, le=5)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "next" and not self.next:
            raise ValueError("kind next needs the path of the next address in `next`")
        if self.kind != "next" and not self.parameter:
            raise ValueError(f"kind {self.kind} needs `parameter`")
        if self.kind != "next" and not (self.size or self.total or self.pages):
            raise ValueError("without size, total or pages nobody can tell which page is the last")
        return self


class FetchOptions(Declared):
    """One address that is asked. Times in seconds; sizes in bytes, counted after decompression.

    ``answer_s`` ends one try, ``whole_s`` all tries and waits together. ``allowed_networks`` lists the non-public
    networks (CIDR) this feed may reach; public addresses need no entry, all others are refused.
    """

    url: Text
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.(json|jsonl|csv|xml|xlsx|xls)$")]
    query: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    key: Key | None = None
    window: Window | None = None
    content_types: tuple[Text, ...] = Field(min_length=1)
    paging: Paging | None = None
    schemes: tuple[Literal["https", "http"], ...] = ("https",)
    ports: tuple[int, ...] = ()
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    redirect_hosts: tuple[Text, ...] = ()
    max_redirects: int = Field(default=3, ge=0, le=10)
    ca_bundle: Path | None = None
    max_bytes: int = Field(default=64 * MEBIBYTE, ge=1, le=4096 * MEBIBYTE)
    connect_s: float = Field(default=10.0, gt=0, le=120)
    read_s: float = Field(default=30.0, gt=0, le=600)
    answer_s: float = Field(default=120.0, gt=0, le=3600)
    whole_s: float = Field(default=1800.0, gt=0, le=7200)
    tries: int = Field(default=4, ge=1, le=10)
    backoff_s: float = Field(default=2.0, gt=0, le=60)
    retry_after_cap_s: float = Field(default=900.0, gt=0, le=3600)
    open_last_line: bool = False  # a CSV whose last line has no line break is complete all the same
    shrink: float = Field(default=0.2, ge=0, le=1)  # more than this share of rows gone since last time: quarantined

    @model_validator(mode="after")
    def _placeholders(self) -> Self:
        texts = (self.url, *self.query.values())
        for word in (word for text in texts for word in PLACEHOLDER.findall(text)):
            if word not in WINDOW_WORDS or self.window is None:
                raise ValueError(f"{{{word}}} is none of the window's {WINDOW_WORDS}, or no window is declared")
        for name in self.headers:
            if name.lower() in ("host", "authorization", "cookie", "accept-encoding", "content-length"):
                raise ValueError(f"header {name} cannot be declared; a key goes into `key`")
        return self

    @property
    def is_text(self) -> bool:
        """Tell whether the answer is a CSV, which does not tell by itself where it ends."""
        return self.name.endswith(".csv")


class SqlOptions(Declared):
    """A question to another database. ``url`` names the environment variable that holds the SQLAlchemy URL.

    Either ``table`` with ``columns`` (checked against what the database has, so that no text of a declaration
    reaches the statement unless such a table and column exist) or ``query``: one SELECT with ``:first`` and ``:last``.
    """

    url: VARIABLE
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.jsonl$")]
    table: str = ""
    schema_name: str = ""
    columns: tuple[Text, ...] = ()
    window_column: str = ""
    query: str = ""
    window: Window | None = None
    equals: dict[str, str | int] = Field(default_factory=dict)  # column -> value, bound
    statement_s: float = Field(default=60.0, gt=0, le=3600)
    max_rows: int = Field(default=1_000_000, ge=1, le=20_000_000)
    writable: Literal["refuse", "warn"] = "refuse"  # what to do if the account could write
    shrink: float = Field(default=0.2, ge=0, le=1)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.table) == bool(self.query):
            raise ValueError("give either table with columns, or query")
        if self.table and not self.columns:
            raise ValueError("table needs columns")
        if bool(self.window_column) != bool(self.window and self.table):
            raise ValueError("window and window_column go together for a table")
        return self


class Fed(Declared):
    """The sections that say where an answer comes from; at most one of them. A source may have none."""

    fetch: FetchOptions | None = None
    sql: SqlOptions | None = None

    @model_validator(mode="after")
    def _one_feed(self) -> Self:
        if self.fetch and self.sql:
            raise ValueError("give either [fetch] or [sql]")
        return self

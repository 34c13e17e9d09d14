"""NBS data query answers (easyquery JSON): nodes of one indicator and one period each, ``hasdata: false`` is missing.

Names, units and indicator codes must be as declared; the rounded text NBS shows must agree with the full value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field

from data.catalogue import Catalogue
from data.facts import Blank, Fact, Reject
from data.loaders.layouts import Column, Group, Placement
from data.loaders.numbers import NumberError, parse_number
from data.loaders.period_cells import FORMS, PeriodError, PeriodForm
from data.loaders.placements import Place, place_column
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, Text

SUCCESS = 200


class Series(Column):
    """One NBS indicator: ``code`` is NBS's, ``header`` its name there, ``unit`` what the answer states."""

    code: Text


class EasyqueryGroup(Placement):
    """Indicators whose periods are written alike."""

    form: str
    series: tuple[Series, ...] = Field(min_length=1)


class EasyqueryOptions(Declared):
    """The sections of a source with ``loader = "easyquery"``."""

    group: tuple[EasyqueryGroup, ...] = Field(min_length=1)
    left_out: dict[str, str] = Field(default_factory=dict)  # NBS code -> its name, of indicators left out on purpose


@dataclass(frozen=True)
class _Node:
    """One entry of an answer: one indicator, one period."""

    code: str
    indicator: str
    period: str
    has_data: bool
    figure: object
    shown: str
    decimals: int


def parse(source: Source, path: Path, catalogue: Catalogue) -> Parsed:
    """Read one answer; another shape, return code, name or unit raises ``FileRefusedError``."""
    answer = _answer(path)
    nodes, names = _nodes(path, answer)
    options: EasyqueryOptions = source.options
    places = _places(source, path, catalogue, options, names)
    parsed = Parsed(rows_read=len(nodes))
    for node in nodes:
        _read_node(_node(path, node), places, parsed)
    return parsed


def _places(
    source: Source, path: Path, catalogue: Catalogue, options: EasyqueryOptions, names: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[PeriodForm, Place] | None]:
    """Return, per indicator code of the answer, how its periods read and where it goes; ``None`` where left out."""
    declared = {series.code: (group, series) for group in options.group for series in group.series}
    places: dict[str, tuple[PeriodForm, Place] | None] = {}
    for code, (name, unit) in names.items():
        if options.left_out.get(code) == name:
            places[code] = None
            continue
        if code not in declared:
            raise FileRefusedError(path.name, f"wdnodes {code}", "a declared indicator", f"{code} {name}")
        group, series = declared[code]
        if (name, unit) != (series.header, series.unit or ""):
            expected = f"{series.header!r} in unit {series.unit or ''!r}"
            raise FileRefusedError(path.name, f"wdnodes {code}", expected, f"{name!r} in unit {unit!r}")
        shared = Group(column=(series,), **group.model_dump(exclude={"form", "series"}, exclude_none=True))
        form = FORMS[group.form]
        places[code] = form, place_column(source, catalogue, shared, series, form.frequency)
    return places


def _answer(path: Path) -> Mapping[str, Any]:
    try:
        answer = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FileRefusedError(path.name, "the answer", "JSON", str(error)) from error
    if not isinstance(answer, dict) or answer.get("returncode") != SUCCESS:
        found = repr(answer.get("returncode")) if isinstance(answer, dict) else type(answer).__name__
        raise FileRefusedError(path.name, "returncode", str(SUCCESS), found)
    return answer


def _nodes(path: Path, answer: Mapping[str, Any]) -> tuple[list[Any], dict[str, tuple[str, str]]]:
    """Return the data nodes, and per indicator code its name and unit."""
    try:
        data = answer["returndata"]
        described = next(nodes for nodes in data["wdnodes"] if nodes["wdcode"] == "zb")["nodes"]
        return data["datanodes"], {node["code"]: (node["cname"], node["unit"]) for node in described}
    except (KeyError, TypeError, StopIteration) as error:
        raise FileRefusedError(
            path.name, "returndata", "datanodes and wdnodes of an NBS answer", repr(error)
        ) from error


def _node(path: Path, node: Mapping[str, Any]) -> _Node:
    try:
        cell = node["data"]
        words = {word["wdcode"]: word["valuecode"] for word in node["wds"]}
        has_data = {True: True, False: False}[cell["hasdata"]]
        return _Node(
            node["code"], words["zb"], words["sj"], has_data, cell["data"], cell["strdata"], int(cell["dotcount"])
        )
    except (KeyError, TypeError) as error:
        raise FileRefusedError(path.name, "datanodes", "nodes with code, wds and data", repr(error)) from error


def _read_node(node: _Node, places: Mapping[str, tuple[PeriodForm, Place] | None], parsed: Parsed) -> None:
    found = places[node.indicator]
    if not node.has_data:
        parsed.missing += 1
        parsed.blanks += [] if found is None else _blank(node, *found)
        return
    if found is None:
        parsed.excluded += 1
        return
    form, place = found
    try:
        figure = _figure(node)
        period = form.read(node.period)
    except (NumberError, PeriodError) as error:
        parsed.rejects.append(Reject(node.code, f"{node.figure} ({node.shown})", str(error)))
        return
    value, _ = place.stored(figure)
    parsed.facts.append(Fact(place.key({}), period, value, place.stored_unit, node.code, str(figure), node.decimals))


def _blank(node: _Node, form: PeriodForm, place: Place) -> list[Blank]:
    try:
        return [Blank(place.key({}), form.read(node.period), place.stored_unit, node.code, node.shown)]
    except PeriodError:
        return []  # no figure and no period: nothing it could withdraw


def _figure(node: _Node) -> Decimal:
    """Return the full value, if the rounded text shown agrees with it."""
    if not isinstance(node.figure, Decimal):
        raise NumberError(f"not a number: {node.figure!r}")
    if abs(parse_number(node.shown) - node.figure) > Decimal(1).scaleb(-node.decimals) / 2:
        raise NumberError(f"the text shown is {node.shown!r}, the value {node.figure}")
    return node.figure

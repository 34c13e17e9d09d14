"""NBS data query answers (easyquery JSON): nodes of one indicator and one period each, ``hasdata: false`` is missing.

Names, units and indicator codes must be as declared; the rounded text NBS shows must agree with the full value. An
answer for regions tells the region of each node: ``[regions]`` says which are meant, and without it they are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import Field

from data.catalogue import Catalogue
from data.facts import Blank, Fact, Reject
from data.loaders.json_paths import read_json
from data.loaders.layouts import Column, Group, Placement
from data.loaders.numbers import NumberError, parse_number
from data.loaders.period_cells import FORMS, PeriodError, PeriodForm
from data.loaders.placements import Place, place_column
from data.loaders.records import number_of
from data.loaders.source import Declared, FileRefusedError, Parsed, Source, SourceError, Text

SUCCESS, MOST_DECIMALS = 200, 12
INDICATOR, PERIOD, REGION = "zb", "sj", "reg"  # the dimensions of an answer, in whatever order they stand


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
    regions: dict[str, str] = Field(default_factory=dict)  # region code there -> here, of an answer that tells regions


@dataclass(frozen=True)
class _Node:
    """One entry of an answer: one indicator, one period."""

    code: str
    indicator: str
    period: str
    region: str  # empty where the answer tells none
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
    regions = _regions(source, catalogue, options)
    parsed = Parsed(rows_read=len(nodes))
    for node in nodes:
        _read_node(_node(path, node, regions), places, parsed)
    return parsed


def _regions(source: Source, catalogue: Catalogue, options: EasyqueryOptions) -> Mapping[str, str]:
    """Return the declared regions; one the catalogue does not know, or beside a fixed region, is a mistake."""
    for code in options.regions.values():
        if code not in catalogue.regions:
            raise SourceError(source.declared_in, "regions", f"region {code!r} is not in the catalogue")
    fixed = [group for group in options.group if group.region or any(each.region for each in group.series)]
    if options.regions and fixed:
        raise SourceError(source.declared_in, "group.region", "the answer tells the regions; declare them in [regions]")
    return options.regions


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
        stated = (group.unit if series.unit is None else series.unit) or ""
        if (name, unit) != (series.header, stated):
            expected = f"{series.header!r} in unit {stated!r}"
            raise FileRefusedError(path.name, f"wdnodes {code}", expected, f"{name!r} in unit {unit!r}")
        shared = Group(column=(series,), **group.model_dump(exclude={"form", "series"}, exclude_none=True))
        form = FORMS[group.form]
        places[code] = form, place_column(source, catalogue, shared, series, form.frequency)
    return places


def _answer(path: Path) -> Mapping[str, Any]:
    try:
        answer = read_json(path.read_text(encoding="utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, "the answer", "JSON", str(error)) from error
    if not isinstance(answer, dict) or answer.get("returncode") != SUCCESS:
        found = repr(answer.get("returncode")) if isinstance(answer, dict) else type(answer).__name__
        raise FileRefusedError(path.name, "returncode", str(SUCCESS), found)
    return answer


def _nodes(path: Path, answer: Mapping[str, Any]) -> tuple[list[Any], dict[str, tuple[str, str]]]:
    """Return the data nodes, and per indicator code its name and unit."""
    try:
        data = answer["returndata"]
        described = next(nodes for nodes in data["wdnodes"] if nodes["wdcode"] == INDICATOR)["nodes"]
        return data["datanodes"], {node["code"]: (node["cname"], node["unit"]) for node in described}
    except (KeyError, TypeError, StopIteration) as error:
        raise FileRefusedError(
            path.name, "returndata", "datanodes and wdnodes of an NBS answer", repr(error)
        ) from error


def _node(path: Path, node: Mapping[str, Any], regions: Mapping[str, str]) -> _Node:
    try:
        cell, code = node["data"], node["code"]
        words = {word["wdcode"]: word["valuecode"] for word in node["wds"]}
        has_data = {True: True, False: False}[cell["hasdata"]]
        region = _region(path, code, words, regions)
        figure, shown, decimals = cell["data"], cell["strdata"], int(cell["dotcount"])
        if not (
            all(isinstance(text, str) for text in (code, shown, *words.values())) and 0 <= decimals <= MOST_DECIMALS
        ):
            raise ValueError(f"{code}, {words}, {shown!r} with {decimals} decimals")
        return _Node(code, words[INDICATOR], words[PERIOD], region, has_data, figure, shown, decimals)
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileRefusedError):
            raise
        raise FileRefusedError(path.name, "datanodes", "nodes with code, wds and data", repr(error)) from error


def _region(path: Path, code: str, words: Mapping[str, str], regions: Mapping[str, str]) -> str:
    """Return the region a node is about, as it is called here; what else a node tells would be lost in silence."""
    expected = {INDICATOR, PERIOD, REGION} if regions else {INDICATOR, PERIOD}
    if set(words) != expected:
        raise FileRefusedError(path.name, code, f"wds {', '.join(sorted(expected))}", ", ".join(sorted(words)))
    if not regions:
        return ""
    if words[REGION] not in regions:
        raise FileRefusedError(path.name, code, f"region {' or '.join(regions)}", words[REGION])
    return regions[words[REGION]]


def _read_node(node: _Node, places: Mapping[str, tuple[PeriodForm, Place] | None], parsed: Parsed) -> None:
    if node.indicator not in places:
        parsed.rejects.append(Reject(node.code, f"{node.figure} ({node.shown})", "wdnodes does not describe it"))
        return
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
    key = place.key(_parts(node))
    parsed.facts.append(Fact(key, period, value, place.stored_unit, node.code, str(figure), node.decimals))


def _parts(node: _Node) -> dict[str, str]:
    return {"region": node.region} if node.region else {}


def _blank(node: _Node, form: PeriodForm, place: Place) -> list[Blank]:
    try:
        return [Blank(place.key(_parts(node)), form.read(node.period), place.stored_unit, node.code, node.shown)]
    except PeriodError:
        return []  # no figure and no period: nothing it could withdraw


def _figure(node: _Node) -> Decimal:
    """Return the full value, if the rounded text shown agrees with it."""
    if not isinstance(node.figure, Decimal):
        raise NumberError(f"not a number: {node.figure!r}")
    figure = number_of(node.figure, exponent=False)
    if abs(parse_number(node.shown) - figure) > Decimal(1).scaleb(-node.decimals) / 2:
        raise NumberError(f"the text shown is {node.shown!r}, the value {figure}")
    return figure

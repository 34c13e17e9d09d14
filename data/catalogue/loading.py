"""Putting a catalogue together from its folder and checking that every code it names exists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from data.catalogue.chains import read_chains
from data.catalogue.code_files import read_code_lists
from data.catalogue.errors import CatalogueError, UnknownKeyPartError
from data.catalogue.models import (
    DIMENSIONS,
    Catalogue,
    Cluster,
    Code,
    CodeList,
    Dimension,
    District,
    Indicator,
    PageDeclaration,
    Region,
    Theme,
    Unit,
)
from data.catalogue.reading import TomlFile, build, declared, read_toml
from data.catalogue.warning_rules import WarningRule

UNIT_BASES = {"rate": "percent", "share": "percent", "index": "index"}
THEME_TABLES = ("theme", "defaults", "indicator")


def load_catalogue(folder: Path) -> Catalogue:
    """Read and check the catalogue in ``folder``.

    The first mistake found raises ``CatalogueError`` with file, key, line where known, and reason.
    """
    folder = Path(folder)
    units = declared(Unit, read_toml(folder / "units.toml"), "unit")
    clusters_file = read_toml(folder / "clusters.toml")
    clusters = declared(Cluster, clusters_file, "cluster")
    regions_file = read_toml(folder / "regions.toml")
    regions = declared(Region, regions_file, "region")
    code_lists = read_code_lists(folder, clusters, regions)
    known = {name: _codes_of(code_lists.values(), name) for name in (*DIMENSIONS, "region")}
    _check_parents(regions_file, regions, known["region"])
    district = _district(read_toml(folder / "district.toml"), known["region"])
    _check_clusters(clusters_file, clusters, known["industry"])
    names = _named_groups(clusters, known["industry"])
    themes, indicators, theme_files = _themes_and_indicators(
        folder / "themes", units, known, names, district.home_region
    )
    _check_formulas(theme_files, indicators, clusters)
    _check_cluster_measures(clusters_file, clusters, indicators)
    return Catalogue(
        district=district,
        themes=themes,
        indicators=indicators,
        units=units,
        clusters=clusters,
        code_lists=code_lists,
        regions=regions,
        schematic_map=_schematic_map(folder / "schematic_map.json"),
        pages=_pages(read_toml(folder / "pages.toml"), indicators),
        chains=read_chains(folder / "chains.toml", clusters, indicators, known),
        warnings=_warnings(folder / "warnings.toml", indicators, regions),
    )


def _warnings(
    path: Path, indicators: Mapping[str, Indicator], regions: Mapping[str, Region]
) -> tuple[WarningRule, ...]:
    """Return the warning rules, the gravest first; a district without the file has none."""
    if not path.exists():
        return ()
    file = read_toml(path)
    rules = declared(WarningRule, file, "warning")
    for code, rule in rules.items():
        if rule.indicator is not None and rule.indicator not in indicators:
            raise file.error(f"warning.{code}.indicator", f"the catalogue has no indicator {rule.indicator!r}")
        if rule.peer is not None and rule.peer not in regions:
            raise file.error(f"warning.{code}.peer", f"the catalogue has no region {rule.peer!r}")
        if rule.indicator is not None:
            _check_warning(file, rule, indicators[rule.indicator])
    return tuple(sorted(rules.values(), key=lambda rule: rule.level))


def _check_warning(file: TomlFile, rule: WarningRule, indicator: Indicator) -> None:
    """Refuse a rule about a series its indicator cannot have."""
    where = f"warning.{rule.code}"
    if rule.kind == "behind_target" and not indicator.targets:
        raise file.error(f"{where}.indicator", f"{indicator.code} has no targets")
    is_rate = indicator.value_kind in ("rate", "share")
    needs_growth = rule.measure == "growth" or rule.kind == "behind_peers"
    if needs_growth and not is_rate and indicator.growth != "official":
        raise file.error(where, f"{indicator.code} has no official growth")
    try:
        indicator.key(**{str(name): code for name, code in (rule.parts or {}).items()})
    except UnknownKeyPartError as error:
        raise file.error(f"{where}.parts", str(error)) from error


def _pages(file: TomlFile, indicators: Mapping[str, Indicator]) -> dict[str, PageDeclaration]:
    """Return the pages; a key figure must be a series its indicator can have, and stand on its page only once."""
    pages = declared(PageDeclaration, file, "page")
    for code, page in pages.items():
        key = f"page.{code}.key_figures"
        for figure in page.key_figures:
            for named in filter(None, (figure.indicator, figure.whole)):
                if named not in indicators:
                    raise file.error(key, f"the catalogue has no indicator {named!r}")
            try:
                indicators[figure.indicator].key(**figure.parts)
            except UnknownKeyPartError as error:
                raise file.error(key, f"{figure.indicator}: {error}") from error
        if len({figure.indicator for figure in page.key_figures}) < len(page.key_figures):
            raise file.error(key, "an indicator stands here twice")
    return pages


def _codes_of(lists: Iterable[CodeList], dimension: str) -> dict[str, Code]:
    return {code: each for one in lists if one.dimension == dimension for code, each in one.codes.items()}


def _district(file: TomlFile, regions: Mapping[str, Code]) -> District:
    file.only(["district"])
    district = build(District, file, "district", file.table("district"))
    for name, value in district:
        if name.endswith(("_region", "_regions")):
            for code in (value,) if isinstance(value, str) else value:
                if code not in regions:
                    raise file.error(f"district.{name}", f"no region list knows {code!r}")
    return district


def _check_parents(file: TomlFile, regions: Mapping[str, Region], known: Mapping[str, Code]) -> None:
    for each in regions.values():
        if each.parent and each.parent not in known:
            raise file.error(f"region.{each.code}.parent", f"no region list knows {each.parent!r}")


def _check_clusters(file: TomlFile, clusters: Mapping[str, Cluster], industries: Mapping[str, Code]) -> None:
    owner: dict[str, str] = {}
    for cluster in clusters.values():
        for division in cluster.divisions:
            key = f"cluster.{cluster.code}.divisions"
            if division not in industries:
                raise file.error(key, f"no industry list knows {division!r}")
            if owner.setdefault(division, cluster.code) != cluster.code:
                raise file.error(key, f"{division} already belongs to {owner[division]}")


def _check_cluster_measures(
    file: TomlFile, clusters: Mapping[str, Cluster], indicators: Mapping[str, Indicator]
) -> None:
    for cluster in clusters.values():
        for measure, code in cluster.measures.items():
            if code not in indicators or "industry" not in indicators[code].dimensions:
                reason = f"{code!r} is no indicator with the dimension industry"
                raise file.error(f"cluster.{cluster.code}.measures.{measure}", reason)


def _named_groups(clusters: Mapping[str, Cluster], industries: Mapping[str, Code]) -> dict[str, tuple[str, ...]]:
    """Return what ``@name`` stands for in members and partitions, so that an edited cluster is edited everywhere."""
    ordered = sorted(clusters.values(), key=lambda each: each.order)
    groups = {"@clusters": tuple(each.code for each in ordered)}
    for scope in ("industrial", "services"):
        chosen = [each for each in ordered if each.scope == scope]
        groups[f"@{scope}_clusters"] = tuple(each.code for each in chosen)
        divisions = tuple(sorted(code for each in chosen for code in each.divisions))
        groups[f"@{scope}_divisions"] = divisions
        groups[f"@{scope}_groups"] = tuple(code for code, each in industries.items() if each.parent in divisions)
    return groups


def _themes_and_indicators(
    folder: Path,
    units: Mapping[str, Unit],
    known: Mapping[str, Mapping[str, Code]],
    names: Mapping[str, tuple[str, ...]],
    home_region: str,
) -> tuple[dict[str, Theme], dict[str, Indicator], list[TomlFile]]:
    files = [read_toml(path) for path in sorted(folder.glob("*.toml"))]
    if not files:
        raise CatalogueError(folder, "", "there is no theme file (*.toml)")
    themes = _themes(files)
    indicators: dict[str, Indicator] = {}
    for file in files:
        for made in _indicators(file, themes, names, home_region):
            if made.code in indicators:
                raise file.error(f"indicator.{made.code}", "the code is declared twice, here and in another theme file")
            _check_indicator(file, made, units, known)
            indicators[made.code] = made
    return dict(sorted(themes.items(), key=lambda each: each[1].order)), indicators, files


def _themes(files: Iterable[TomlFile]) -> dict[str, Theme]:
    """Return the themes; a file opens its theme with ``[theme]`` or joins another file's with ``theme = "code"``."""
    themes: dict[str, Theme] = {}
    for file in files:
        file.only(THEME_TABLES)
        if isinstance(file.content.get("theme"), dict):
            theme = build(Theme, file, "theme", file.table("theme"))
            if theme.code in themes:
                raise file.error("theme.code", f"the theme {theme.code} is declared twice")
            themes[theme.code] = theme
    return themes


def _indicators(
    file: TomlFile, themes: Mapping[str, Theme], names: Mapping[str, tuple[str, ...]], home_region: str
) -> list[Indicator]:
    said = file.content.get("theme")
    theme = said.get("code") if isinstance(said, dict) else said
    if theme not in themes:
        raise file.error("theme", f"no theme file opens the theme {theme!r}")
    given = {"theme": theme, "region": home_region, **file.table("defaults")}
    made = []
    for code, values in file.table("indicator").items():
        key = f"indicator.{code}"
        if not isinstance(values, dict):
            raise file.error(key, "must be a table")
        made.append(build(Indicator, file, key, _expanded(file, key, {**given, **values}, names), code=code))
    return made


def _expanded(file: TomlFile, key: str, values: dict[str, Any], names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    def expand(codes: object, where: str) -> object:
        if not isinstance(codes, list):
            return codes
        if codes and all(isinstance(each, list) for each in codes):
            return [expand(each, where) for each in codes]
        unknown = [each for each in codes if isinstance(each, str) and each.startswith("@") and each not in names]
        if unknown:
            raise file.error(where, f"unknown group {unknown[0]!r}; known are {', '.join(sorted(names))}")
        return [code for each in codes for code in (names.get(each, (each,)) if isinstance(each, str) else (each,))]

    for part in ("members", "partitions"):
        if isinstance(values.get(part), dict):
            values[part] = {name: expand(codes, f"{key}.{part}") for name, codes in values[part].items()}
    return values


def _check_indicator(
    file: TomlFile, made: Indicator, units: Mapping[str, Unit], known: Mapping[str, Mapping[str, Code]]
) -> None:
    key = f"indicator.{made.code}"
    if made.unit not in units:
        raise file.error(f"{key}.unit", f"{made.unit!r} is not in units.toml")
    base = UNIT_BASES.get(made.value_kind)
    if base and units[made.unit].base != base:
        raise file.error(f"{key}.unit", f"a {made.value_kind} needs a unit of {base}, not {made.unit}")
    if made.region not in known["region"]:
        raise file.error(f"{key}.region", f"no region list knows {made.region!r}")
    for group in made.breakdown_groups:
        if group not in known["breakdown"]:
            raise file.error(f"{key}.breakdown_groups", f"no breakdown list knows the group {group!r}")
    allowed = {dimension: _allowed(made, dimension, known[dimension]) for dimension in made.dimensions}
    for part, dimension, code in _named_codes(made):
        if code not in allowed[dimension]:
            raise file.error(f"{key}.{part}.{dimension}", f"no {dimension} list of this indicator knows {code!r}")
    made.bind(allowed, frozenset(known["region"]))


def _check_formulas(
    files: Iterable[TomlFile], indicators: Mapping[str, Indicator], clusters: Mapping[str, Cluster]
) -> None:
    """Refuse a formula over an indicator or a measure nobody has."""
    for file in files:
        for code in file.table("indicator"):
            formula = indicators[code].formula
            for part in (formula.numerator, formula.denominator) if formula else ():
                if part and (part not in indicators or indicators[part].formula):
                    raise file.error(f"indicator.{code}.formula", f"no stored indicator is called {part!r}")
            for measure in formula.measures if formula else ():
                if any(measure not in each.measures for each in clusters.values()):
                    raise file.error(f"indicator.{code}.formula", f"not every cluster has the measure {measure!r}")


def _allowed(made: Indicator, dimension: Dimension, codes: Mapping[str, Code]) -> frozenset[str]:
    """Return the codes a series of the indicator may carry: all of the dimension, or the members of its groups."""
    if dimension != "breakdown":
        return frozenset(codes)
    return frozenset(code for code, each in codes.items() if each.parent in made.breakdown_groups)


def _named_codes(made: Indicator) -> Iterator[tuple[str, Dimension, str]]:
    for dimension, code in made.defaults.items():
        yield "defaults", dimension, code
    for dimension, codes in made.members.items():
        yield from (("members", dimension, code) for code in codes)
    for dimension, partitions in made.partitions.items():
        yield from (("partitions", dimension, code) for partition in partitions for code in partition)


def _schematic_map(path: Path) -> dict[str, tuple[tuple[tuple[float, float], ...], ...]]:
    """Return the hand-drawn outlines: layer → paths of (x km, y km) from 120°E 35.85°N."""
    try:
        layers = json.loads(path.read_text(encoding="utf-8"))["layers"]
        return {
            name: tuple(tuple((float(x), float(y)) for x, y in line) for line in lines)
            for name, lines in layers.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(path, "layers", f"must map each layer to lists of [x, y] pairs ({error})") from error

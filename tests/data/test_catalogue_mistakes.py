"""Every kind of mistake in a catalogue is told with file, key, line and reason; another folder is another district."""

import shutil
from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue

FOLDER = Path("data/catalogue")
GDP = "themes/macro.toml"

# file, what stands there, what is written instead, key in the error, reason in the error
MISTAKES = [
    (GDP, 'short_en = "GDP"', 'short_en = "GDP"\ncolour = 3', "indicator.gdp.colour", "unknown key"),
    (GDP, 'short_en = "GDP"\n', "", "indicator.gdp.short_en", "the key is missing"),
    (GDP, 'short_en = "GDP"', 'short_en = "Gross domestic product"', "indicator.gdp.short_en", "at most 16 characters"),
    (GDP, 'short_en = "GDP"', "short_en = 3", "indicator.gdp.short_en", "valid string"),
    (GDP, 'unit = "CNY_100M"\nfrequency = "Q"', 'unit = "YI"\nfrequency = "Q"', "indicator.gdp.unit", "'YI' is not in"),
    (GDP, 'unit = "CNY_100M"\nfrequency = "Q"', 'unit = "CNY_100M"\nfrequency = "W"', "indicator.gdp.frequency", "'W'"),
    (GDP, 'additive = true\ndimensions', 'additive = "yes"\ndimensions', "indicator.gdp.additive", "valid boolean"),
    (GDP, 'industry = [["S1", "S2", "S3"]]', 'industry = [["S1", "S2", "S9"]]', "gdp.partitions.industry", "'S9'"),
    (GDP, 'industry = [["S1", "S2", "S3"]]', 'industry = [["S1", "S1"]]', "indicator.gdp", "names S1 twice"),
    (GDP, '["@industrial_clusters", "@ind', '["@cluster", "@ind', "va_growth.members", "'@cluster'"),
    (GDP, "2026 = 5.5 }", "next = 5.5 }", "indicator.gdp.targets", "under its year"),
    (GDP, 'target_kind = "growth"\n', "", "indicator.gdp", "targets need target_kind"),
    (GDP, "[indicator.gdp_share]", "[indicator.gdp]", "", "gdp"),  # twice in one file: the TOML parser says so
    (GDP, "[indicator.producer_services_va]", "[indicator.fdi_utilised]", "indicator.fdi_utilised", "declared twice"),
    (GDP, 'value_kind = "rate"\n', 'value_kind = "rate"\ngrowth = "official"\n', "", "overwrite a value"),
    (GDP, "order = 1", "order = 1\nshade = 2", "theme.shade", "unknown key"),
    (GDP, "[defaults]", "[default]", "default", "unknown table"),
    ("themes/bulk.toml", 'theme = "trade"', 'theme = "trades"', "theme", "no theme file opens the theme 'trades'"),
    ("themes/bulk.toml", 'region = "SDFTZ-QD"', 'region = "SDFTZ"', "bulk_import_volume.region", "'SDFTZ'"),
    ("themes/trade.toml", 'flow = "T"', 'flow = "B"', "indicator.trade.defaults.flow", "'B'"),
    ("themes/trade.toml", '"TRADE_MODE", "ENT', '"TRADE", "ENT', "indicator.trade.breakdown_groups", "'TRADE'"),
    ("themes/trade.toml", 'dimensions = ["flow", "partner",', 'dimensions = ["flow", "country",',
     "indicator.trade.dimensions", "'country'"),
    ("themes/port.toml", 'unit = "TEU_10K"', 'unit = "TEU_10K"\nvalue_kind = "share"', "throughput.unit", "percent"),
    ("themes/digital.toml", "combined_january_february = true",
     'combined_january_february = "是"', "january", "boolean"),
    ("units.toml", 'base = "CNY"\nmultiplier = 8', 'base = "CNY"\nmultiplier = 80', "unit.CNY_100M.multiplier", "12"),
    ("units.toml", 'stored_name_en = "CNY 100m"\n', "", "unit.CNY_100M", "stored_name_en is needed"),
    ("units.toml", "[unit.PERCENT]", "[unit.PERCENT", "", ""),  # not TOML
    ("clusters.toml", '["C25", "C26", "C29"]', '["C25", "C26", "C99"]', "cluster.CL_PETRO.divisions", "'C99'"),
    ("clusters.toml", '["C25", "C26", "C29"]', '["C25", "C38"]', "cluster.CL_HOME.divisions", "belongs to CL_PETRO"),
    ("clusters.toml", 'output = "industrial_output"', 'output = "retail_sales"', "measures.output", "dimension"),
    ("clusters.toml", 'label_side = "right"', 'label_side = "top"', "cluster.CL_PETRO.place.label_side", "'top'"),
    ("clusters.toml", "x_km = -20.0\n", "", "cluster.CL_PETRO.place.x_km", "the key is missing"),
    ("district.toml", 'home_region = "370211"', 'home_region = "370299"', "district.home_region", "'370299'"),
    ("district.toml", 'title_en = "OneScreen"\n', "", "district.title_en", "the key is missing"),
    ("regions.toml", 'parent = "370200"', 'parent = "370999"', "region.370211.parent", "'370999'"),
    ("codes/lists.toml", 'file = "flows.csv"', 'file = "flow.csv"', "", "cannot be read"),
    ("codes/lists.toml", 'file = "flows.csv"\n', "", "list.flows.file", "the key is missing"),
    ("codes/lists.toml", 'dimension = "flow"', 'dimension = "flows"', "list.flows.dimension", "'flows'"),
    ("codes/flows.csv", "name_zh", "name", "name_zh", "the column is missing"),
    ("codes/flows.csv", "X,出口", "T,出口", "T", "stands twice"),
    ("codes/flows.csv", "X,出口", "X,", "X", "must not be empty"),
    ("codes/flows.csv", "X,出口,Exports", "X,出口,Exports,more,and more", "X", "cells"),
    ("codes/commodities.csv", "CRUDE,原油", "HS27,原油", "HS27", "already in the commodity list"),
    ("codes/breakdowns.csv", "URBAN,城镇居民,Urban residents,城镇,Urban,RESIDENCE",
     "URBAN,城镇居民,Urban residents,城镇,Urban,HOME", "URBAN", "parent 'HOME'"),
    ("pages.toml", 'indicator = "gdp"', 'indicator = "gdb"', "page.overview.key_figures", "no indicator 'gdb'"),
    ("pages.toml", 'parts = { flow = "T" }', 'parts = { flow = "B" }', "page.overview.key_figures", "'B'"),
    ("pages.toml", 'indicator = "retail_sales"', 'indicator = "gdp"', "page.overview.key_figures", "twice"),
    ("pages.toml", 'name_en = "Overview"', 'name_en = "Overview of everything"', "page.overview.name_en", "at most 16"),
    ("schematic_map.json", '"layers"', '"layer"', "layers", "must map each layer"),
]  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def _replace(path: Path, old: str, new: str) -> int:
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(("file", "old", "new", "key", "reason"), MISTAKES)
def test_a_mistake_is_told_with_file_key_and_reason(
    copy: Path, file: str, old: str, new: str, key: str, reason: str
) -> None:
    _replace(copy / file, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(copy)
    error = caught.value
    assert reason in error.reason
    assert key in error.key
    named = "codes/flow.csv" if reason == "cannot be read" else file
    if reason not in ("declared twice", "already in the commodity list"):  # said of the second place, whichever that is
        assert error.file == str(copy / named)
    assert error.file in str(error)
    assert error.reason in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("file", "old", "new", "shift"),
    [
        (GDP, 'short_en = "GDP"', 'short_en = "GDP"\ncolour = 3', 1),
        (GDP, "additive = true\ndimensions", 'additive = "yes"\ndimensions', 0),
        ("clusters.toml", '["C25", "C26", "C29"]', '["C25", "C26", "C99"]', 0),
        ("clusters.toml", 'label_side = "right"', 'label_side = "top"', 0),
        ("codes/flows.csv", "X,出口", "T,出口", 0),
        ("units.toml", "[unit.PERCENT]", "[unit.PERCENT", 0),
    ],
)
def test_a_mistake_is_told_with_its_line(copy: Path, file: str, old: str, new: str, shift: int) -> None:
    line = _replace(copy / file, old, new)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(copy)
    assert caught.value.line == line + shift
    assert f"line {line + shift}" in str(caught.value)


def test_a_missing_folder_or_file_is_told(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="the file is missing"):
        load_catalogue(tmp_path / "nothing")
    shutil.rmtree(copy / "themes")
    with pytest.raises(CatalogueError, match="no theme file"):
        load_catalogue(copy)


def test_a_file_that_is_not_utf8_is_told(copy: Path) -> None:
    (copy / "units.toml").write_bytes('[unit.PERCENT]\nname_zh = "百分比"'.encode("gb18030"))
    with pytest.raises(CatalogueError, match="not UTF-8"):
        load_catalogue(copy)


def test_an_indicator_is_one_entry(copy: Path) -> None:
    entry = """
[indicator.power_use]
name_zh = "全社会用电量"
name_en = "Electricity use"
short_zh = "用电量"
short_en = "Electricity"
unit = "CNY_100M"
definition_zh = "试例。"
definition_en = "Example."
"""
    path = copy / "themes" / "macro.toml"
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    added = load_catalogue(copy).indicator("power_use")
    assert (added.theme, added.frequency, added.region) == ("macro", "M", "370211")


def test_another_district_is_another_folder(copy: Path) -> None:
    _replace(copy / "district.toml", 'home_region = "370211"', 'home_region = "370215"')
    _replace(copy / "district.toml", "青岛西海岸新区", "青岛市即墨区")
    _replace(copy / "district.toml", 'title_zh = "一屏通览"', 'title_zh = "即墨一屏"')
    other = load_catalogue(copy)
    assert other.home_region == "370215"
    assert other.district.name_zh == "青岛市即墨区"
    assert other.indicator("gdp").key().region == "370215"
    assert other.indicator("container_throughput").key().region == "CNQDG"
    assert load_catalogue(FOLDER).home_region == "370211"


def test_an_edited_cluster_is_edited_everywhere(copy: Path) -> None:
    _replace(copy / "clusters.toml", '["C27", "C40"]', '["C27"]')
    assert "C40" not in load_catalogue(copy).indicator("industrial_output").codes_of("industry")

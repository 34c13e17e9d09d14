"""The catalogue as it is: what must be in it, and the names and codes it promises."""

import csv
from pathlib import Path

import pytest

from data.catalogue import Catalogue, UnknownKeyPartError, load_catalogue
from data.loaders import published
from data.loaders.source import SAMPLES, load_sources

FOLDER = Path("data/catalogue")
SOURCES = Path("data/sources")

BREADTH = {
    "macro": "gdp gdp_share gdp_share_of_city industrial_va_growth industrial_output industrial_revenue"
    " industrial_profit industrial_profit_tax fixed_asset_investment fixed_asset_investment_growth retail_sales"
    " budget_revenue disposable_income resident_population urbanization_rate nbs_gdp_index nbs_cpi_yoy"
    " real_estate_investment"
    " world_bank_gdp_usd",
    "clusters": "industrial_enterprises industrial_employment industrial_va_share service_revenue service_va_growth"
    " service_profit service_enterprises service_employment",
    "trade": "trade trade_usd cross_border_ecommerce import_volume import_value import_value_usd import_price"
    " import_price_usd price_brent price_wti price_dubai price_tsr20 price_rss3 price_iron_ore price_soybeans"
    " price_palm_oil price_copper price_aluminum price_lng_japan price_coal_au price_brent_eia price_brent_eia_daily"
    " price_wti_eia pulp_price_index_us bulk_import_volume bulk_stock bulk_turnover exchange_rate",
    "port": "cargo_throughput foreign_cargo_throughput container_throughput",
    "digital": "digital_core_revenue digital_core_va_share software_revenue digital_enterprises digital_parks"
    " digital_park_enterprises digital_park_output base_stations_5g gigabit_coverage iot_devices open_datasets"
    " open_data_calls",
    "investment": "signed_projects signed_amount paid_in_capital fdi_utilised expo_area expo_exhibitors expo_visitors"
    " expo_signed_projects expo_signed_amount",
    "city": "market_entities market_entities_new government_services online_service_rate enforcement_events"
    " enforcement_closure_rate quality_batches quality_pass_rate smart_city_projects smart_city_investment"
    " smart_city_progress",
}
CLUSTERS = {
    "CL_PETRO": ("石油化工", {"C25", "C26", "C29"}),
    "CL_HOME": ("家电电子", {"C38", "C39"}),
    "CL_SHIP": ("船舶海工", {"C37"}),
    "CL_AUTO": ("汽车及零部件", {"C36"}),
    "CL_MACH": ("机械", {"C34", "C35"}),
    "CL_PORT": ("港口航运", {"G55", "G59"}),
    "CL_EMERGING": ("新兴产业", {"C27", "C40"}),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


def test_the_seven_themes_stand_in_the_order_of_the_screen(catalogue: Catalogue) -> None:
    names = [each.name_zh for each in catalogue.themes.values()]
    assert names == ["宏观", "产业集群", "外贸与大宗", "港口航运", "数字经济", "投资与会展", "城市运行"]


@pytest.mark.parametrize("theme", BREADTH)
def test_every_promised_indicator_is_in_its_theme(catalogue: Catalogue, theme: str) -> None:
    assert set(BREADTH[theme].split()) <= {each.code for each in catalogue.of_theme(theme)}


def test_units_say_how_english_prints_them(catalogue: Catalogue) -> None:
    used = {each.unit for each in catalogue.indicators.values()}
    assert used <= catalogue.units.keys()
    assert catalogue.unit_of("gdp").multiplier == 8
    assert catalogue.unit_of("gdp").name_en == "CNY bn"
    assert catalogue.unit_of("gdp").english_factor == 0.1


def test_every_short_name_fits_and_every_text_is_there_in_both_languages(catalogue: Catalogue) -> None:
    for each in catalogue.indicators.values():
        assert len(each.short_en) <= 16
        assert each.definition_zh.endswith("。")
        assert each.definition_en.endswith(".")


def test_short_names_tell_indicators_of_a_theme_apart(catalogue: Catalogue) -> None:
    for language in ("zh", "en"):
        for theme in catalogue.themes:
            names = [each.word("short", language) for each in catalogue.of_theme(theme)]
            assert sorted(names) == sorted(set(names)), f"{theme} {language}"


def test_targets_say_that_they_are_examples(catalogue: Catalogue) -> None:
    with_targets = {each.code for each in catalogue.indicators.values() if each.targets}
    assert with_targets == {
        "gdp", "industrial_va_growth", "fixed_asset_investment_growth", "retail_sales", "trade", "budget_revenue",
        "container_throughput", "digital_core_va_share",
    }  # fmt: skip
    for code in with_targets:
        indicator = catalogue.indicators[code]
        assert indicator.targets.keys() >= {2024, 2025, 2026}
        assert indicator.target_is_example
        assert indicator.target_source_zh == "示例目标，待接入本区计划"
        assert "Example target" in indicator.target_source_en


def test_the_clusters_are_the_working_definition_and_say_so(catalogue: Catalogue) -> None:
    found = {each.code: (each.name_zh, set(each.divisions)) for each in catalogue.clusters.values()}
    assert found == CLUSTERS
    assert [each.order for each in catalogue.clusters_in_order] == [1, 2, 3, 4, 5, 6, 7]
    assert "工作口径" in catalogue.district.cluster_note_zh
    for each in catalogue.clusters.values():
        assert each.definition_note_zh.startswith("工作口径")
        assert each.definition_note_en.startswith("Working definition")
        assert set(each.measures) == {"output", "va_growth", "revenue", "profit", "enterprises", "employment"}


def test_members_follow_the_clusters(catalogue: Catalogue) -> None:
    output = catalogue.indicator("industrial_output")
    by_cluster, by_division = output.partitions["industry"]
    assert by_cluster == ("CL_PETRO", "CL_HOME", "CL_SHIP", "CL_AUTO", "CL_MACH", "CL_EMERGING", "OTH_IND")
    assert by_division == ("C25", "C26", "C27", "C29", "C34", "C35", "C36", "C37", "C38", "C39", "C40", "OTH_IND")
    assert output.codes_of("industry").count("OTH_IND") == 1


def test_code_lists_are_complete(catalogue: Catalogue) -> None:
    industries = catalogue.code_lists["gbt4754_2017"].codes.values()
    assert sum(each.level == "section" for each in industries) == 20
    assert sum(each.level == "division" for each in industries) == 97
    assert len(industries) == 1971
    assert all(each.name_en for each in industries if each.level in ("section", "division"))
    goods = catalogue.code_lists["hs2022"].codes
    assert sum(each.level == "section" for each in goods.values()) == 21
    assert sum(each.level == "chapter" for each in goods.values()) == 96
    assert goods["HS40"].parent == "HS_S07"
    assert goods["HS27"].parent == "HS_S05"
    core = [code for code, each in catalogue.code_lists["digital_economy_2021"].codes.items()
            if each.level == "大类" and each.extra["core_industry"] == "yes"]  # fmt: skip
    assert core == ["DE01", "DE02", "DE03", "DE04"]
    assert len(catalogue.code_lists["gbt2260_regions"].codes) == 3217


def test_class_05_is_never_part_of_the_digital_core(catalogue: Catalogue) -> None:
    for code in ("digital_core_revenue", "digital_core_va_share"):
        assert catalogue.indicator(code).codes_of("industry") == ("DE01", "DE02", "DE03", "DE04")


def test_every_partner_name_of_the_customs_table_has_a_code(catalogue: Catalogue) -> None:
    with (SAMPLES / "trade/gacc_trade_by_partner_2024_monthly.csv").open(encoding="utf-8") as stream:
        named = {row["partner_zh"] for row in csv.DictReader(stream)} - {"总值"}
    codes = catalogue.code_lists["partner"].codes_by_name()
    assert len(named) == 267
    assert named <= codes.keys()
    assert codes["中国香港"] == "HKG"
    assert codes["中国澳门"] == "MAC"
    assert codes["中国台湾"] == "TWN"
    assert codes["东南亚国家联盟"] == "G_ASEAN"
    for code in ("HKG", "MAC", "TWN"):
        assert catalogue.label("region", code, "zh").startswith("中国")


def test_partner_groups_have_their_members(catalogue: Catalogue) -> None:
    members: dict[str, int] = {}
    for each in catalogue.code_lists["partner"].codes.values():
        for group in filter(None, each.extra["groups"].split("|")):
            members[group] = members.get(group, 0) + 1
    assert {group: members[group] for group in ("G_ASEAN", "G_EU", "G_APEC", "G_RCEP", "G_GCC")} == {
        "G_ASEAN": 10, "G_EU": 27, "G_APEC": 21, "G_RCEP": 14, "G_GCC": 6,
    }  # fmt: skip


def test_partners_that_add_up_do_not_overlap(catalogue: Catalogue) -> None:
    (partition,) = catalogue.indicator("trade").partitions["partner"]
    for each in catalogue.code_lists["partner"].codes.values():
        inside = {each.code, each.parent, *each.extra["groups"].split("|")} & set(partition)
        assert len(inside) <= 1, f"{each.name_zh} is counted in {inside}"


def test_a_key_carries_what_the_catalogue_declares(catalogue: Catalogue) -> None:
    key = catalogue.indicator("trade").key(flow="X", partner="G_ASEAN")
    assert (key.region, key.frequency, key.accumulation, key.currency, key.flow) == ("370211", "M", "Y", "CNY", "X")
    assert catalogue.indicator("trade").key().flow == "T"
    assert catalogue.indicator("container_throughput").key().region == "CNQDG"
    assert catalogue.indicator("industrial_output").key().classification == "GBT4754-2017"
    assert catalogue.indicator("resident_population").key(accumulation="P", frequency="D").frequency == "D"
    assert catalogue.indicator("gdp").key(measure="yoy") != catalogue.indicator("gdp").key()


@pytest.mark.parametrize(
    ("code", "parts", "reason"),
    [
        ("gdp", {"industry": "S9"}, "no industry list knows 'S9'"),
        ("gdp", {"partner": "USA"}, "has no dimension 'partner'"),
        ("gdp", {"region": "999999"}, "no region list knows '999999'"),
        ("gdp", {"accumulation": "S"}, "has accumulation Y, not 'S'"),
        ("gdp", {"frequency": "M"}, "has frequency Q, not 'M'"),
        ("industrial_va_growth", {"measure": "yoy"}, "has measure level, not 'yoy'"),
        ("trade", {"breakdown": "CLOUD"}, "no breakdown list knows 'CLOUD'"),
        ("trade", {"breakdown": "TRADE_MODE"}, "no breakdown list knows 'TRADE_MODE'"),
    ],
)
def test_a_key_with_a_part_the_indicator_has_not_is_refused(
    catalogue: Catalogue, code: str, parts: dict[str, str], reason: str
) -> None:
    with pytest.raises(UnknownKeyPartError) as caught:
        catalogue.indicator(code).key(**parts)
    assert reason in str(caught.value)


def test_an_unknown_indicator_or_code_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownKeyPartError, match="no indicator 'gpd'"):
        catalogue.indicator("gpd")
    with pytest.raises(UnknownKeyPartError, match="no partner list knows 'ZZZ'"):
        catalogue.label("partner", "ZZZ", "zh")
    assert catalogue.label("industry", "_T", "en") == "Total"


def test_all_published_figures_have_a_place(catalogue: Catalogue) -> None:
    (source,) = (each for each in load_sources(SOURCES) if each.code == "published_figures")
    (path,) = source.paths()
    parsed = published.parse(source, path, catalogue)
    assert parsed.rows_read == 481
    assert parsed.rejects == []
    keys = [(fact.key, fact.period) for fact in parsed.facts]
    assert len(keys) == len(set(keys)) == 816
    found = {(fact.key, fact.period): fact.value for fact in parsed.facts}
    gdp = catalogue.indicator("gdp")
    assert found[gdp.key(), 2023 * 12 + 11] == 5003.38
    assert found[gdp.key(measure="yoy"), 2023 * 12 + 11] == 6.0
    assert found[gdp.key(measure="yoy"), 2022 * 12 + 8] == 5.3
    assert found[gdp.key(industry="S3"), 2023 * 12 + 11] == 3205.59


def test_no_published_january_contradicts_a_combined_january_and_february(catalogue: Catalogue) -> None:
    (source,) = (each for each in load_sources(SOURCES) if each.code == "published_figures")
    (path,) = source.paths()
    for fact in published.parse(source, path, catalogue).facts:
        if catalogue.indicator(fact.key.indicator).combined_january_february and fact.key.frequency == "M":
            assert fact.period % 12 != 0, fact.place


def test_the_map_is_ours_and_says_so(catalogue: Catalogue) -> None:
    assert {"land", "district", "islands", "coast", "ring_4km", "ring_22km"} <= catalogue.schematic_map.keys()
    assert len(catalogue.schematic_map["islands"]) == 3
    assert "示意图" in catalogue.district.map_note_zh
    assert "黄　海" in {each.name_zh for each in catalogue.district.map_names}

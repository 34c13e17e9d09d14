"""Preview shows what a load would do and stores nothing; a draft loads nothing until its TODOs are filled."""

from __future__ import annotations

import re
from datetime import date

import pytest

from data import preview as preview_command
from data.catalogue import load_catalogue
from data.draft import code_of, draft
from data.draft import main as draft_main
from data.loaders import OPTIONS, FileRefusedError, SourceError, load_sources
from data.loaders.drafting import parse_draft
from data.loaders.isolation import Isolation
from data.loaders.source import read_source
from data.periods import month_period
from data.preview import lines_of, preview
from data.settings import ROOT
from tests.data.loaders.sheets import figures, ods, xlsx

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(ROOT / "data/catalogue")


@pytest.fixture(scope="module")
def sources():
    return {source.code: source for source in load_sources(ROOT / "data/sources")}


@pytest.fixture(scope="module")
def cage(catalogue):
    with Isolation(catalogue) as isolation:
        yield isolation


@pytest.fixture(scope="module")
def drafted(catalogue):
    """Draft a file in the cage."""
    with Isolation(catalogue, parse_draft) as isolation:
        yield lambda path, code: draft(path, code, isolation, TODAY)


@pytest.fixture
def loaded(catalogue, cage, tmp_path):
    """Preview a file with a draft that was filled."""

    def read(text, path):
        (tmp_path / "drafted.toml").write_text(text, encoding="utf-8")
        return preview(read_source(tmp_path / "drafted.toml", OPTIONS), path, catalogue, cage, TODAY)

    return read


def said(result):
    return "\n".join(lines_of(result))


def test_a_preview_lists_series_periods_units_and_values(sources, catalogue, cage):
    source = sources["eia_brent_workbook"]
    result = preview(source, source.paths()[0], catalogue, cage, TODAY)
    text = said(result)
    assert "375 个值 / values，1 个序列 / series" in text
    assert "1987-05 … 2018-07，USD_PER_BARREL，375 个值" in text
    assert "末值 / last 74.25 ← '74.25' @ Data 1!B378" in text
    assert "nothing was stored" in text
    assert result.verdict == "off"


def test_a_preview_shows_rejects_findings_and_the_verdict(sources, catalogue, cage, tmp_path):
    source = sources["customs_totals"]
    path = tmp_path / "gacc.csv"
    text = source.paths()[0].read_text(encoding="utf-8")
    path.write_text(text.replace("438468", "4384680").replace("24099", "二万"), encoding="utf-8")
    result = preview(source, path, catalogue, cage, TODAY)
    assert result.verdict == "quarantine"
    assert re.search(r"row 25, exports：'二万'（not a number", said(result))
    assert re.search(r"\[quarantine · (totals|unit_jump)\] row 25, trade_total_cum", said(result))
    assert "将隔离待核" in said(result)


def test_a_preview_of_a_file_of_another_layout_says_where_and_why(sources, catalogue, cage, tmp_path):
    path = tmp_path / "gacc.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    result = preview(sources["customs_totals"], path, catalogue, cage, TODAY)
    assert (result.verdict, "拒收 / refused" in said(result)) == ("refuse", True)


def test_the_preview_command_compares_with_the_warehouse_and_stores_nothing(tmp_path, monkeypatch, capsys):
    database = tmp_path / "a.db"
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", f"sqlite:///{database}")
    sample = str(ROOT / "data/samples/prices/eia_brent-month.xls")
    code = preview_command.main([str(ROOT / "data/sources/eia_brent_workbook.toml"), sample])
    assert (code, database.exists()) == (0, False)
    assert "without history" in capsys.readouterr().out
    assert preview_command.main([str(ROOT / "data/sources/eia_brent_workbook.toml"), str(tmp_path / "none.xls")]) == 2
    assert preview_command.main([str(tmp_path / "none.toml"), sample]) == 2
    assert "none" in capsys.readouterr().err


# --- drafts


def filled(text, **answers):
    """Fill the TODOs of a draft as a person does: texts, then what is asked for, key by key."""
    for key in ("title_zh", "title_en", "publisher_zh", "publisher_en", "licence"):
        text = text.replace(f'{key} = "TODO"', f'{key} = "x"')
    text = re.sub(r'^factor = "TODO".*\n?', answers.pop("factor", ""), text, flags=re.MULTILINE)
    for key, values in answers.items():
        for value in values:
            text = text.replace(f'{key} = "TODO"', f'{key} = "{value}"', 1)
    assert '"TODO"' not in text, text
    return text


def test_a_draft_with_open_todos_loads_nothing(drafted, loaded, tmp_path):
    sample = ROOT / "data/samples/prices/eia_brent-month.xls"
    text = drafted(sample, "brent")
    assert text.count("TODO") >= 8
    with pytest.raises(SourceError):
        loaded(text, sample)


def test_a_draft_of_the_real_eia_workbook_loads_when_it_is_filled(drafted, loaded):
    sample = ROOT / "data/samples/prices/eia_brent-month.xls"
    text = drafted(sample, "brent")
    assert 'sheet = "Data 1"' in text
    assert "price_brent_eia (布伦特原油现货价（EIA）" in text
    result = loaded(filled(text, indicator=["price_brent_eia"]), sample)
    assert (len(result.facts), result.rejects, result.refused) == (375, [], "")
    assert result.facts[0].value == 18.58


def test_a_draft_of_the_real_pink_sheet_finds_names_units_and_markers(drafted, loaded, tmp_path):
    sample = next((ROOT / "data/samples/prices").glob("CMO*.xlsx"))
    text = drafted(sample, "pink")
    assert 'sheet = "Monthly Prices"' in text
    assert 'levels = ["figure", "unit"]' in text
    assert 'missing = ["…", "..."]' in text
    assert 'indicator = "price_brent" # 布伦特原油价格 (1.00)' in text
    columns = re.findall(r"\[\[table\.group\.column\]\].*?(?=\n\n|\Z)", text, flags=re.DOTALL)
    kept = [each for each in columns if 'indicator = "TODO"' not in each]
    head = text[: text.index("[[table.group]]")]
    result = loaded(filled(head + "[[table.group]]\n\n" + "\n\n".join(kept)), sample)
    assert result.refused == ""
    brent = [fact for fact in result.facts if fact.key.indicator == "price_brent"]
    assert (len(brent), brent[-1].value) == (797, 107.54)


def test_a_draft_of_a_district_workbook_with_periods_across(drafted, loaded, tmp_path):
    rows = [
        ["青岛西海岸新区主要指标"],
        ["单位：万元"],
        ["指标", "2024年", None, None],
        [None, "1-2月", "3月", "4月"],
        ["货物进出口总额", 120000, 70000, "—"],
        ["完全未知的指标", 1, 2, 3],
        ["注：4月为快报。"],
    ]
    path = xlsx(tmp_path / "区统计月报.xlsx", rows, ("A1:D1", "A3:A4", "B3:D3"))
    text = drafted(path, "monthly")
    assert 'levels = ["period", "period"]' in text
    assert 'period = { form = "month_zh" }' in text
    assert 'notes_below = ["注:"]' in text
    assert 'unit_column = "unit"' in text
    assert 'factor = "0.0001" # 万元 → 亿元' in text
    assert 'accumulation = "period"' in text
    assert "# 完全未知的指标: no indicator has a name like it" in text
    answered = filled(
        text.replace('stored_unit = "CNY_100M"', 'stored_unit = "CNY_100M"\nregion = "100000"\nflow = "T"'),
        indicator=["trade"],
    )
    result = loaded(answered, path)
    assert figures(result.parsed) == [("YlT", month_period(2024, 2), 12), ("SlT", month_period(2024, 3), 7)]
    assert (result.parsed.missing, result.rejects) == (1, [])


def test_a_draft_of_a_csv_with_growth_beside_levels(drafted, loaded, tmp_path):
    path = tmp_path / "外贸.csv"
    lines = [
        "月份;货物进出口总额（万元）;货物进出口总额同比增速（%）;备注",
        "2024-01;120000;5.1;a",
        "2024-02;130000;…;b",
        "2024-03;1;2;c",
        "",
    ]
    path.write_text("\n".join(lines), encoding="gb18030")
    text = drafted(path, code_of(path))
    assert 'measure = "yoy"' in text
    assert 'carried = ["备注"]' in text
    answered = filled(
        text.replace("stored_unit", 'region = "100000"\nflow = "T"\nstored_unit'),
        indicator=["trade"] * 2,
        accumulation=["S"] * 2,
    )
    result = loaded(answered, path)
    assert figures(result.parsed)[:2] == [("SlT", month_period(2024, 1), 12), ("SyT", month_period(2024, 1), 5.1)]
    assert (len(result.facts), result.parsed.missing) == (5, 1)


def test_a_draft_of_a_table_whose_month_stands_in_its_title(drafted, loaded, tmp_path):
    rows = [["2024年12月货物进出口总额表"], ["地区", "货物进出口总额（亿元）"], ["青岛", 850.5], ["烟台", 400]]
    path = ods(tmp_path / "title.ods", rows)
    text = drafted(path, "title")
    assert 'period = { text = "{title}", form = "month_zh" }' in text
    assert 'pattern = "([0-9]{4}年[0-9]{1,2}月)"' in text
    answered = filled(text.replace("stored_unit", 'flow = "T"\nstored_unit'), indicator=["trade"], accumulation=["S"])
    answered = answered.replace(
        'carried = ["地区"]',
        'lookup = [{ header = "地区", part = "region", codes = { "青岛" = "370200", "烟台" = "370600" } }]',
    )
    result = loaded(answered, path)
    assert [(fact.key.region, fact.period, fact.value) for fact in result.facts] == [
        ("370200", month_period(2024, 12), 850.5),
        ("370600", month_period(2024, 12), 400),
    ]


def test_a_file_without_periods_or_of_no_known_kind_is_refused(drafted, tmp_path, capsys):
    with pytest.raises(FileRefusedError, match="periods in a column"):
        drafted(xlsx(tmp_path / "a.xlsx", [["a", "b"], [1, 2]]), "x")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    assert draft_main([str(tmp_path / "a.pdf")]) == 1
    assert "the file name" in capsys.readouterr().err

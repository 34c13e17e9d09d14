"""F-09, F-10, F-12, F-13: workbooks laid out as offices lay them out, read by declaration alone."""

# ruff: noqa: E501 - a row of a table reads better in one line
from __future__ import annotations

import pytest

from data.loaders import FileRefusedError, SourceError, parse
from data.periods import month_period
from tests.data.loaders.sheets import declared, figures, xlsx

CUSTOMS = """
[table]
format = "xlsx"
sheets = { pattern = "国别.*" }
anchor = "进口原产国（地区）出口最终目的国（地区）"
levels = ["figure", "figure"]
missing = ["-"]
notes_below = ["注"]
unit_column = "unit"
period = { text = "{period}", form = "month_zh" }
capture = [
  { name = "period", pattern = '(\\d{4}年\\d{1,2}月)进出口' },
  { name = "month", pattern = '年(\\d{1,2})月进出口' },
  { name = "unit", pattern = '单位：(\\S+)' },
]
lookup = [{ header = "进口原产国（地区）出口最终目的国（地区）", part = "partner", code_list = "partner", name = "customs_zh", total = "总值", aliases = { "中国香港" = ["香港"] } }]
[[table.group]]
unit = "万元人民币"
region = "100000"
indicator = "trade"
column = [
  { header = "进出口/{month}月", accumulation = "S", flow = "T", factor = "0.0001", stored_unit = "CNY_100M" },
  { header = "进出口/1至{month}月", accumulation = "Y", flow = "T", factor = "0.0001", stored_unit = "CNY_100M" },
  { header = "出口/{month}月", accumulation = "S", flow = "X", factor = "0.0001", stored_unit = "CNY_100M" },
  { header = "出口/1至{month}月", accumulation = "Y", flow = "X", factor = "0.0001", stored_unit = "CNY_100M" },
  { header = "累计比去年同期±%/进出口", accumulation = "Y", flow = "T", measure = "yoy", stored_unit = "PERCENT" },
  { header = "累计比去年同期±%/出口", accumulation = "Y", flow = "X", measure = "yoy", stored_unit = "PERCENT" },
]
"""
CUSTOMS_ROWS = [
    ["（2）2024年12月进出口商品国别（地区）总值表（人民币值）"],
    [None, None, None, None, None, None, "单位：万元人民币"],
    ["进口原产国（地区）\n出口最终目的国（地区）", "进出口", None, "出口", None, "累计比去年同期±%", None],
    [None, "12月", "1至12月", "12月", "1至12月", "进出口", "出口"],
    ["总值", 40670000, 438468000, 24099000, 254545000, 5.0, 7.1],
    ["　亚　洲", 2000000, 20000000, 1000000, 10000000, 3.1, 2.2],
    ["　　香港", 1000.5, 20000, "-", 10000, -3.1, "-"],
    ["注：1. 本表为快报数据，总值 100 可能修订。"],
    ["　　2. 东盟包括文莱等。"],
]
CUSTOMS_MERGED = ("A1:G1", "A3:A4", "B3:C3", "D3:E3", "F3:G3")


def customs(tmp_path, change=lambda rows: rows, catalogue=None, **more):
    rows = change([list(row) for row in CUSTOMS_ROWS])
    path = xlsx(tmp_path / "gj.xlsx", rows, CUSTOMS_MERGED, sheet="国别表", **more)
    return parse(declared(tmp_path, CUSTOMS), path, catalogue)


def test_f_10_a_customs_workbook_with_merged_headers_a_title_and_notes(tmp_path, catalogue):
    parsed = customs(tmp_path, catalogue=catalogue)
    december = month_period(2024, 12)
    found = {(fact.key.partner, fact.key.accumulation, fact.key.measure, fact.key.flow): fact for fact in parsed.facts}
    assert {fact.period for fact in parsed.facts} == {december}
    assert found["_T", "Y", "level", "T"].value == 43846.8
    assert found["_T", "Y", "level", "T"].unit == "CNY_100M"
    assert found["HKG", "S", "level", "T"].value == 0.10005
    assert found["W_ASIA", "Y", "yoy", "T"].value == 3.1
    assert (found["_T", "S", "level", "X"].place, found["_T", "S", "level", "X"].raw) == ("国别表!D5", "24099000")
    assert (len(parsed.facts), parsed.missing, parsed.rejects) == (16, 2, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[1].__setitem__(6, "单位：千美元"), "unit '万元人民币'; found '千美元'"),
        (lambda rows: rows[3].__setitem__(2, "1至11月"), "one column '进出口/1至12月'"),
        (lambda rows: rows[0].__setitem__(0, "（2）进出口商品国别总值表"), "one text like"),
        (lambda rows: rows[2].__setitem__(3, "进口"), "one column '出口/12月'"),
        (lambda rows: rows.__delitem__(2), "one row with the header"),
    ],
    ids=["another unit", "another month", "no month", "another column", "no header"],
)
def test_f_10_a_customs_workbook_of_another_month_unit_or_shape_is_refused(change, words, tmp_path, catalogue):
    def spoilt(rows):
        change(rows)
        return rows

    with pytest.raises(FileRefusedError, match=words.replace("(", r"\(")):
        customs(tmp_path, spoilt, catalogue)


def test_a_figure_below_the_notes_is_rejected_and_not_lost(tmp_path, catalogue):
    parsed = customs(tmp_path, lambda rows: [*rows, ["日本", 1, 2, 3, 4, 5, 6]], catalogue)
    assert [(reject.place, reject.reason) for reject in parsed.rejects] == [
        ("国别表!10:10", "it stands below the notes")
    ]
    assert len(parsed.facts) == 16


DISTRICT = """
[table]
format = "xlsx"
sheet = "表"
header_row = 3
levels = ["period", "figure"]
missing = ["", "…"]
unmatched = "exclude"
unit_column = "计量单位"
period = { form = "month_zh" }
[[table.group]]
when = { "指标" = "进出口总额" }
unit = "万元"
region = "100000"
indicator = "trade"
column = [
  { header = "绝对量", flow = "T", accumulation = "period", factor = "0.0001", stored_unit = "CNY_100M" },
  { header = "增速（%）", flow = "T", accumulation = "period", measure = "yoy", stored_unit = "PERCENT" },
]
"""
DISTRICT_ROWS = [
    ["青岛西海岸新区主要经济指标"],
    [],
    ["指标", "计量单位", "2024年1-2月", None, "2024年3月", None, "2024年1-3月", None],
    [None, None, "绝对量", "增速（%）", "绝对量", "增速（%）", "绝对量", "增速（%）"],
    ["进出口总额", "万元", 120000, 5.1, 70000, None, 190000, "5.3%"],
    ["出口", "万元", 1, 1, 1, 1, 1, 1],
]


def test_f_10_periods_across_with_level_and_growth_under_each(tmp_path, catalogue):
    path = xlsx(tmp_path / "a.xlsx", DISTRICT_ROWS, ("A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:H3"))
    parsed = parse(declared(tmp_path, DISTRICT), path, catalogue)
    february, march = month_period(2024, 2), month_period(2024, 3)
    assert figures(parsed) == [
        ("YlT", february, 12.0), ("YyT", february, 5.1), ("SlT", march, 7.0), ("YlT", march, 19.0), ("YyT", march, 5.3),
    ]  # fmt: skip
    assert [fact.place for fact in parsed.facts] == ["表!C5", "表!D5", "表!E5", "表!G5", "表!H5"]
    assert (parsed.missing, parsed.excluded, parsed.rejects) == (1, 6, [])


def test_f_10_years_above_months_in_two_header_rows(tmp_path, catalogue):
    rows = [
        ["指标", "2023年", None, "2024年", None],
        [None, "11月", "12月", "1月", "2月"],
        ["出口", 1.5, 2.5, 3.5, "x"],
    ]
    table = """
[table]
format = "xlsx"
sheet = "表"
header_row = 1
levels = ["period", "period"]
period = { form = "month_zh" }
[[table.group]]
when = { "指标" = "出口" }
region = "100000"
column = [{ header = "value", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    wanted = [
        ("SlX", month_period(2023, 11), 1.5),
        ("SlX", month_period(2023, 12), 2.5),
        ("SlX", month_period(2024, 1), 3.5),
    ]
    parsed = parse(declared(tmp_path, table), xlsx(tmp_path / "a.xlsx", rows, ("A1:A2", "B1:C1", "D1:E1")), catalogue)
    assert (figures(parsed), [reject.place for reject in parsed.rejects]) == (wanted, ["表!E3"])
    blank = xlsx(tmp_path / "b.xlsx", rows)  # the years are not merged: said so, they hold for the cells to their right
    filled = declared(tmp_path, table.replace("header_row = 1", "header_row = 1\nfill_right = true"))
    assert figures(parse(filled, blank, catalogue)) == wanted


def test_f_10_years_in_a_merged_column_and_months_beside_it(tmp_path, catalogue):
    rows = [["年份", "月份", "出口"], ["2023年", "11月", 1], [None, "12月", 2], ["2024年", "1月", 3]]
    table = """
[table]
format = "xlsx"
sheet = "表"
header_row = 1
period = { text = "{年份}{月份}", form = "month_zh" }
[[table.group]]
region = "100000"
column = [{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    wanted = [("SlX", month_period(2023, 11), 1), ("SlX", month_period(2023, 12), 2), ("SlX", month_period(2024, 1), 3)]
    merged = xlsx(tmp_path / "a.xlsx", rows, ("A2:A3",))
    assert figures(parse(declared(tmp_path, table), merged, catalogue)) == wanted
    blank = xlsx(tmp_path / "b.xlsx", rows)
    parsed = parse(declared(tmp_path, table), blank, catalogue)
    assert [reject.place for reject in parsed.rejects] == ["表!3:3"]  # nothing is filled that is not declared
    down = declared(tmp_path, table.replace("header_row = 1", 'header_row = 1\nfill_down = ["年份"]'))
    assert figures(parse(down, blank, catalogue)) == wanted


def test_f_10_a_transposed_table(tmp_path, catalogue):
    rows = [["月份", "2024-01", "2024-02"], ["单位", "亿元", "亿元"], ["出口", 1, 2], ["进口", 3, "…"]]
    table = """
[table]
format = "xlsx"
sheet = "表"
transposed = true
header_row = 1
unit_column = "单位"
missing = ["…"]
period = { column = "月份", form = "month" }
[[table.group]]
unit = "亿元"
region = "100000"
indicator = "trade"
accumulation = "S"
stored_unit = "CNY_100M"
column = [{ header = "出口", flow = "X" }, { header = "进口", flow = "M" }]
"""
    parsed = parse(declared(tmp_path, table), xlsx(tmp_path / "a.xlsx", rows), catalogue)
    assert [(fact.place, fact.value) for fact in parsed.facts] == [("表!B3", 1), ("表!B4", 3), ("表!C3", 2)]
    assert parsed.blanks[0].place == "表!C4"


def test_f_10_one_sheet_for_each_year(tmp_path, catalogue):
    year = [["月份", "出口"], ["1月", 1], ["2月", 2]]
    table = """
[table]
format = "xlsx"
sheets = { pattern = '\\d{4}年', take = "TAKE" }
header_row = 1
period = { text = "{sheet}{月份}", form = "month_zh" }
[[table.group]]
region = "100000"
column = [{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    path = xlsx(tmp_path / "a.xlsx", year, sheet="2024年", others={"2023年": year, "说明": [["文字"]]})
    every = parse(declared(tmp_path, table.replace("TAKE", "all")), path, catalogue)
    assert sorted({fact.period for fact in every.facts}) == [month_period(2023, 1), month_period(2023, 2), month_period(2024, 1), month_period(2024, 2)]  # fmt: skip
    newest = parse(declared(tmp_path, table.replace("TAKE", "newest")), path, catalogue)
    assert {fact.place.partition("!")[0] for fact in newest.facts} == {"2024年"}
    with pytest.raises(FileRefusedError, match="only one"):
        parse(declared(tmp_path, table.replace("TAKE", "only")), path, catalogue)


def test_f_09_the_only_visible_sheet_and_no_hidden_one(tmp_path, catalogue):
    rows = [["月份", "出口"], ["2024-01", 1]]
    table = """
[table]
format = "xlsx"
sheets = { take = "only" }
header_row = 1
period = { column = "月份", form = "month" }
[[table.group]]
region = "100000"
column = [{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    others = {"旧表": [["月份", "出口"], ["2024-01", 99]]}
    path = xlsx(tmp_path / "a.xlsx", rows, others=others, hidden=["旧表"])
    parsed = parse(declared(tmp_path, table), path, catalogue)
    assert [fact.value for fact in parsed.facts] == [1]
    assert parsed.notes == ["hidden sheets are not read: 旧表"]
    with pytest.raises(FileRefusedError, match="only one"):
        parse(declared(tmp_path, table), xlsx(tmp_path / "b.xlsx", rows, others=others), catalogue)


PERCENT = """
[table]
format = "xlsx"
sheet = "表"
header_row = 1
period = {{ column = "月份", form = "month" }}
[[table.group]]
region = "100000"
column = [{{ header = "增速", indicator = "trade", flow = "X", accumulation = "Y", measure = "yoy", stored_unit = "PERCENT"{more} }}]
"""


def growth(tmp_path, catalogue, cells, formats=None, more=""):
    rows = [["月份", "增速"], *([f"2024-{number:02d}", cell] for number, cell in enumerate(cells, start=1))]
    path = xlsx(tmp_path / "a.xlsx", rows, formats=formats)
    return parse(declared(tmp_path, PERCENT.format(more=more)), path, catalogue)


def test_f_12_per_cent_by_format_by_sign_or_as_points(tmp_path, catalogue):
    parsed = growth(tmp_path, catalogue, [0.053, "5.3%", "５．３％", -0.041], {"B2": "0.0%", "B5": "0.00%"})
    assert [fact.value for fact in parsed.facts] == [5.3, 5.3, 5.3, -4.1]
    assert [fact.value for fact in growth(tmp_path, catalogue, [5.3, 12, -1.5, 0.2]).facts] == [5.3, 12, -1.5, 0.2]


def test_f_12_a_plain_number_beside_per_cent_formats_is_rejected(tmp_path, catalogue):
    parsed = growth(tmp_path, catalogue, [0.053, 0.061], {"B2": "0.0%"})
    assert [fact.value for fact in parsed.facts] == [5.3]
    assert "declare percent" in parsed.rejects[0].reason
    assert [fact.value for fact in growth(tmp_path, catalogue, [0.053, 0.061], {"B2": "0.0%"}, ', percent = "fraction"').facts] == [5.3, 6.1]  # fmt: skip


def test_f_12_a_plain_fraction_beside_per_cent_signs_is_rejected_and_points_are_not(tmp_path, catalogue):
    parsed = growth(tmp_path, catalogue, ["5.3%", 0.061, "0.07", 6.1, "7", 0])
    assert [fact.value for fact in parsed.facts] == [5.3, 6.1, 7, 0]
    assert [reject.raw for reject in parsed.rejects] == ["0.061", "0.07"]


def test_a_transposed_csv_must_be_whole(tmp_path, catalogue):
    table = """
[table]
format = "csv"
transposed = true
header_row = 1
missing = [""]
period = { column = "月份", form = "month" }
[[table.group]]
region = "100000"
column = [{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    path, text = tmp_path / "a.csv", "月份,2024-01,2024-02\n出口,1,25\n"
    path.write_text(text, encoding="utf-8")
    assert [fact.value for fact in parse(declared(tmp_path, table), path, catalogue).facts] == [1, 25]
    for cut in (text[:-1], text[:-2], text[:-4] + "\n"):
        path.write_text(cut, encoding="utf-8")
        with pytest.raises(FileRefusedError, match="文件不完整"):
            parse(declared(tmp_path, table), path, catalogue)


def test_an_empty_column_without_a_period_is_none_of_the_table(tmp_path, catalogue):
    rows = [["指标", "2024年", None, None], [None, "1月", "2月", None], ["出口", 1, 2, None]]
    table = """
[table]
format = "xlsx"
sheet = "表"
header_row = 1
fill_right = true
levels = ["period", "period"]
period = { form = "month_zh" }
[[table.group]]
when = { "指标" = "出口" }
region = "100000"
column = [{ header = "value", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M" }]
"""
    path = xlsx(tmp_path / "a.xlsx", rows, formats={"E1": "0.00"})
    parsed = parse(declared(tmp_path, table), path, catalogue)
    assert ([fact.value for fact in parsed.facts], parsed.rejects) == ([1, 2], [])
    rows[2][3] = 3
    parsed = parse(declared(tmp_path, table), xlsx(tmp_path / "b.xlsx", rows), catalogue)
    assert ([fact.value for fact in parsed.facts], len(parsed.rejects)) == ([1, 2], 1)


def test_f_12_a_column_of_nothing_but_fractions_must_be_declared(tmp_path, catalogue):
    cells = [0.053, 0.061, 0.049, 0.07]
    with pytest.raises(FileRefusedError, match="请声明百分比写法"):
        growth(tmp_path, catalogue, cells)
    assert [fact.value for fact in growth(tmp_path, catalogue, cells, more=', percent = "fraction"').facts] == [
        5.3,
        6.1,
        4.9,
        7,
    ]
    assert [fact.value for fact in growth(tmp_path, catalogue, cells, more=', percent = "points"').facts] == cells


LEVEL = """
[table]
format = "xlsx"
sheet = "表"
header_row = 1
period = {{ column = "月份", form = "month" }}
{more}
[[table.group]]
region = "100000"
column = [{{ header = "出口", indicator = "trade", flow = "X", accumulation = "S", stored_unit = "CNY_100M"{column} }}]
"""


def level(tmp_path, catalogue, cells, formats=None, column="", more="", merged=()):
    rows = [["月份", "出口"], *([f"2024-{number:02d}", cell] for number, cell in enumerate(cells, start=1))]
    path = xlsx(tmp_path / "a.xlsx", rows, merged, formats)
    return parse(declared(tmp_path, LEVEL.format(column=column, more=more)), path, catalogue)


def test_f_12_a_per_cent_format_in_a_column_of_amounts_is_rejected(tmp_path, catalogue):
    parsed = level(tmp_path, catalogue, [0.5, 7], {"B2": "0%"})
    assert ([fact.value for fact in parsed.facts], len(parsed.rejects)) == ([7], 1)


@pytest.mark.parametrize("number_format", ["0!.0,", "#,##0,", '0.00,"万"'])
def test_f_13_a_number_shown_in_another_scale_is_read_as_stored_and_noted(number_format, tmp_path, catalogue):
    parsed = level(tmp_path, catalogue, [12345.5], {"B2": number_format})
    assert parsed.facts[0].value == 12345.5
    assert number_format in parsed.facts[0].raw
    assert parsed.notes == ["column '出口' is shown in another scale than stored; the stored value is read"]


def test_f_13_a_number_kept_as_text_is_read(tmp_path, catalogue):
    assert [fact.value for fact in level(tmp_path, catalogue, ["1,234.5", "１２３"]).facts] == [1234.5, 123]


def test_words_for_powers_of_ten_marks_and_parentheses_only_where_declared(tmp_path, catalogue):
    cells = ["1.2亿", "3500万", "(3.2)", "7.5p", "8*", 9]
    assert len(level(tmp_path, catalogue, cells).rejects) == 5
    column = ', suffixes = { "亿" = "1", "万" = "0.0001" }, parentheses = true, marks = { "p" = "P", "*" = "A" }'
    parsed = level(tmp_path, catalogue, cells, column=column)
    assert [(fact.value, fact.obs_status) for fact in parsed.facts] == [
        (1.2, "A"), (0.35, "A"), (-3.2, "A"), (7.5, "P"), (8, "A"), (9, "A"),
    ]  # fmt: skip


def test_signs_with_a_meaning_are_cells_without_a_value_that_say_why(tmp_path, catalogue):
    more = 'status = { "×" = "C", "—" = "M", "…" = "L" }'
    parsed = level(tmp_path, catalogue, ["×", "—", "…", 1], more=more)
    assert [(fact.value, fact.obs_status, fact.conf_status) for fact in parsed.facts] == [
        (None, "A", "C"), (None, "M", "F"), (None, "L", "F"), (1, "A", "F"),
    ]  # fmt: skip


def test_a_figure_in_merged_cells_is_rejected(tmp_path, catalogue):
    parsed = level(tmp_path, catalogue, [1, None, 3], merged=("B2:B3",))
    assert [fact.value for fact in parsed.facts] == [3]
    assert "merged cells" in parsed.rejects[0].reason


def test_a_period_that_contradicts_the_declared_accumulation_is_rejected(tmp_path, catalogue):
    rows = [["月份", "出口"], ["2024年1-3月", 1], ["2024年3月", 2]]
    table = LEVEL.format(column="", more="").replace('form = "month"', 'form = "month_zh"')
    parsed = parse(declared(tmp_path, table), xlsx(tmp_path / "a.xlsx", rows), catalogue)
    assert [fact.value for fact in parsed.facts] == [2]
    assert "累计" in parsed.rejects[0].reason


def test_numbers_as_months_need_a_declaration(tmp_path, catalogue):
    rows = [["月份", "出口"], ["2023.10", 1], [2023.1, 2], [2023.11, 3]]
    table = LEVEL.format(column="", more="")
    text = parse(
        declared(tmp_path, table.replace('"month"', '"month_dotted"')), xlsx(tmp_path / "a.xlsx", rows), catalogue
    )
    assert figures(text) == [("SlX", month_period(2023, 10), 1)]
    assert ["January or October" in reject.reason or "数字" in reject.reason for reject in text.rejects] == [True, True]
    number = declared(tmp_path, table.replace('"month"', '"month_dotted_number"'))
    assert [fact.period for fact in parse(number, xlsx(tmp_path / "a.xlsx", rows), catalogue).facts] == [
        month_period(2023, 10), month_period(2023, 10), month_period(2023, 11),
    ]  # fmt: skip


def test_serial_numbers_count_from_the_calendar_of_the_workbook(tmp_path, catalogue):
    rows = [["月份", "出口"], [45292, 1], [60, 2], [45293, 3]]
    table = LEVEL.format(column="", more="").replace('"month"', '"serial_month"')
    parsed = parse(declared(tmp_path, table), xlsx(tmp_path / "a.xlsx", rows), catalogue)
    assert figures(parsed) == [("SlX", month_period(2024, 1), 1)]
    assert ["1900-03-01" in reject.reason for reject in parsed.rejects] == [True, False]
    rows[1][0] = 45292 - 1462
    mac = xlsx(tmp_path / "b.xlsx", rows[:2], from_1904=True)
    assert figures(parse(declared(tmp_path, table), mac, catalogue)) == [("SlX", month_period(2024, 1), 1)]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('sheet = "表"', 'sheets = { pattern = "(" }', "not a pattern"),
        ("header_row = 1", "", "header_row or anchor"),
        ("header_row = 1", 'header_row = 1\ncapture = [{ name = "x", pattern = "abc" }]', "group in parentheses"),
        ('column = "月份", form = "month"', 'form = "month"', "column or text"),
        ("header_row = 1", 'header_row = 1\nunit_row = 2\nlevels = ["figure", "unit"]', "unit_row or a level"),
        ('stored_unit = "CNY_100M"', 'stored_unit = "CNY_100M", suffixes = { "亿" = 0.1 }', "not exact"),
        ("header_row = 1", 'header_row = 1\nexpected = [{ row = 1, text = "x" }]', "row and column"),
    ],
)
def test_a_mistake_in_the_layout_is_told(old, new, message, tmp_path):
    table = LEVEL.format(column="", more="")
    assert old in table
    with pytest.raises(SourceError, match=message):
        declared(tmp_path, table.replace(old, new, 1))

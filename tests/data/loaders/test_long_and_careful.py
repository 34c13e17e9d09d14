"""The reader of long tables gives exactly what the reader of all tables gives, or does not take the file."""

from __future__ import annotations

import csv
import io
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.catalogue import load_catalogue
from data.loaders import long_lines, long_table, pieces, table
from data.loaders.source import FileRefusedError, SourceError, load_sources
from data.settings import ROOT

HEADER = "partner,month,flow,value,so_far"
DECLARED = """
code = "long_trade"
loader = "table"
files = ["*.csv"]
title_zh = "长表"
title_en = "A long table"
publisher_zh = "测试"
publisher_en = "Test"
licence = "none"
page = ""
vintage = 2025-01-20
[table]
format = "csv"
header_row = 1
first_row = 2
{layout}
unmatched = "{unmatched}"
period = {{ column = "month", form = "{form}" }}
{sections}
[[table.lookup]]
header = "partner"
part = "partner"
code_list = "partner"
total = "all"
{lookup}
[[table.group]]
when = {{ flow = "exports" }}
region = "100000"
indicator = "{indicator}"
flow = "X"
{group}
column = [{columns}]
[[table.group]]
when = {{ flow = "imports" }}
region = "100000"
indicator = "{indicator}"
flow = "M"
{group}
column = [{columns}]
"""
COLUMNS = (
    '{ header = "value", accumulation = "S", factor = "0.0001", stored_unit = "CNY_100M" }, '
    '{ header = "so_far", accumulation = "Y", factor = "0.0001", stored_unit = "CNY_100M" }'
)
GROWTH = '{ header = "value", accumulation = "Y", measure = "yoy", stored_unit = "PERCENT" }, '
USUAL = {
    "layout": 'missing = ["-"]', "unmatched": "reject", "form": "month", "sections": "", "lookup": "",
    "indicator": "trade", "group": "", "columns": COLUMNS,
}  # fmt: skip
ROWS = [
    "美国,2023-01,exports,12345.6,12345.6",
    "美国,2023-02,exports,12345.67,24691.27",
    "美国,2023-03,exports,-,24691.27",
    "美国,2023-01,imports,1.5e3,7",
    "日本,2023-01,exports,１２３,+8",
    "不知道,2023-01,exports,1,2",
    "all,2023-01,exports,0,-0",
    "日本,2023-02,transit,1,2",
    "日本,2023-13,imports,1,2",
    "日本,2023-02,imports,1,2",
]


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch):
    """Let short files be long, in stretches of four rows."""
    monkeypatch.setattr(long_table, "LONG_BYTES", 0)
    monkeypatch.setattr(long_table, "ROWS", 4)


@cache
def whole_catalogue():
    """The catalogue; as a fixture it would stand in every report of hypothesis."""
    return load_catalogue(ROOT / "data" / "catalogue")


def declare(folder, **changes):
    folder.mkdir(exist_ok=True)
    (folder / "long.toml").write_text(DECLARED.format(**{**USUAL, **changes}), encoding="utf-8")
    return load_sources(folder)[0]


def outcome(read):
    try:
        return read()
    except FileRefusedError as error:
        return "refused", error.place, error.expected, error.found
    except SourceError as error:
        return "mistake", error.key, error.reason


def both(source, path, catalogue):
    """Return what either reader makes of a file that the long one takes."""
    assert long_table.can_stream(source, path)
    return (
        outcome(lambda: pieces.joined(long_table.stream(source, path, catalogue))),
        outcome(lambda: table.parse(source, path, catalogue)),
    )


def written(path, rows=ROWS, *, header=HEADER, encoding="utf-8", line_break="\n"):
    path.write_bytes(line_break.join([header, *rows, ""]).encode(encoding))
    return path


PLAIN = {
    "as it is": {},
    "refusing what is not declared": {"unmatched": "refuse"},
    "leaving out what is not declared": {"unmatched": "exclude"},
    "one column": {"columns": COLUMNS.replace("so_far", "value").split("}, ")[0] + "}"},
    "another power of ten": {"columns": COLUMNS.replace("0.0001", "1E+2")},
    "no power of ten": {"columns": COLUMNS.replace("0.0001", "7.5")},
    "a negative factor": {"columns": COLUMNS.replace("0.0001", "-0.1")},
    "declared decimals": {"group": "decimals = 1"},
    "the accumulation by the period": {"columns": COLUMNS.replace('accumulation = "S"', 'accumulation = "period"')},
    "commas declared": {"layout": 'delimiter = ","'},
    "UTF-8 declared": {"layout": 'encoding = "utf-8-sig"'},
    "a code the indicator does not have": {"group": 'breakdown = "NOTHING"'},
    "an indicator nobody knows": {"indicator": "nothing"},
}


@pytest.mark.parametrize("what", PLAIN)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_bulk_a_plain_declaration_is_read_the_same(what, line_break, catalogue, tmp_path):
    source = declare(tmp_path / "declared", **PLAIN[what])
    header, rows = HEADER, ROWS
    if what == "one column":
        header, rows = HEADER.rpartition(",")[0], [row.rpartition(",")[0] for row in ROWS]
    path = written(tmp_path / "a.csv", rows, header=header, line_break=line_break)
    long, careful = both(source, path, catalogue)
    assert long == careful
    if what == "as it is":
        assert (len(careful.facts), careful.missing, len(careful.rejects)) == (12, 1, 4)


FORMS = {
    "month": "2023-01", "month_with_m": "2023M01", "month_digits": "202301", "month_dotted": "2023.01",
    "month_slash": "2023/1", "month_name": "Jan 2023", "middle_of_month": "2023-01-15", "month_of_date": "2023-01-31",
    "month_dotted_number": "2023.1",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_bulk_periods_of_every_plain_form_are_read_the_same(form, catalogue, tmp_path):
    source = declare(tmp_path / "declared", form=form)
    path = written(tmp_path / "a.csv", [row.replace("2023-01", FORMS[form]) for row in ROWS])
    long, careful = both(source, path, catalogue)
    assert long == careful
    assert any(fact.raw == "12345.6" for fact in careful.facts)


NOT_PLAIN = {
    "periods that may be stretches": {"form": "month_zh"},
    "serial dates": {"form": "serial_month"},
    "growth beside levels": {"columns": GROWTH + COLUMNS.partition("}, ")[2]},
    "per cent declared": {"group": 'percent = "points"'},
    "words for powers of ten": {"group": 'suffixes = { "亿" = "1" }'},
    "marks behind figures": {"group": 'marks = { "p" = "P" }'},
    "parentheses": {"group": "parentheses = true"},
    "a missing sign that is a number": {"layout": 'missing = ["0"]'},
    "signs with a status": {"layout": 'status = { "x" = "C" }'},
    "columns that are carried": {"layout": 'carried = ["value"]'},
    "names filled down": {"layout": 'fill_down = ["partner"]'},
    "names filled to the right": {"layout": "fill_right = true"},
    "columns ignored": {"layout": 'ignored = ["note"]'},
    "other names of headers": {"layout": 'aliases = { "partner" = ["country"] }'},
    "other names in rows": {"layout": 'names = { "exports" = ["出口"] }'},
    "other names of codes": {"lookup": 'aliases = { "美国" = ["USA"] }'},
    "another delimiter": {"layout": 'delimiter = ";"'},
    "tabs": {"layout": 'delimiter = "\\t"'},
    "notes below": {"layout": 'notes_below = ["注"]'},
    "a footer": {"layout": 'footer = "合计"'},
    "a number of rows": {"layout": "rows = 10"},
    "no last line break": {"layout": "last_line_break = false"},
    "rows exchanged with columns": {"layout": "transposed = true"},
    "several header rows": {"layout": 'levels = ["figure", "skip"]'},
    "a unit column": {"layout": 'unit_column = "flow"'},
    "rows left out": {"sections": '[[table.excluded]]\nheader = "partner"\nvalues = ["x"]\nreason = "test"'},
    "texts expected": {"sections": '[[table.expected]]\ntext = "partner"'},
    "texts captured": {"sections": '[[table.capture]]\nname = "unit"\npattern = "(x)"'},
    "columns that may be absent": {"columns": COLUMNS.replace('"value",', '"value", may_be_absent = true,')},
    "columns that are optional": {"columns": COLUMNS.replace('"value",', '"value", optional = true,')},
    "a factor of many digits": {"columns": COLUMNS.replace("0.0001", "0.12345678901")},
}


@pytest.mark.parametrize("what", NOT_PLAIN)
def test_bulk_a_declaration_that_is_not_plain_is_left_to_the_careful_reader(what, tmp_path):
    source = declare(tmp_path / "declared", **NOT_PLAIN[what])
    assert not long_table.can_stream(source, written(tmp_path / "a.csv"))


@pytest.mark.parametrize(
    ("header", "last"),
    [
        (HEADER, "日本,2023-03,imports"),  # cut
        (HEADER, ",,,,"),
        (HEADER, ""),
        (HEADER, '日本,2023-03,imports,1,"2"'),  # a quoted cell may hold anything
        (HEADER, "日本,2023-03,imports,1,2,3"),
        (HEADER + ",note", "日本,2023-03,imports,1,2,"),
        (HEADER.replace(",", ";"), "日本;2023-03;imports;1;2"),
        (HEADER.replace("flow", "flows"), "日本,2023-03,imports,1,2"),
        (HEADER.replace("so_far", "value"), "日本,2023-03,imports,1,2"),
    ],
)
def test_bulk_a_head_or_end_that_is_not_plain_is_left_to_the_careful_reader(header, last, tmp_path):
    source = declare(tmp_path / "declared")
    assert not long_table.can_stream(source, written(tmp_path / "a.csv", [*ROWS, last], header=header))


def test_bulk_a_last_line_without_a_break_is_left_to_the_careful_reader(tmp_path):
    source = declare(tmp_path / "declared")
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *ROWS]), encoding="utf-8")
    assert not long_table.can_stream(source, path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
@pytest.mark.parametrize("declared", ["auto", "utf-8-sig", "gb18030"])
def test_bulk_every_encoding_is_read_or_refused_the_same(encoding, declared, catalogue, tmp_path):
    source = declare(tmp_path / "declared", layout=f'encoding = "{declared}"')
    path = written(tmp_path / "a.csv", encoding=encoding)
    if declared == "gb18030" and encoding == "utf-8-sig":  # the mark is no mark in GB18030
        assert outcome(lambda: table.parse(source, path, catalogue))[0] == "refused"
    long, careful = both(source, path, catalogue)
    assert long == careful


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_bulk_wide_characters_are_left_to_the_careful_reader(encoding, tmp_path):
    source = declare(tmp_path / "declared")
    assert not long_table.can_stream(source, written(tmp_path / "a.csv", encoding=encoding))


@pytest.mark.parametrize("odd", ["\x00", "x" * 40_000, '"' + "y" * 40_000 + '"', 'in "quotes', '"open', "\udcff"])
def test_bulk_text_that_is_hardly_csv_is_read_or_refused_the_same(odd, catalogue, tmp_path):
    source = declare(tmp_path / "declared")
    path = tmp_path / "a.csv"
    rows = [HEADER, *ROWS[:6], f"美国,2023-04,exports,{odd},1", *ROWS[6:], ""]
    path.write_bytes("\n".join(rows).encode("utf-8", "surrogateescape"))
    long, careful = both(source, path, catalogue)
    assert long == careful


CELLS = st.tuples(
    st.sampled_from(["美国", "日本", " 美国 ", "美 国", "不知道", "", "all"]),
    st.sampled_from(["2023-01", "2023-02", "2024-12", " 2023-01", "2023-13", "2023-1", "", "２０２３-01"]),
    st.sampled_from(["exports", "imports", "exports ", "transit", ""]),
    st.sampled_from(["1", "1.5", "-0.25", "+3", "007", "-", " 7 ", "", "1,234.5", "1e5", "五", ".5", "5.", "１２"]),
    st.one_of(
        st.decimals(-(10**12), 10**12, places=6).map(str),
        st.from_regex(r"[+-]?[0-9]{1,14}(\.[0-9]{1,8})?", fullmatch=True),
        st.text(max_size=4),
    ),
)
FILES = st.lists(
    st.tuples(
        CELLS, st.sampled_from(["", "", "", "", "short", "longer", "long of blanks", "blank", "quoted", "break"])
    ),
    max_size=14,
)


def line_of(cells, how):
    """Write a row as a line of CSV, odd as asked."""
    cells = list(cells)
    if how == "short":
        cells = cells[:3]
    elif how == "longer":
        cells.append("more")
    elif how == "long of blanks":
        cells += ["", " "]
    elif how == "blank":
        return ""
    elif how == "break":
        cells[0] += "\n"
    kept = io.StringIO()
    csv.writer(kept, quoting=csv.QUOTE_ALL if how == "quoted" else csv.QUOTE_MINIMAL, lineterminator="").writerow(cells)
    return kept.getvalue()


@given(rows=FILES, line_break=st.sampled_from(["\n", "\r\n"]), unmatched=st.sampled_from(["reject", "exclude"]))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bulk_any_rows_are_read_the_same(rows, line_break, unmatched, tmp_path):
    source, catalogue = declare(tmp_path / "declared", unmatched=unmatched), whole_catalogue()
    lines = [line_of(cells, how) for cells, how in rows]
    path = tmp_path / "any.csv"
    text = line_break.join([HEADER, *lines, "美国,2023-01,exports,1,2", ""])
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    long, careful = both(source, path, catalogue)
    assert long == careful


@given(text=st.text(st.sampled_from('a,"\n\r 1'), max_size=40).map(lambda each: each + "\n"), rows=st.integers(1, 5))
@settings(max_examples=300, deadline=None)
def test_bulk_lines_are_cut_as_csv_cuts_them(text, rows):
    def cut():
        with io.StringIO(text, newline="") as file:
            return [
                list(stretch.row(number))
                for stretch in long_lines.stretches(file, 3, rows)
                for number in range(len(stretch))
            ]

    try:
        expected = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        with pytest.raises(csv.Error, match=str(error).replace("(", r"\(").replace(")", r"\)")):
            cut()
    else:
        assert cut() == expected

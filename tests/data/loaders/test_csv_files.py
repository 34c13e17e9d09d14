"""F-02, F-18, F-19, F-20: CSV files that were cut, written oddly, or hold what an aggregate feed may not hold."""

# ruff: noqa: E501 - a row of a table reads better in one line
from __future__ import annotations

import pytest
from sqlalchemy import select

from data import schema
from data.loaders import FileRefusedError, parse
from data.loaders.drop_folder import DropFolder
from data.loaders.intake import Settling
from data.loaders.isolation import Isolation
from data.loaders.sensitive import SensitiveFileError, is_credit_code, is_identity_number, kind_of
from tests.data.loaders.sheets import declared, figures

TABLE = """
[table]
format = "csv"
header_row = 1
missing = ["…"]
{more}
period = {{ column = "月份", form = "month" }}
[[table.group]]
region = "100000"
indicator = "trade"
stored_unit = "CNY_100M"
accumulation = "S"
column = [{{ header = "出口", flow = "X" }}, {{ header = "进口", flow = "M" }}]
"""
HEADER = "月份,出口,进口"
ROWS = [f"2024-{number:02d},{number}.5,{number}23.25" for number in range(1, 13)]


@pytest.fixture
def read(tmp_path, catalogue):
    def parsed(content, more=""):
        path = tmp_path / "a.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return parse(declared(tmp_path, TABLE.format(more=more)), path, catalogue)

    return parsed


WHOLE = "\n".join([HEADER, *ROWS, ""])
FOOTED = "\n".join([HEADER, *ROWS, "合计 12 行,,", ""])


@pytest.mark.parametrize("more", ["rows = 12", "footer = '合计 (\\d+) 行'"], ids=["rows", "footer"])
def test_f_02_a_csv_with_declared_rows_or_footer_cut_at_every_fiftieth_is_refused(more, read):
    content = (WHOLE if more.startswith("rows") else FOOTED).encode()
    assert len(read(content, more).facts) == 24
    for part in range(1, 50):
        with pytest.raises(FileRefusedError):
            read(content[: len(content) * part // 50], more)


def test_f_02_every_cut_inside_a_line_is_refused_and_none_gives_half_a_number(read):
    whole = figures(read(WHOLE))
    content = WHOLE.encode()
    for place in range(len(HEADER.encode()) + 1, len(content)):
        try:
            parsed = read(content[:place])
        except FileRefusedError:
            continue
        assert content[:place].endswith(b"\n")  # a cut between two lines: only the declared rows or `shrink` can tell
        assert figures(parsed) == whole[: len(parsed.facts)]


def test_f_02_a_file_without_its_last_line_break_says_what_to_declare(read):
    with pytest.raises(FileRefusedError, match="last_line_break = false"):
        read(WHOLE.rstrip("\n"))
    assert len(read(WHOLE.rstrip("\n"), "last_line_break = false").facts) == 24


def test_f_02_the_number_in_the_footer_must_be_right(read):
    with pytest.raises(FileRefusedError, match=r"文件不完整.*11 rows"):
        read(FOOTED.replace(ROWS[3] + "\n", ""), "footer = '合计 (\\d+) 行'")


WANTED = [1.5, 123.25, 2.5, 223.25]


@pytest.mark.parametrize(
    "text",
    [
        "月份;出口;进口\n2024-01;1.5;123.25\n2024-02;2.5;223.25\n",
        "月份\t出口\t进口\n2024-01\t1.5\t123.25\n2024-02\t2.5\t223.25\n",
        '"月份","出口","进口"\r\n"2024-01","1.5","123.25"\r\n"2024-02","2.5","223.25"\r\n',
        "月份,出口,进口,,\n2024-01,1.5,123.25,,\n2024-02,2.5,223.25,,\n",
        "月份,出口,进口\n2024-01,1.5,123.25,,\n\n2024-02, 2.5 ,223.25\n\n",
        '月份,"出\n口",进口\n2024-01,1.5,123.25\n2024-02,2.5,223.25\n',
        "月 份,出　口,进口\n2024-01,1.5,123.25\n2024-02,2.5,223.25\n",
    ],
    ids=[
        "semicolon",
        "tab",
        "quotes and CRLF",
        "trailing commas",
        "blank lines",
        "line break in a header",
        "blanks in headers",
    ],
)
def test_f_18_odd_but_clear_csv_is_read(text, read):
    assert [fact.value for fact in read(text).facts] == WANTED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("月份,出口,进口\n2024-01,1.5,\x00123\n", "NUL"),
        ('月份,出口,进口\n2024-01,"1.5,123.25\n', "CSV|unexpected end"),
        ('月份,出口,进口\n2024-01,"1.5"x,123.25\n', "CSV"),
        (f"月份,出口,进口\n2024-01,{'1' * 40_000},2\n", "field limit"),
        ("月份|出口|进口\n2024-01|1.5|2\n", "header"),
    ],
    ids=["NUL", "open quote", "text after a quote", "huge field", "unknown delimiter"],
)
def test_f_18_csv_that_is_not_clear_is_refused(text, words, read):
    with pytest.raises(FileRefusedError, match=words):
        read(text)


def test_f_18_a_row_with_a_cell_too_many_is_rejected(read):
    parsed = read("月份,出口,进口\n2024-01,1,234.5,123.25\n2024-02,2.5,223.25\n")
    assert [fact.value for fact in parsed.facts] == WANTED[2:]
    assert parsed.rejects[0].reason == "4 cells under 3 headers"


# --- F-19: persons and enterprises. The numbers are made up; their check characters are right.


def identity(body):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def credit(body):
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    return body + signs[(31 - sum(signs.index(sign) * pow(3, n, 31) for n, sign in enumerate(body)) % 31) % 31]


PERSON = identity("37021119900101001")
FIRM = credit("91370211MA3CABCD1")


def test_f_19_check_characters_tell_a_number_of_a_person_from_any_number():
    assert is_identity_number(PERSON)
    assert not is_identity_number(PERSON[:-1] + ("0" if PERSON[-1] != "0" else "1"))
    assert not is_identity_number(identity("37021119901301001"))  # no such day
    assert not is_identity_number("1" * 18)
    assert is_credit_code(FIRM)
    assert not is_credit_code(FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1"))
    assert [kind_of(text) for text in (f"张三 {PERSON}", f"({FIRM})", "电话 139 1234 5678", "13912345678", "12345678901", "2024-01", "1391234567890")] == [
        "personal", "enterprise", "personal", "personal", "", "", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("备注", PERSON),
        ("备注", "联系13912345678"),
        ("备注", FIRM),
        ("身份证号", "x"),
        ("企业名称", "某公司"),
        ("手机号码", ""),
    ],
)
def test_f_19_a_file_with_persons_or_enterprises_is_held_back_and_never_shown(header, cell, read):
    text = f"月份,出口,进口,{header}\n2024-01,1.5,123.25,{cell}\n"
    with pytest.raises(SensitiveFileError) as refusal:
        read(text)
    assert PERSON not in str(refusal.value)
    assert "13912345678" not in str(refusal.value)
    assert len(read(text, 'allows = ["personal", "enterprise"]').facts) == 2


def test_f_19_a_rejected_row_shows_no_person_either(read):
    with pytest.raises(SensitiveFileError):
        read(f"月份,出口,进口\n{PERSON},1.5,123.25\n2024-02,1,2\n")


def test_f_19_such_a_file_waits_in_quarantine_and_its_text_is_in_no_table(warehouse, catalogue, tmp_path):
    inbox = tmp_path / "inbox" / "feed"
    inbox.mkdir(parents=True)
    (inbox / "a.csv").write_text(f"月份,出口,进口,备注\n2024-01,1.5,123.25,{PERSON}\n", encoding="utf-8")
    source = declared(tmp_path, TABLE.format(more=""))
    drop = DropFolder(tmp_path / "inbox", Settling(settle_s=0))
    with Isolation(catalogue) as isolation:
        reports = drop.load([source], catalogue, warehouse, isolation, "declarations")
    assert [report.state for report in reports] == ["quarantined"]
    report = next((inbox / "quarantine").glob("*.report.txt")).read_text(encoding="utf-8")
    assert "个人信息" in report
    assert PERSON not in report
    with warehouse.connected() as connection:
        findings = list(connection.execute(select(schema.finding.c.check_code, schema.finding.c.raw)))
        assert connection.execute(select(schema.rejected_row)).all() == []
    assert [tuple(each) for each in findings] == [("sensitive", "")]


# --- F-20: a drop folder that is gone or cannot be read


def test_f_20_a_folder_that_is_gone_loses_nothing_and_is_no_deletion(warehouse, catalogue, tmp_path):
    inbox = tmp_path / "inbox" / "feed"
    inbox.mkdir(parents=True)
    (inbox / "a.csv").write_text(WHOLE, encoding="utf-8")
    source = declared(tmp_path, TABLE.format(more=""))
    texts = dict.fromkeys(("title_zh", "title_en", "publisher_zh", "publisher_en", "licence", "page"), "feed")
    warehouse.register_source("feed", simulated=False, **texts)
    drop = DropFolder(tmp_path / "inbox", Settling(settle_s=0))
    with Isolation(catalogue) as isolation:
        reports = drop.load([source], catalogue, warehouse, isolation, "d")
        assert [(each.state, each.error) for each in reports] == [("done", "")]
        (tmp_path / "inbox").rename(tmp_path / "away")
        assert drop.load([source], catalogue, warehouse, isolation, "d") == []
        with warehouse.connected() as connection:
            stored = connection.execute(select(schema.observation.c.value)).all()
        (tmp_path / "away").rename(tmp_path / "inbox")
        (inbox / "b.csv").write_text(WHOLE.replace("1.5", "1.25"), encoding="utf-8")
        assert [each.state for each in drop.load([source], catalogue, warehouse, isolation, "d")] == ["done"]
    assert len(stored) == 24

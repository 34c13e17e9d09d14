"""Foreign files are read in a confined child: whatever they are, they are parsed or refused, and the loader lives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import psutil
import pytest

from data.loaders import FileRefusedError, Parsed, SourceError, parse
from data.loaders.isolation import Isolation
from data.loaders.limits import Limits
from data.loaders.wire import WireError, parsed_lines, read_answer
from tests.data.loaders.foreign_files import ENTITY_BOMB, HOSTILE, OUTSIDE, csv_text, feed, repacked, workbook


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


# Readers that misbehave. They run in the child, which finds them by name.


def abort(_source, path, _catalogue):
    if path.name == "good.csv":
        return Parsed(rows_read=7)
    os.abort()


def segfault(_source, _path, _catalogue):
    os.kill(os.getpid(), signal.SIGSEGV)


def spin(_source, _path, _catalogue):
    while True:
        pass


def sleep(_source, _path, _catalogue):
    time.sleep(60)


def sleep_and_leave_a_child(_source, _path, _catalogue):
    subprocess.Popen(["sleep", "61"], start_new_session=False)
    time.sleep(60)


def devour(_source, _path, _catalogue):
    return [bytearray(10_000_000) for _ in range(1000)]


def talk(_source, _path, _catalogue):
    from data.facts import Reject

    return Parsed(rejects=[Reject("row 1", "x" * 1_000_000, "")] * 10)


def recurse(_source, _path, _catalogue):
    return json.loads("[" * 100_000)


def write(_source, path, _catalogue):
    path.with_name("written").write_bytes(b"x" * 100_000)


def environment(_source, _path, _catalogue):
    return Parsed(notes=sorted(os.environ))


def leave(_source, _path, _catalogue):
    os._exit(3)


MISBEHAVIOUR = {
    abort: "crashed (SIGABRT)",
    segfault: "crashed (SIGSEGV)",
    spin: "computing",
    sleep: "longer than 2 s",
    devour: "memory",
    talk: "MiB of facts",
    recurse: "RecursionError",
    write: "OSError",
    leave: "ended with 3",
}


@pytest.mark.parametrize(("reader", "words"), MISBEHAVIOUR.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_f_15_a_reader_that_crashes_or_never_ends_costs_only_its_file(reader, words, catalogue, tmp_path):
    limits = Limits(memory_mib=512, cpu_s=1, wall_s=2, answer_mib=1)
    source = feed(tmp_path).model_copy(update={"limits": limits})
    path = tmp_path / "bad.csv"
    path.write_text(csv_text(), encoding="utf-8")
    with Isolation(catalogue, reader) as isolation:
        began = time.monotonic()
        with pytest.raises(FileRefusedError) as refusal:
            isolation.parse(source, path, "label.csv")
        assert time.monotonic() - began < 8
        assert words in str(refusal.value)
        assert str(refusal.value).startswith("label.csv: ")


def test_f_15_the_next_file_is_read_by_the_same_nursery(catalogue, tmp_path):
    source = feed(tmp_path)
    (tmp_path / "bad.csv").touch()
    with Isolation(catalogue, abort) as isolation:
        for _ in range(3):
            with pytest.raises(FileRefusedError, match="SIGABRT"):
                isolation.parse(source, tmp_path / "bad.csv")
            good = tmp_path / "good.csv"
            good.touch()
            assert isolation.parse(source, good).rows_read == 7
        before = isolation._nursery.pid
        os.kill(before, signal.SIGKILL)  # what the system's memory killer does
        isolation._nursery.wait()
        assert isolation.parse(source, good).rows_read == 7
        assert isolation._nursery.pid != before


def test_a_child_leaves_no_process_behind(catalogue, tmp_path):
    source = feed(tmp_path).model_copy(update={"limits": Limits(wall_s=2)})
    (tmp_path / "x.csv").touch()
    with Isolation(catalogue, sleep_and_leave_a_child) as isolation:
        with pytest.raises(FileRefusedError, match="longer than 2 s"):
            isolation.parse(source, tmp_path / "x.csv")
        children = psutil.Process(isolation._nursery.pid).children(recursive=True)
        assert [each for each in children if each.status() != psutil.STATUS_ZOMBIE] == []
        nursery = isolation._nursery.pid
    assert not psutil.pid_exists(nursery)


def test_the_child_knows_nothing_it_does_not_need(catalogue, tmp_path, monkeypatch):
    monkeypatch.setenv("ONESCREEN_WAREHOUSE", "postgresql://user:secret@host/x")
    monkeypatch.setenv("SOME_KEY", "secret")
    (tmp_path / "x.csv").touch()
    with Isolation(catalogue, environment) as isolation:
        notes = isolation.parse(feed(tmp_path), tmp_path / "x.csv").notes
    assert not {"ONESCREEN_WAREHOUSE", "SOME_KEY", "HOME"} & set(notes)


def test_isolated_parsing_gives_the_same_as_parsing(isolation, catalogue, sources, parsed):
    for code in ("published_figures", "eia_brent_workbook", "nbs_easyquery", "customs_totals"):
        for path, expected in zip(sources[code].paths(), parsed(code), strict=True):
            assert isolation.parse(sources[code], path) == expected


def test_a_wrong_declaration_is_said_as_such(isolation, sources, tmp_path):
    source = feed(tmp_path, table="").model_copy(update={"code": "odd"})
    path = tmp_path / "x.csv"
    path.write_text(csv_text(), encoding="utf-8")
    group = source.options.table.group[0].model_copy(update={"indicator": "no_such_thing"})
    table = source.options.table.model_copy(update={"group": (group,)})
    broken = source.model_copy(update={"options": source.options.model_copy(update={"table": table})})
    with pytest.raises(SourceError, match="no_such_thing"):
        isolation.parse(broken, path)


@pytest.mark.parametrize("name", HOSTILE)
def test_f_14_hostile_workbooks_are_refused_soon_and_cheaply(name, isolation, tmp_path):
    make, words = HOSTILE[name]
    path = repacked(workbook(tmp_path / "hostile.xlsx"), make())
    source = feed(tmp_path, "xlsx")
    began = time.monotonic()
    with pytest.raises(FileRefusedError) as refusal:
        isolation.parse(source, path)
    assert time.monotonic() - began < 10
    assert words in str(refusal.value), str(refusal.value)
    assert isolation._nursery.poll() is None


def test_f_14_what_hides_from_the_look_beforehand_meets_the_limits(catalogue, tmp_path):
    """A far cell written with character references passes the search for far cells; it cannot pass the limits."""
    sheet = HOSTILE["far cell"][0]()
    ((name, content),) = sheet.items()
    hidden = content.replace(b'"XFD1048576"', b'"&#88;FD1048576"').replace(b'r="1048576"', b'r="&#49;048576"')
    path = repacked(workbook(tmp_path / "hidden.xlsx"), {name: hidden})
    with Isolation(catalogue) as isolation:
        began = time.monotonic()
        with pytest.raises(FileRefusedError, match=r"hidden\.xlsx"):
            isolation.parse(feed(tmp_path, "xlsx"), path)
        assert time.monotonic() - began < 15


def test_f_14_the_canary_a_good_workbook_is_read(isolation, tmp_path):
    parsed = isolation.parse(feed(tmp_path, "xlsx"), workbook(tmp_path / "good.xlsx"))
    assert [fact.value for fact in parsed.facts] == [20.5, 10.25, 21.5, 11.25, 22.5, 12.25]


@pytest.mark.parametrize("share", [step / 25 for step in range(1, 25)])
def test_f_02_a_workbook_cut_anywhere_is_incomplete(share, isolation, tmp_path):
    path = workbook(tmp_path / "cut.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(FileRefusedError, match="文件不完整"):
        isolation.parse(feed(tmp_path, "xlsx"), path)


def test_f_17_macros_and_passwords_are_told_to_save_as_xlsx(isolation, tmp_path):
    for mark in ("EncryptedPackage", "_VBA_PROJECT"):
        path = tmp_path / "old.xls"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + mark.encode("utf-16-le"))
        with pytest.raises(FileRefusedError, match="请另存为"):
            isolation.parse(feed(tmp_path, "xlsx"), path)


def test_an_archive_named_as_a_table_is_looked_at_too(isolation, tmp_path):
    path = tmp_path / "table.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", OUTSIDE)
    with pytest.raises(FileRefusedError, match="DTD"):
        isolation.parse(feed(tmp_path), path)


# --- F-08


def test_f_08_error_cells_and_formulas_never_calculated_are_rejected_with_their_address(isolation, tmp_path):
    def spoil(book):
        sheet = book["数据"]
        sheet["B2"], sheet["C2"] = "=1/0", "#DIV/0!"
        sheet["C2"].data_type = "e"
        sheet["B3"] = "#N/A"
        sheet["B3"].data_type = "e"

    parsed = isolation.parse(feed(tmp_path, "xlsx"), workbook(tmp_path / "errors.xlsx", change=spoil))
    assert [(each.place, each.raw) for each in parsed.rejects] == [
        ("数据!B2", "=1/0 (never calculated / 未计算)"), ("数据!C2", "#DIV/0!"), ("数据!B3", "#N/A"),
    ]  # fmt: skip
    assert (len(parsed.facts), parsed.missing) == (3, 0)


def test_f_08_a_calculated_formula_is_its_value_and_an_empty_cell_is_missing(isolation, tmp_path):
    path = workbook(tmp_path / "calculated.xlsx", change=lambda book: book["数据"].__setitem__("B2", "=10*2+0.5"))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    path = repacked(path, {"xl/worksheets/sheet1.xml": sheet.replace(b"</f><v></v>", b"</f><v>20.5</v>").replace(
        b"</f><v />", b"</f><v>20.5</v>").replace(b"</f><v/>", b"</f><v>20.5</v>")})  # fmt: skip
    parsed = isolation.parse(feed(tmp_path, "xlsx"), path)
    assert (parsed.facts[0].value, parsed.rejects) == (20.5, [])
    path = workbook(tmp_path / "empty.xlsx", change=lambda book: book["数据"].__setitem__("B2", None))
    assert isolation.parse(feed(tmp_path, "xlsx"), path).missing == 1


# --- the wire


def test_a_cut_or_forged_answer_is_no_answer(parsed):
    lines = list(parsed_lines(parsed("customs_totals")[0]))
    assert read_answer(lines, "x") == parsed("customs_totals")[0]
    for number in range(len(lines)):
        with pytest.raises(WireError):
            read_answer(lines[:number], "x")
    key = b'["series",[["i","r","M","S","level","_T","_T","_T","_T","_T","_Z","_Z","raw","_Z","u"]]]'
    read_answer(
        [
            key,
            b'["facts",[[0],[1],[1.0],[0],["p"],["r"],null,null,null,null,null]]',
            b'["piece",[1,0,0,[]]]',
            *lines[-1:],
        ],
        "x",
    )
    for forged in (
        b"{}", b"[]", b'["facts",[[0]]]', b'["odd",[]]', b'["rejects",[["a","b"]]]', b"\xff", b'["series",[[1]]]',
        b'["facts",[[0],[1],["1"],[0],["p"],["r"],null,null,null,null,null]]',
        b'["facts",[[-1],[1],[1.0],[0],["p"],["r"],null,null,null,null,null]]',
        b'["facts",[[1],[1],[1.0],[0],["p"],["r"],null,null,null,null,null]]',
        b'["facts",[[0],[1],[1.0],[0],["p"],["r"],null,null,null,[0],null]]',
        b'["facts",[[0],[1],[1.0],[0],["p","q"],["r"],null,null,null,null,null]]',
        b'["facts",[[0],[true],[1.0],[0],["p"],["r"],null,null,null,null,null]]',
        b'["facts",[[0],[99999999999],[1.0],[0],["p"],["r"],null,null,null,null,null]]',
        b'["facts",[[0],[1],null,[0],["p"],["r"],null,null,null,null,null]]',
    ):  # fmt: skip
        with pytest.raises(WireError):
            read_answer([key, forged, lines[-2], lines[-1]], "x")


def test_a_text_that_is_no_unicode_travels_as_escapes():
    from data.facts import Reject

    lines = list(parsed_lines(Parsed(rejects=[Reject("row 1", "a\ud800b", "odd")])))
    assert read_answer(lines, "x").rejects == [Reject("row 1", "a\\ud800b", "odd")]


def test_direct_and_isolated_parsing_refuse_alike(isolation, catalogue, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("月份,出口额,进口\n", encoding="utf-8")
    source = feed(tmp_path)
    with pytest.raises(FileRefusedError) as direct:
        parse(source, path, catalogue)
    with pytest.raises(FileRefusedError) as isolated:
        isolation.parse(source, path)
    assert str(direct.value) == str(isolated.value)


def test_the_path_may_be_relative(isolation, tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_text(csv_text(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(isolation.parse(feed(tmp_path), Path("x.csv")).facts) == 6


def test_a_source_declares_its_own_limits_and_a_mistake_there_is_told(isolation, tmp_path):
    (tmp_path / "x.csv").write_text(csv_text(), encoding="utf-8")
    source = feed(tmp_path, more="[limits]\nmemory_mib = 1024\ncpu_s = 3\n[checks]\nfalling = 'warn'")
    assert (source.limits.memory_mib, source.limits.cpu_s, source.checks.falling) == (1024, 3, "warn")
    assert len(isolation.parse(source, tmp_path / "x.csv").facts) == 6
    for wrong in ("[limits]\nmemory = 1", "[limits]\ncpu_s = 0", "[checks]\nfalling = 'maybe'"):
        with pytest.raises(SourceError, match=r"limits|checks"):
            feed(tmp_path, more=wrong)


def test_f_14_a_plain_xml_file_has_no_document_type_either(isolation, tmp_path):
    path = tmp_path / "x.csv"
    mark = "\ufeff"
    for content in (
        ENTITY_BOMB, OUTSIDE, b"\xef\xbb\xbf" + OUTSIDE, b"\n <!DOCTYPE html><html></html>",
        (mark + OUTSIDE.decode()).encode("utf-16-le"), (mark + OUTSIDE.decode()).encode("utf-16-be"),
    ):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(FileRefusedError, match="DTD"):
            isolation.parse(feed(tmp_path), path)

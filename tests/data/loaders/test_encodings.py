"""Encodings are decided by a rule: equal tables from every good one, and no text out of bytes that were cut."""

from __future__ import annotations

import codecs

import pytest

from data.loaders import FileRefusedError, parse
from data.loaders.encodings import find_encoding
from tests.data.loaders.foreign_files import csv_text, feed

ENCODINGS = {
    "utf-8": b"", "utf-8-sig": b"", "gb18030": b"", "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
}  # fmt: skip
TEXTS = {"short": "名称,值", "a line": "名称,值\n出口,1\n", "long": "名称,值\n" + "进口总额（亿元）,12345.6\n" * 60_000}
WORDS = ("名称", "值")


@pytest.mark.parametrize("length", TEXTS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_f_05_the_same_text_is_read_from_every_encoding(encoding, length, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(ENCODINGS[encoding] + TEXTS[length].encode(encoding))
    assert path.read_text(encoding=find_encoding(path, WORDS)) == TEXTS[length]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_f_05_equal_tables_through_the_loader(encoding, tmp_path, catalogue):
    path = tmp_path / "a.csv"
    path.write_bytes(ENCODINGS[encoding] + csv_text().encode(encoding))
    facts = parse(feed(tmp_path), path, catalogue).facts
    assert [fact.value for fact in facts] == [20.5, 10.25, 21.5, 11.25, 22.5, 12.25]


def test_f_06_no_cut_inside_a_character_is_accepted(tmp_path):
    """Every cut of a UTF-8 file inside a character: not one may pass, least of all as GB18030."""
    whole = "名称,值\n" + "".join(
        f"{word},{number}\n" for number, word in enumerate("出口进口总额青岛西海岸新区地方统计局")
    )
    data = whole.encode()
    inside = [place for place in range(1, len(data)) if data[place] & 0xC0 == 0x80]
    assert len(inside) >= 40
    path = tmp_path / "a.csv"
    for place in inside:
        path.write_bytes(data[:place])
        with pytest.raises(FileRefusedError):
            find_encoding(path, WORDS)
        if place > 4:
            with pytest.raises(FileRefusedError, match="文件不完整"):
                find_encoding(path, WORDS)


@pytest.mark.parametrize("cut", [1, 3])
def test_f_06_a_cut_gb18030_or_utf_16_file_is_refused(cut, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("名称,值\n出口总额".encode("gb18030")[:-cut])
    with pytest.raises(FileRefusedError):
        find_encoding(path, WORDS)
    path.write_bytes(codecs.BOM_UTF16_LE + "名称,值".encode("utf-16-le")[:-cut])
    with pytest.raises(FileRefusedError):
        find_encoding(path, WORDS)


@pytest.mark.parametrize("text", ["名稱,值\n出口,1\n", "月份,數值\n進口總額,2\n", "地區,合計\n臺灣,3\n"])
def test_f_06_big5_is_refused(text, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode("big5"))
    with pytest.raises(FileRefusedError):
        find_encoding(path, WORDS)


def test_f_06_private_use_characters_and_nul_are_no_text(tmp_path):
    path = tmp_path / "a.csv"
    for content in (
        "名称,\ue000".encode("gb18030"),
        "a,b".encode("utf-16-le"),
        "a,b".encode("utf-32"),
        b"\xff\xff\xff",
    ):
        path.write_bytes(content)
        with pytest.raises(FileRefusedError):
            find_encoding(path, WORDS)


def test_f_06_gb18030_without_a_known_header_word_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("别的,表头\n出口,1\n".encode("gb18030"))
    with pytest.raises(FileRefusedError, match="表头文字"):
        find_encoding(path, WORDS)

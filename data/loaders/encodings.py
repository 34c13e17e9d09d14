"""Which encoding a text file is in, by a fixed rule and never by a guess.

A byte order mark decides; without one it is strict UTF-8, else strict GB18030. Nearly any bytes are *some* GB18030
text, so that reading is only believed where a known word of the header stands in it and no private-use character
does (Big5 and cut UTF-8 give those). UTF-8 that is whole but for its last character is a file that was cut.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator

from data.loaders.documents import Document, opened, size_of
from data.loaders.source import FileRefusedError

CHUNK = 1024 * 1024
HEAD_CHARACTERS = 20_000  # the header stands at the top
LONGEST_CHARACTER = 4  # bytes of one character in UTF-8
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, ""),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BLANKS = re.compile(r"\s+")
EXPECTED = "UTF-8, GB18030, or UTF-16 with its mark / UTF-8、GB18030 或带 BOM 的 UTF-16"
CUT = "a whole file; it ends inside a character: copy it again / 文件不完整（末尾字符被截断），请重新复制"


def find_encoding(path: Document, words: Collection[str] = ()) -> str:
    """Return the codec of a text file; ``words`` are header texts, of which one must stand in a GB18030 file.

    Reads the file once, a piece at a time. Raises ``FileRefusedError`` if no reading is safe.
    """
    with opened(path) as file:
        head = file.read(LONGEST_CHARACTER)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            _check_whole(path, encoding)
            return encoding
    if _is_utf8(path):
        return "utf-8"
    _check_gb18030(path, words)
    return "gb18030"


def _check_whole(path: Document, encoding: str) -> None:
    if not encoding:
        raise FileRefusedError(path.name, "the encoding", EXPECTED, "UTF-32")
    try:
        for text in _decoded(path, encoding):
            _refuse_nul(path, text)
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, f"byte {error.start + 1}", f"text in {encoding}", error.reason) from error


def _is_utf8(path: Document) -> bool:
    """Tell whether the file is UTF-8. One that is but for its last character was cut, and is refused."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with opened(path) as file:
        try:
            is_ascii = True
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                is_ascii = is_ascii and text.isascii()
                _refuse_nul(path, text)
        except UnicodeDecodeError:
            return False
    left = decoder.getstate()[0]
    if left and (not is_ascii or size_of(path) == len(left)):
        raise FileRefusedError(path.name, "the end of the file", CUT, f"{len(left)} bytes of a character")
    return not left  # plain text with a few odd bytes at its end may be GB18030


def _check_gb18030(path: Document, words: Collection[str]) -> None:
    seen = ""
    try:
        for text in _decoded(path, "gb18030"):
            _refuse_nul(path, text)
            strange = PRIVATE_USE.search(text)
            if strange:
                found = f"neither: U+{ord(strange[0]):04X}, which no text has"
                raise FileRefusedError(path.name, "the encoding", EXPECTED, found)
            seen = seen or text[:HEAD_CHARACTERS]
    except UnicodeDecodeError as error:
        raise FileRefusedError(path.name, "the encoding", EXPECTED, "neither / 都不是") from error
    if not _holds_a_word(seen, words):
        found = "as GB18030 it holds none of the Chinese header words / 按 GB18030 读不到任何表头文字"
        raise FileRefusedError(path.name, "the encoding", EXPECTED, found)


def _decoded(path: Document, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with opened(path) as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


def _refuse_nul(path: Document, text: str) -> None:
    if "\0" in text:
        raise FileRefusedError(path.name, "the encoding", EXPECTED, "NUL bytes, as in UTF-16 without its mark")


def _holds_a_word(text: str, words: Collection[str]) -> bool:
    """Tell whether a known Chinese word stands in a text; blanks and line breaks inside it do not matter."""
    packed = _BLANKS.sub("", text)
    return any(_BLANKS.sub("", word) in packed for word in words if not word.isascii())

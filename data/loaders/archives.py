"""ZIP files (xlsx, ods, zip) looked at before any of them is read: the directory first, then the head of each part.

Refused are archives that unpack to too much, hold archives, macros, links or paths that lead out, and XML parts
with a document type (the door to entity bombs and outside files) or in an encoding that hides one. Everything
here runs in the confined child, because a directory can be hostile too.
"""

from __future__ import annotations

import codecs
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from data.loaders.documents import Document, Member, opened
from data.loaders.limits import MIB, Limits
from data.loaders.source import FileRefusedError

CHUNK = 64 * 1024
HEAD = 256
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names inside an old binary workbook (stored as UTF-16): its macro store, and the body of an encrypted one.
OLE_MACROS = "_VBA_PROJECT".encode("utf-16-le")
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ARCHIVES = frozenset({".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".docx", ".jar", ".gz", ".bz2", ".xz", ".7z", ".rar"})
MACROS = re.compile(r"vbaProject|/macrosheets/|^Basic/|^Scripts/", re.IGNORECASE)
WORKBOOKS = frozenset({".xlsx", ".ods"})  # archives that may lie in a delivery, one level deep
WORKBOOK_PARTS = frozenset(
    {"[Content_Types].xml", "mimetype", "META-INF/manifest.xml", "xl/workbook.xml", "content.xml"}
)
XML_PARTS = (".xml", ".rels", ".vml")
SHEET_ENCODINGS = frozenset({"UTF-8", "US-ASCII"})  # the cells are looked for as bytes
PART_ENCODINGS = SHEET_ENCODINGS | {"UTF-16"}
UTF16_BEGINS_XML = (b"\xff\xfe<\0", b"\xfe\xff\0<", b"<\0", b"\0<")
UTF16_BEGINS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
SMALL = 1024 * 1024  # parts below this size may be of any ratio: a page of blanks packs a thousandfold

CUT = "a whole file; it is incomplete: copy it again / 完整的文件；文件不完整，请重新复制"
RESAVE = "a workbook without macros and password: save it as .xlsx / 不含宏和密码的工作簿，请另存为 .xlsx"


def check_file(path: Document, limits: Limits) -> None:
    """Raise ``FileRefusedError`` if the file is an archive, binary workbook or XML that must not be opened."""
    with opened(path) as file:
        head = file.read(HEAD)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<") or head.startswith(UTF16_BEGINS_XML):
        _check_xml(path)
    elif head.startswith(OLE_MAGIC):
        _check_binary_workbook(path)
    elif head.startswith(ZIP_MAGIC[:2]):
        _check_archive(path, limits)


def _check_xml(path: Document) -> None:
    try:
        with opened(path) as file:
            _check_prolog(path, "the head of the file", file, PART_ENCODINGS)
    except expat.ExpatError as error:
        raise FileRefusedError(path.name, "the head of the file", "well-formed XML", str(error)) from error


def _check_binary_workbook(path: Document) -> None:
    with opened(path) as file:
        content = file.read()
    for mark, found in ((OLE_ENCRYPTED, "a password / 有密码"), (OLE_MACROS, "macros / 含宏")):
        if mark in content:
            raise FileRefusedError(path.name, "the file", RESAVE, found)


def _check_archive(path: Document, limits: Limits) -> None:
    try:
        with opened(path) as file, zipfile.ZipFile(file) as archive:
            is_delivery = holds_files(archive) and isinstance(path, Path)
            _check_directory(path, archive, limits, is_delivery)
            for entry in archive.infolist():
                _check_part(path, archive, entry, limits, is_delivery)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise FileRefusedError(path.name, "the ZIP directory", CUT, f"{type(error).__name__}: {error}") from error
    except expat.ExpatError as error:
        raise FileRefusedError(path.name, "the XML parts", "well-formed XML", str(error)) from error


def holds_files(archive: zipfile.ZipFile) -> bool:
    """Tell whether a ZIP is a delivery of files, and not a workbook, which is a ZIP too."""
    return not WORKBOOK_PARTS.intersection(archive.namelist())


def read_members(path: Path) -> Iterator[Member]:
    """Give the files of a delivery that was checked, in name order; their sizes are bounded by the check."""
    with zipfile.ZipFile(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda each: each.filename):
            if not entry.is_dir():
                yield Member(member_name(entry), archive.read(entry))


def member_name(entry: zipfile.ZipInfo) -> str:
    """Return the name of a member; Chinese archivers write GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gbk")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return entry.filename


def _check_directory(path: Document, archive: zipfile.ZipFile, limits: Limits, is_delivery: bool) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise FileRefusedError(path.name, "the ZIP directory", f"at most {limits.entries} entries", str(len(entries)))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_mib * MIB:
        expected = f"at most {limits.unpacked_mib} MiB unpacked / 解压后不超过 {limits.unpacked_mib} MiB"
        raise FileRefusedError(path.name, "the ZIP directory", expected, f"{unpacked / MIB:,.0f} MiB")
    names: set[str] = set()
    for entry in entries:
        _check_name(path, entry, names, is_delivery)
        _check_ratio(path, entry, limits)


def _check_name(path: Document, entry: zipfile.ZipInfo, names: set[str], is_delivery: bool) -> None:
    name = entry.orig_filename
    place = f"entry {name[:80]!r}"
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name in names:
        raise FileRefusedError(path.name, place, "each name once", "it twice")
    names.add(name)
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0] or "\0" in name or "\\" in name:
        raise FileRefusedError(path.name, place, "a name inside the archive / 压缩包内的路径", "one that leads out")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise FileRefusedError(path.name, place, "a file", "a link")
    if entry.flag_bits & 0x1:
        raise FileRefusedError(path.name, place, RESAVE, "a password / 有密码")
    if MACROS.search(name):
        raise FileRefusedError(path.name, place, RESAVE, "macros / 含宏")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ARCHIVES and not (is_delivery and suffix in WORKBOOKS):
        raise FileRefusedError(path.name, place, "no archive inside an archive / 压缩包内不含压缩包", "one")


def _check_ratio(path: Document, entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.file_size > SMALL and entry.file_size > limits.ratio * max(1, entry.compress_size):
        expected = f"at most {limits.ratio} times its packed size / 解压不超过 {limits.ratio} 倍"
        found = f"{entry.file_size / max(1, entry.compress_size):,.0f} times"
        raise FileRefusedError(path.name, f"entry {entry.filename[:80]!r}", expected, found)


def _check_part(
    path: Document, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits, is_delivery: bool
) -> None:
    if entry.is_dir():
        return
    if is_delivery and PurePosixPath(entry.filename).suffix.lower() in (*WORKBOOKS, ".xls"):
        check_file(Member(member_name(entry), archive.read(entry)), limits)
        return
    place = f"entry {entry.filename[:80]!r}"
    with archive.open(entry) as part:
        head = part.read(len(ZIP_MAGIC))
    if head == ZIP_MAGIC:
        raise FileRefusedError(path.name, place, "no archive inside an archive / 压缩包内不含压缩包", "one")
    if not entry.filename.lower().endswith(XML_PARTS):
        return
    is_sheet = "worksheets/" in entry.filename
    with archive.open(entry) as part:
        _check_prolog(path, place, part, SHEET_ENCODINGS if is_sheet else PART_ENCODINGS)
    if is_sheet:
        with archive.open(entry) as part:
            _check_dimensions(path, place, part, limits)


class _RootReached(Exception):  # noqa: N818 - no error: the part of interest is over
    """The prolog, where alone a document type can stand, is over."""


def _check_prolog(path: Document, place: str, part: IO[bytes], encodings: frozenset[str]) -> None:
    """Parse up to the root element, with the parser's own eyes: no document type, and a known encoding."""
    parser = expat.ParserCreate()

    def declare(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() not in encodings:
            raise FileRefusedError(path.name, place, f"XML in {' or '.join(sorted(encodings))}", encoding)

    def refuse(*_arguments: object) -> None:
        expected = "XML without a document type / 不含 DTD 和实体的 XML"
        raise FileRefusedError(path.name, place, expected, "a document type (DTD)")

    def root(*_arguments: object) -> None:
        raise _RootReached

    parser.XmlDeclHandler = declare
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = root
    try:
        for number, chunk in enumerate(iter(lambda: part.read(CHUNK), b"")):
            if not number and "UTF-16" not in encodings and chunk.startswith(UTF16_BEGINS):
                raise FileRefusedError(path.name, place, "XML in UTF-8", "UTF-16")
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _RootReached:
        return


_ROW = re.compile(rb"<(?:[A-Za-z]\w*:)?row[\s/>]")


def _check_dimensions(path: Document, place: str, part: IO[bytes], limits: Limits) -> None:
    """Refuse a sheet that has, or says it has, cells beyond the limits. What hides is left to the memory limit."""
    far = _far_references(limits)
    rows, expected = 0, f"at most {limits.rows:,} rows × {limits.columns} columns / 行列数上限"
    for chunk in _overlapping(part):
        rows += len(_ROW.findall(chunk))
        if rows > limits.rows:
            raise FileRefusedError(path.name, place, expected, f"more than {limits.rows:,} rows")
        for match in far.finditer(chunk):
            if _column_number(match[1]) > limits.columns or int(match[2] or 0) > limits.rows:
                found = f"{(match[1] + match[2]).decode()}"
                raise FileRefusedError(path.name, place, expected, found)


def _far_references(limits: Limits) -> re.Pattern[bytes]:
    """Match references (``r="C7"``, ``r="7"``, ``ref="A1:C7"``) that have enough letters or digits to be too far."""
    letters, digits = len(_column_letters(limits.columns)), len(str(limits.rows))
    far_column = rb"[A-Z]{%d,3}" % letters
    far_row = rb"[0-9]{%d,9}" % digits
    pattern = rb"""\s(?:r|ref)=["'](?:[A-Z]+[0-9]+:)?(?:(?=%b|[A-Z]*%b))([A-Z]*)([0-9]*)["']"""
    return re.compile(pattern % (far_column, far_row))


def _overlapping(part: IO[bytes]) -> Iterator[bytes]:
    """Give chunks that end before a tag begins, so that no tag is cut."""
    kept = b""
    while chunk := part.read(CHUNK * 16):
        chunk = kept + chunk
        end = chunk.rfind(b"<")
        end = end if end > 0 else len(chunk)
        kept = chunk[end:]
        yield chunk[:end]
    yield kept


def _column_letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number

"""A foreign file on its way in: is it finished, is it a file at all, and a copy of it that nobody else can change.

What is hashed, checked and parsed is the copy, named by a random number; the name the file came with is only ever
a label, with everything that could act on a screen, a terminal or a path written as escapes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
import unicodedata
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from data.loaders.limits import MIB, Limits
from data.loaders.source import FileRefusedError

CHUNK = 1024 * 1024
SETTLE_S = 10.0
LABEL_CHARACTERS = 120
FORMATS = frozenset({".csv", ".txt", ".json", ".xlsx", ".xls", ".ods", ".zip", ".xml"})
UNFINISHED_BEGIN = ("~$", ".", "~")
UNFINISHED_END = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", ".download", ".done")
DONE_MARKER = ".done"
EXECUTABLE_BEGIN = ("=", "+", "-", "@")
RESAVE = "a file of a known kind: save it as .xlsx or .csv / 请另存为 .xlsx 或 .csv"


class StillBeingWrittenError(Exception):
    """The file changed while it was read; it is left for the next scan."""


@dataclass(frozen=True)
class Received:
    """A file that was copied in. ``label`` is its escaped name."""

    path: Path
    label: str
    sha256: str
    size_bytes: int


def label_of(name: str) -> str:
    """Return a file name as a text that is safe to show, log and store.

    Controls, line breaks, direction marks, undecodable bytes, angle brackets, path separators and what begins a
    formula are written as escapes; a long name loses its middle.
    """
    escaped = "".join(each if _is_plain(each) else _escape(each) for each in name)
    if escaped.startswith(EXECUTABLE_BEGIN):
        escaped = _escape(escaped[0]) + escaped[1:]
    if len(escaped) > LABEL_CHARACTERS:
        half = LABEL_CHARACTERS // 2
        escaped = f"{escaped[: half - 1]}…{escaped[-half:]}"
    return escaped or "(no name)"


def _is_plain(character: str) -> bool:
    return character == " " or (unicodedata.category(character)[0] not in "CZ" and character not in "<>/\\&\"'`")


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def open_regular(path: Path) -> int:
    """Open a regular file for reading and return its descriptor.

    A link, folder, pipe or device raises ``FileRefusedError`` and is never followed, waited for or touched.
    """
    label = label_of(path.name)
    expected = "a regular file / 普通文件"
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileRefusedError(label, "the file", expected, _kind(path.lstat().st_mode))
    # Between the two looks somebody may have put something else there.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise FileRefusedError(label, "the file", expected, _kind(found.st_mode))
    return descriptor


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISLNK, "a link / 符号链接"),
        (stat.S_ISDIR, "a folder / 文件夹"),
        (stat.S_ISFIFO, "a pipe / 管道"),
        (stat.S_ISSOCK, "a socket / 套接字"),
    )
    return next((word for test, word in kinds if test(mode)), "a device / 设备")


def receive(path: Path, spool: Path, limits: Limits) -> Received:
    """Copy a foreign file into ``spool`` under a random name and return the copy.

    Raises ``FileRefusedError`` for what is no file, is empty, too large or of an unknown kind, ``OSError`` for what
    cannot be read, and ``StillBeingWrittenError`` if it changes meanwhile.
    """
    label, suffix = label_of(path.name), path.suffix.lower()
    descriptor = open_regular(path)
    with os.fdopen(descriptor, "rb") as file:
        before = os.fstat(descriptor)
        _check_kind(label, suffix, before.st_size, limits)
        copy = spool / f"{uuid.uuid4().hex}{suffix}"
        try:
            digest, size = _copy(file.read, copy, limits, label)
            if size == 0 or _stamp(os.fstat(descriptor)) != _stamp(before):
                raise StillBeingWrittenError(label)
        except BaseException:
            copy.unlink(missing_ok=True)
            raise
    return Received(copy, label, digest, size)


def _check_kind(label: str, suffix: str, size: int, limits: Limits) -> None:
    if suffix not in FORMATS:
        raise FileRefusedError(label, "the file name", RESAVE, label_of(suffix) if suffix else "no ending")
    if size == 0:
        raise FileRefusedError(label, "the file", "a file with content / 非空文件", "0 bytes / 空文件")
    if size > limits.file_mib * MIB:
        raise FileRefusedError(label, "the file", f"at most {limits.file_mib} MiB", f"{size / MIB:,.0f} MiB")


def _copy(read: Callable[[int], bytes], copy: Path, limits: Limits, label: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with copy.open("xb") as out:
        copy.chmod(0o600)
        while chunk := read(CHUNK):
            size += len(chunk)
            if size > limits.file_mib * MIB:
                raise FileRefusedError(label, "the file", f"at most {limits.file_mib} MiB", "more")
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest(), size


Stamp = tuple[int, int, int, int]


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@dataclass
class Settling:
    """Tells finished files from those still being written (F-01).

    A file is finished when it has not changed for ``settle_s`` and nobody has it open for writing, or when a file
    of its name and ``.done`` lies beside it. Ages are measured between scans; the first scan may also believe the
    time of the last change, which a copy cannot set back.
    """

    settle_s: float = SETTLE_S
    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.monotonic
    seen: dict[Path, tuple[Stamp, float]] = field(default_factory=dict)

    def is_finished(self, path: Path) -> bool:
        """Tell whether a file may be taken. Raises ``OSError`` if it cannot be looked at."""
        if path.name.startswith(UNFINISHED_BEGIN) or path.name.lower().endswith(UNFINISHED_END):
            return False
        status = path.lstat()
        if path.with_name(path.name + DONE_MARKER).exists() or not stat.S_ISREG(status.st_mode):
            return True  # what is no file will not become one: it is refused when it is taken
        stamp, moment = _stamp(status), self.elapsed()
        known = self.seen.get(path)
        if known is None or known[0] != stamp:
            known = self.seen[path] = stamp, moment
        age = self.now() - max(status.st_mtime, status.st_ctime)
        return max(age, moment - known[1]) >= self.settle_s and not _is_open_for_writing(path)

    def forget(self, path: Path) -> None:
        """Drop what was remembered of a file that was taken."""
        self.seen.pop(path, None)


def _is_open_for_writing(path: Path) -> bool:
    """Ask the kernel for a read lease, which it refuses while a writer has the file open."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False  # taking it will say what is wrong
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without leases, or another owner: the clock alone decides
    finally:
        os.close(descriptor)
    return False

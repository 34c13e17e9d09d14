"""The process that reads foreign files, each in a child of its own that is confined and ends with its file.

Started by ``data.loaders.isolation`` as ``python -m data.loaders.nursery``; it loads the readers once and forks per
file, so that a file costs milliseconds and not a start of Python. The catalogue comes as an open file, standard
input brings one pickled job per file (both from the loader, which is trusted), standard output carries what the
children say, in frames. The child itself is never trusted: its words are JSON, counted and timed here.
"""

from __future__ import annotations

import gc
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Self

from data.catalogue import Catalogue
from data.columns import Piece
from data.loaders import OPTIONS, FileRefusedError, Parsed, Source, SourceError
from data.loaders.archives import check_file
from data.loaders.limits import MIB, Limits
from data.loaders.wire import answer_lines, crash_line, mistake_line, parsed_lines, refusal_line

FRAME = struct.Struct(">I")  # length of what follows; 0 ends the answer
ENDING = struct.Struct(">ii")  # the child's exit status as of waitpid, and why it was ended here
ENDED_BY_ITSELF, TOO_LONG, TOO_MUCH = 0, 1, 2
CHUNK = 256 * 1024
GRACE_S = 2

Parse = Callable[[Source, Path, Catalogue], Parsed | Iterator[Piece]]


@dataclass(frozen=True)
class Job:
    """One file to read. The source travels as plain values: the classes of its options are made while loading."""

    header: dict[str, Any]
    declared_in: Path
    options: dict[str, Any] | None
    path: Path
    limits: Limits
    parse: Parse

    @classmethod
    def of(cls, source: Source, path: Path, parse: Parse) -> Self:
        """Return the job of reading ``path`` as ``source`` declares."""
        header = source.model_dump(exclude={"options", "declared_in", "limits", "checks", "schedule", "totals"})
        options = None if source.options is None else source.options.model_dump()
        return cls(header, source.declared_in, options, path.absolute(), source.limits, parse)

    def source(self) -> Source:
        """Return the source as it was."""
        source = Source.model_validate(self.header)
        options = None if self.options is None else OPTIONS[source.loader].model_validate(self.options)
        return source.model_copy(update={"declared_in": self.declared_in, "options": options, "limits": self.limits})


def main() -> None:
    """Answer jobs until standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    jobs = sys.stdin.buffer
    _silence(sys.stdout.fileno())  # readers print warnings
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        catalogue: Catalogue = pickle.load(file)  # noqa: S301 - written by the process that started this one
    gc.freeze()  # what is loaded stays; children need not copy it to look at it
    while True:
        try:
            job: Job = pickle.load(jobs)  # noqa: S301 - the same
        except EOFError:
            return
        _answer(job, catalogue, answers)


def _silence(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _answer(job: Job, catalogue: Catalogue, answers: BinaryIO) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        answers.close()
        _be_the_child(job, catalogue, writing)
    os.close(writing)
    ended = ENDED_BY_ITSELF
    try:
        for chunk in _said(reading, job.limits):
            answers.write(FRAME.pack(len(chunk)) + chunk)
    except TimeoutError:
        ended = TOO_LONG
    except OverflowError:
        ended = TOO_MUCH
    os.close(reading)
    answers.write(FRAME.pack(0) + ENDING.pack(_end(child, ended), ended))
    answers.flush()


def _said(reading: int, limits: Limits) -> Iterator[bytes]:
    """Give what the child writes. Raises ``TimeoutError`` after ``wall_s``, ``OverflowError`` above ``answer_mib``."""
    deadline, total = time.monotonic() + limits.wall_s, 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(reading, CHUNK)
        if not chunk:
            return
        total += len(chunk)
        if total > limits.answer_mib * MIB:
            raise OverflowError
        yield chunk


def _end(child: int, ended: int) -> int:
    """Wait for the child, and end what it may have left behind; return its exit status."""
    if ended != ENDED_BY_ITSELF:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    _kill_group(child)
    return os.waitstatus_to_exitcode(status)


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return


# --- in the child


def _be_the_child(job: Job, catalogue: Catalogue, writing: int) -> NoReturn:
    code = 1
    try:
        os.setsid()
        _silence(sys.stdin.fileno())
        _silence(sys.stderr.fileno())
        warnings.simplefilter("ignore")
        confine(job.limits)
        gc.disable()  # the child ends with its file; until then it would walk over every row again and again
        with os.fdopen(writing, "wb") as out:
            out.writelines(_lines(job, catalogue))
        code = 0
    finally:
        os._exit(code)


def confine(limits: Limits) -> None:
    """Give up what reading a file does not need: memory, time, writing files, processes, core dumps."""
    memory = limits.memory_mib * MIB
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    # Should the nursery die, the child ends all the same.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limits.wall_s + GRACE_S)


def _lines(job: Job, catalogue: Catalogue) -> Iterator[bytes]:
    try:
        check_file(job.path, job.limits)
        parsed = job.parse(job.source(), job.path, catalogue)
        yield from parsed_lines(parsed) if isinstance(parsed, Parsed) else answer_lines(parsed)
    except FileRefusedError as error:
        yield refusal_line(error)
    except SourceError as error:
        yield mistake_line(error)
    except MemoryError:
        yield crash_line(f"it needs more than {job.limits.memory_mib} MiB of memory / 内存超限")
    except Exception as error:  # noqa: BLE001 - whatever a reader does with a foreign file, the file is refused
        yield crash_line(f"{type(error).__name__}: {error}"[:500])


if __name__ == "__main__":
    main()

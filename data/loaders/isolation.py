"""Foreign files are read in another process: confined in memory and time, and gone with the file.

``Isolation(catalogue)`` starts that process (``data.loaders.nursery``) with the first file and keeps it for the
next ones; each file is read in a child of its own. Whatever the child does, the file is either parsed or refused
with a reason, and this process goes on.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from data.catalogue import Catalogue
from data.columns import Piece
from data.loaders import FileRefusedError, Parsed, Source, stream
from data.loaders.limits import Limits
from data.loaders.nursery import ENDED_BY_ITSELF, ENDING, FRAME, TOO_LONG, TOO_MUCH, Job, Parse
from data.loaders.pieces import joined
from data.loaders.wire import WireError, read_pieces

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20  # beyond a file's own time, before the process that should have ended it is ended itself
KEPT_ENVIRONMENT = ("PATH", "TZ", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "VIRTUAL_ENV")


class Isolation:
    """Reads files in confined children. Use as a context manager, from one thread at a time."""

    def __init__(self, catalogue: Catalogue, parse: Parse = stream) -> None:
        self._catalogue, self._parse = catalogue, parse
        self._nursery: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: a refresh that finds nothing to do needs no other process."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End the reading process."""
        self.close()

    def parse(self, source: Source, path: Path, label: str = "") -> Parsed:
        """Read one file as ``data.loaders.parse`` does, but in a confined child.

        ``label`` is what messages call the file (its escaped name). Raises ``FileRefusedError``, also for a file
        that exhausts or crashes its reader, and ``SourceError``.
        """
        return joined(self.stream(source, path, label))

    def stream(self, source: Source, path: Path, label: str = "") -> Iterator[Piece]:
        """Read one file as ``parse`` does and give it in pieces. Read them all, or close this generator."""
        label = label or path.name
        limits: Limits = source.limits
        answer = _Answer(self._ask(Job.of(source, path, self._parse)))
        timer = threading.Timer(limits.wall_s + PATIENCE_S, self._kill)
        timer.start()
        try:
            yield from read_pieces(answer.lines(), label)
        except WireError as error:
            answer.drain()
            reason = answer.ending.reason(limits) or str(error)
            raise FileRefusedError(label, "the file", "a file this reader can read", reason) from error
        except GeneratorExit:
            self._kill()  # nobody wants the rest
            raise
        except BaseException:
            answer.drain()
            raise
        else:
            answer.drain()
        finally:
            timer.cancel()
            if answer.is_broken:
                self._kill()

    def close(self) -> None:
        """End the reading process, if one was started."""
        if self._nursery is not None and self._nursery.stdin is not None:
            self._nursery.stdin.close()
        self._kill()

    def _ask(self, job: Job) -> IO[bytes]:
        nursery = self._nursery
        if nursery is None or nursery.poll() is not None:
            nursery = self.start()
        if nursery.stdin is None or nursery.stdout is None:
            raise RuntimeError("the reading process was started without pipes")
        pickle.dump(job, nursery.stdin, pickle.HIGHEST_PROTOCOL)
        nursery.stdin.flush()
        return nursery.stdout

    def start(self) -> subprocess.Popen[bytes]:
        """Start the reading process and return at once; it gets ready while this one does other things."""
        self._kill()
        # Nothing of the environment goes along that could hold a password, nor threads that a fork would cut.
        kept = {name: value for name, value in os.environ.items() if name in KEPT_ENVIRONMENT}
        environment = kept | {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with tempfile.TemporaryFile() as catalogue:
            pickle.dump(self._catalogue, catalogue, pickle.HIGHEST_PROTOCOL)
            catalogue.seek(0)
            self._nursery = subprocess.Popen(  # noqa: S603 - this Python, this program
                [sys.executable, "-m", "data.loaders.nursery", str(catalogue.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[catalogue.fileno()],
                cwd=ROOT,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the loader; it ends the readers when it has tidied up
            )
        return self._nursery

    def _kill(self) -> None:
        nursery, self._nursery = self._nursery, None
        if nursery is None:
            return
        nursery.kill()
        nursery.wait()
        for pipe in (nursery.stdin, nursery.stdout):
            if pipe is not None:
                _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return  # what it did not read any more is of no use to anybody


@dataclass(frozen=True)
class Ending:
    """How the child of a file ended."""

    code: int = 1
    ended: int = ENDED_BY_ITSELF

    def reason(self, limits: Limits) -> str:
        """Return why there is no whole answer; ``""`` if the child ended well."""
        if self.ended == TOO_LONG:
            return f"reading takes longer than {limits.wall_s} s / 读取超时"
        if self.ended == TOO_MUCH:
            return f"it holds more than {limits.answer_mib} MiB of facts / 数据量超限"
        if -self.code in (signal.SIGXCPU, signal.SIGKILL):
            return f"reading takes more than {limits.cpu_s} s of computing / 计算时间超限"
        if self.code < 0:
            return f"the reader crashed ({signal.Signals(-self.code).name}) / 读取程序崩溃"
        return f"the reader ended with {self.code} / 读取程序异常结束" if self.code else ""


class _Answer:
    """The frames of one answer, as lines."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._is_over = False
        self.is_broken = False
        self.ending = Ending()

    def lines(self) -> Iterator[bytes]:
        """Give the lines; a last one without its end is left out."""
        kept = b""
        for chunk in self._chunks():
            *whole, kept = (kept + chunk).split(b"\n")
            yield from whole

    def drain(self) -> None:
        """Read to the end, so that the next answer begins where it should."""
        for _chunk in self._chunks():
            pass

    def _chunks(self) -> Iterator[bytes]:
        while not self._is_over:
            (length,) = FRAME.unpack(self._exactly(FRAME.size) or FRAME.pack(0))
            if length:
                yield self._exactly(length)
                continue
            ending = b"" if self.is_broken else self._exactly(ENDING.size)
            self._is_over = True
            if ending:
                self.ending = Ending(*ENDING.unpack(ending))

    def _exactly(self, size: int) -> bytes:
        data = self._pipe.read(size)
        if len(data) < size:  # the nursery itself is gone
            self.is_broken = True
            return b""
        return data

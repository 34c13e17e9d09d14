"""What goes wrong in a catalogue folder, said so that the person who edits the file can mend it."""

from __future__ import annotations

from pathlib import Path


class CatalogueError(Exception):
    """A mistake in a file of the catalogue: which file, which key, which line if known, and why.

    The application does not start with it; ``str(error)`` is one line for the terminal.
    """

    def __init__(self, file: Path | str, key: str, reason: str, line: int | None = None) -> None:
        self.file = str(file)
        self.key = key
        self.reason = reason
        self.line = line
        place = f"{self.file}, line {line}" if line else self.file
        super().__init__(f"{place}: {key}: {reason}" if key else f"{place}: {reason}")


class UnknownKeyPartError(LookupError):
    """A series was asked for with a part (region, industry, accumulation …) its indicator does not have."""

"""Answers kept until something is loaded: bounded by the number of rows, the least recently used go first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from sqlalchemy import Row

MAXIMUM_ROWS = 100_000  # about 50 MB per process

Rows = tuple[Row[Any], ...]


class ReadCache:
    """Rows by question, all of one data version: a new version empties it, so that a new load shows at once."""

    def __init__(self, maximum_rows: int = MAXIMUM_ROWS) -> None:
        self._maximum_rows = maximum_rows
        self._rows = 0
        self._version = ""
        self._answers: OrderedDict[Hashable, Rows] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str, question: Hashable) -> Rows | None:
        """Return the rows kept for a question at this data version."""
        with self._lock:
            if version != self._version or question not in self._answers:
                return None
            self._answers.move_to_end(question)
            return self._answers[question]

    def put(self, version: str, question: Hashable, rows: Rows) -> None:
        """Keep the rows of a question at this data version."""
        with self._lock:
            if version != self._version:
                self._answers.clear()
                self._rows, self._version = 0, version
            if question not in self._answers:
                self._answers[question] = rows
                self._rows += _weight(rows)
            while self._rows > self._maximum_rows and len(self._answers) > 1:
                _, oldest = self._answers.popitem(last=False)
                self._rows -= _weight(oldest)

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()
            self._rows = 0


def _weight(rows: Rows) -> int:
    return len(rows) + 1

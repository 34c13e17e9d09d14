"""Results kept by (panel, selection, data version): bounded, and worked out once however many screens ask."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ResultCache(Generic[Value]):
    """At most ``max_entries`` results, the least recently used leaves first.

    The key carries the data version, so a new load needs no clearing: old results are simply not asked for any
    more. While one thread works a key out the others wait for it (single flight). A failure reaches everybody who
    waited and is not kept.
    """

    def __init__(self, max_entries: int = 512) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, Future[Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._results)

    def get_or_make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the kept result of ``key``, or make it with ``make``."""
        with self._lock:
            kept = self._results.get(key)
            if kept is not None:
                self._results.move_to_end(key)
            else:
                mine: Future[Value] = Future()
                self._results[key] = mine
                self._drop_oldest()
        return kept.result() if kept is not None else self._make(key, mine, make)

    def clear(self) -> None:
        """Forget every result, as a fresh process would have none; for measuring."""
        with self._lock:
            self._results.clear()

    def _make(self, key: Hashable, promise: Future[Value], make: Callable[[], Value]) -> Value:
        try:
            value = make()
        except BaseException as error:
            # Whoever waits must not wait for ever, whatever happened here; the error goes on upwards as it is.
            self._forget(key, promise)
            promise.set_exception(error)
            raise
        promise.set_result(value)
        return value

    def _forget(self, key: Hashable, promise: Future[Value]) -> None:
        with self._lock:
            if self._results.get(key) is promise:
                del self._results[key]

    def _drop_oldest(self) -> None:
        while len(self._results) > self._max_entries:
            self._results.popitem(last=False)

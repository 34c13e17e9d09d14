"""Results are worked out once however many screens ask, failures are not kept, and the cache is bounded."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from callbacks.cache import ResultCache


def test_many_screens_asking_at_once_cost_one_calculation() -> None:
    cache: ResultCache[int] = ResultCache()
    started, may_finish, made = threading.Event(), threading.Event(), []

    def make() -> int:
        made.append(1)
        started.set()
        assert may_finish.wait(5)
        return 42

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(cache.get_or_make, "key", make) for _ in range(16)]
        assert started.wait(5)
        may_finish.set()
        assert [answer.result(5) for answer in answers] == [42] * 16
    assert made == [1]


def test_a_failure_reaches_everybody_who_waits_and_is_not_kept() -> None:
    cache: ResultCache[int] = ResultCache()

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.get_or_make("key", fail)
    assert cache.get_or_make("key", lambda: 1) == 1


def test_the_least_recently_used_result_leaves_first() -> None:
    cache: ResultCache[str] = ResultCache(max_entries=2)
    for key in ("a", "b", "a", "c"):
        cache.get_or_make(key, lambda key=key: key)
    assert len(cache) == 2
    assert cache.get_or_make("a", lambda: "made again") == "a"
    assert cache.get_or_make("b", lambda: "made again") == "made again"


def test_busy_keys_cannot_grow_the_cache() -> None:
    cache: ResultCache[int] = ResultCache(max_entries=10)
    for number in range(10_000):
        cache.get_or_make(number, lambda: 0)
    assert len(cache) == 10

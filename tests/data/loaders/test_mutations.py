"""Real files, damaged: each is read or refused, the loader lives, and no figure is other than what stands there."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from data.loaders import FileRefusedError
from data.loaders.isolation import Isolation
from data.loaders.numbers import FOLDED

SEED, ROUNDS = 20261123, 25
SOURCES = ("customs_totals", "eia_brent_workbook", "nbs_easyquery", "published_figures", "eia_wti_monthly")


@pytest.fixture(scope="module")
def isolation(catalogue):
    with Isolation(catalogue) as opened:
        yield opened


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Cut, overwrite, double, swap or blank a piece."""
    place, length = chance.randrange(len(content)), chance.choice([1, 1, 2, 7, 64, 512])
    before, piece, after = content[:place], content[place : place + length], content[place + length :]
    return chance.choice(
        [
            before,
            before + bytes(chance.randrange(256) for _ in piece) + after,
            before + piece + piece + after,
            before + after,
            before + b" " * len(piece) + after,
            before + bytes([piece[0] ^ 1 << chance.randrange(8)]) + piece[1:] + after,
            after + before,
        ]
    )


@pytest.mark.parametrize("code", SOURCES)
def test_a_damaged_file_is_read_as_it_stands_or_refused(code, isolation, sources, tmp_path):
    source = sources[code]
    original = source.paths()[0]
    content, chance = original.read_bytes(), random.Random(f"{SEED}{code}")
    isolation.parse(source, original)
    nursery, outcomes = isolation._nursery.pid, {"read": 0, "refused": 0}
    for _ in range(ROUNDS):
        path = tmp_path / original.name
        path.write_bytes(damaged(content, chance))
        try:
            parsed = isolation.parse(source, path)
        except FileRefusedError:
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        assert parsed.facts or parsed.rejects or parsed.missing
        if code in ("customs_totals", "eia_wti_monthly"):  # stored as read: the factor is one there
            assert all(
                Decimal(fact.raw.translate(FOLDED).replace(",", "")) == Decimal(str(fact.value))
                for fact in parsed.facts
            )
    assert isolation._nursery.pid == nursery
    assert sum(outcomes.values()) == ROUNDS

"""Figures a publisher took back: blank in a newer edition of the file that gave them (L-10).

They are not deleted. A value without figure takes their place, with status L (not available) and a note, and the
figure goes to history as any superseded value does.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from data import schema
from data.check_history import CHUNK, edition_stem
from data.facts import Blank, Fact, Load
from data.warehouse import Warehouse

NOTE = "withdrawn by the publisher / 发布方已撤回"
NOT_AVAILABLE = "L"


def withdrawn(warehouse: Warehouse, load: Load, blanks: Sequence[Blank]) -> list[Fact]:
    """Return the tombstones of a load: of the blank cells, those for which this kind of file gave a figure before.

    Another file of the same source may leave a cell blank that it never fills; that withdraws nothing.
    """
    given = _given_before(warehouse, load, {blank.key.series_id for blank in blanks})
    return [
        Fact(blank.key, blank.period, None, blank.unit, blank.place, blank.raw, obs_status=NOT_AVAILABLE, note=NOTE)
        for blank in blanks
        if (blank.key.series_id, blank.period) in given
    ]


def _given_before(warehouse: Warehouse, load: Load, series_ids: set[int]) -> set[tuple[int, int]]:
    now, ledger = schema.observation.c, schema.load.c
    kind, asked, found = edition_stem(load.file_name), sorted(series_ids), set[tuple[int, int]]()
    with warehouse.connected() as connection:
        for start in range(0, len(asked), CHUNK):
            statement = (
                select(now.series_id, now.period, ledger.file_name)
                .join(schema.load, ledger.load_id == now.load_id)
                .where(
                    now.series_id.in_(asked[start : start + CHUNK]),
                    now.value.is_not(None),
                    now.simulated.is_(False),
                    ledger.source_code == load.source,
                )
            )
            rows = connection.execute(statement)
            found.update((row.series_id, row.period) for row in rows if edition_stem(row.file_name) == kind)
    return found

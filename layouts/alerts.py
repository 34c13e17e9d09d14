"""The warnings as the ticker shows them, and what every page that speaks of warnings looks at.

Which warnings hold is worked out in ``data.warning_evaluation``; who has acknowledged one stands in the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data.warning_words import sentence
from layouts.header import Alert

if TYPE_CHECKING:
    from datetime import datetime

    from data.catalogue import Catalogue
    from data.source_details import SourceDetails
    from data.source_status import SourceStatus
    from data.warning_evaluation import Warned
    from data.warning_register import Event, Record
    from layouts.theme import Style


@dataclass(frozen=True)
class Board:
    """What holds now, what the warehouse remembers of it, and the state of the sources.

    ``records`` are the open warnings by key, empty where a month or a day of knowledge was chosen: what is
    acknowledged today says nothing about then. ``statuses`` and ``details`` are read only for panels that show them.
    """

    now: datetime
    found: Sequence[Warned] = ()
    records: Mapping[str, Record] = field(default_factory=dict)
    history: Sequence[Record] = ()
    events: Sequence[Event] = ()
    statuses: Sequence[SourceStatus] = ()
    months: Mapping[int, Sequence[Warned]] = field(default_factory=dict)
    details: Mapping[str, SourceDetails] = field(default_factory=dict)

    def record(self, found: Warned) -> Record | None:
        """Return what is remembered of a warning."""
        return self.records.get(found.key)

    def is_acknowledged(self, found: Warned) -> bool:
        """Tell whether somebody has acknowledged a warning at its present level."""
        record = self.record(found)
        return record is not None and record.is_acknowledged and record.level <= found.level


def alerts(board: Board, catalogue: Catalogue, style: Style) -> list[Alert]:
    """Return the lines of the ticker, the gravest first; acknowledged ones come after the others."""
    ordered = sorted(board.found, key=lambda found: (board.is_acknowledged(found), found.level, found.key))
    return [
        Alert(found.level, sentence(found, catalogue, style.language), is_acknowledged=board.is_acknowledged(found))
        for found in ordered
    ]

"""What a panel about warnings or sources is given beside figures, for tests that draw panels without a server."""

from __future__ import annotations

from callbacks.board import board
from callbacks.context import Context
from data.catalogue import Catalogue
from data.clock import clock_for
from data.selection import Selection
from data.settings import Settings
from data.warehouse import Warehouse
from layouts.alerts import Board
from layouts.panels import PANELS
from tests.conftest import TODAY


def board_for(
    warehouse: Warehouse, catalogue: Catalogue, selection: Selection, reads: frozenset[str], simulated: bool = True
) -> Board | None:
    """Read the board of a panel from a warehouse, as the draw callback does."""
    if not reads:
        return None
    settings = Settings(warehouse="sqlite:///unused.db", today=TODAY, simulated=simulated)
    context = Context(settings, catalogue, warehouse, clock_for(TODAY), PANELS, "test")
    with warehouse.snapshot() as data:
        return board(context, data, selection, reads)

"""A load does not give up at once because its database restarts: it waits and does the work again, whole.

Only for work that may be done twice, such as a transaction that looks first whether it was done. What waiting cannot
help (a full disk, a lock that stays) is said in words at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from data.dialects import Patience, WarehouseUnavailableError
from data.outages import Outage, outage_of

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
Method = TypeVar("Method", bound=Callable[..., Any])
Result = TypeVar("Result")


class Insisting(Protocol):
    """Who does the work: it says how long a database is worth waiting for. A reader does not wait."""

    readonly: bool
    patience: Patience


def insist(who: Insisting, work: Callable[[], Result]) -> Result:
    """Do ``work``, and again while the database is away, for ``away_s`` at most.

    Raises ``WarehouseUnavailableError`` for every outage; other errors pass as they are.
    """
    ends = time.monotonic() + (0 if who.readonly else who.patience.away_s)
    pause_s = FIRST_PAUSE_S
    while True:
        try:
            return work()
        except Exception as error:
            outage = _outage(error)
            if outage is None:
                raise
            rest_s = ends - time.monotonic()
            if not outage.passing or rest_s <= 0:
                raise WarehouseUnavailableError(outage.words, outage) from error
        time.sleep(min(pause_s, rest_s))
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def insisting(method: Method) -> Method:
    """Make a method of an ``Insisting`` do its work as ``insist`` does."""

    @wraps(method)
    def done(who: Insisting, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes and gives
        return insist(who, lambda: method(who, *args, **kwargs))

    return cast("Method", done)


def _outage(error: Exception) -> Outage | None:
    return error.outage if isinstance(error, WarehouseUnavailableError) else outage_of(error)

"""What the refresh process does about warnings after it has loaded: keep the table, and tell the webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.catalogue.models import Catalogue
from data.clock import Clock
from data.settings import Settings
from data.warehouse import Warehouse
from data.warning_evaluation import evaluated
from data.warning_register import keep

if TYPE_CHECKING:  # it takes an HTTP client along, which only a warehouse with a webhook needs
    from data.warning_webhook import Sending

LOOKED = "warnings_looked_at"


def is_due(warehouse: Warehouse, settings: Settings, clock: Clock, declarations: str) -> bool:
    """Tell whether figures, rules or the day changed since the last look, or a message waits that can be sent."""
    if warehouse.noted(LOOKED) != _state(warehouse, settings, clock, declarations):
        return True
    if settings.webhook_url is None:
        return False
    from data.warning_webhook import waiting

    return waiting(warehouse) > 0


def look(
    warehouse: Warehouse, catalogue: Catalogue, settings: Settings, clock: Clock, declarations: str
) -> Sending | None:
    """Bring the table in line with what holds now, and send what waits. Call it under the lease.

    ``None`` where no webhook is set.
    """
    found = evaluated(warehouse, catalogue, clock.today(), simulated=settings.simulated)
    keep(warehouse, catalogue, found, clock.now(), tell=settings.webhook_url is not None)
    warehouse.note(LOOKED, _state(warehouse, settings, clock, declarations))
    if settings.webhook_url is None:
        return None
    from data.warning_webhook import send, webhook_of

    webhook = webhook_of(settings)
    return None if webhook is None else send(warehouse, webhook, clock.now)


def _state(warehouse: Warehouse, settings: Settings, clock: Clock, declarations: str) -> str:
    return f"{warehouse.data_version()} {clock.today()} {settings.simulated} {declarations}"

"""What the refresh process does about warnings after it has loaded: keep the table, and tell the webhook."""

from __future__ import annotations

from data.catalogue.models import Catalogue
from data.clock import Clock
from data.settings import Settings
from data.warehouse import Warehouse
from data.warning_evaluation import evaluated
from data.warning_register import keep
from data.warning_webhook import Sending, send, waiting, webhook_of

LOOKED = "warnings_looked_at"


def is_due(warehouse: Warehouse, settings: Settings, clock: Clock, declarations: str) -> bool:
    """Tell whether figures, rules or the day changed since the last look, or a message waits that can be sent."""
    if warehouse.noted(LOOKED) != _state(warehouse, settings, clock, declarations):
        return True
    return settings.webhook_url is not None and waiting(warehouse) > 0


def look(warehouse: Warehouse, catalogue: Catalogue, settings: Settings, clock: Clock, declarations: str) -> Sending:
    """Bring the table in line with what holds now, and send what waits. Call it under the lease."""
    webhook = webhook_of(settings)
    found = evaluated(warehouse, catalogue, clock.today(), simulated=settings.simulated)
    keep(warehouse, catalogue, found, clock.now(), tell=webhook is not None)
    warehouse.note(LOOKED, _state(warehouse, settings, clock, declarations))
    return Sending() if webhook is None else send(warehouse, webhook, clock.now)


def _state(warehouse: Warehouse, settings: Settings, clock: Clock, declarations: str) -> str:
    return f"{warehouse.data_version()} {clock.today()} {settings.simulated} {declarations}"

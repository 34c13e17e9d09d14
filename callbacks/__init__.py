"""What happens when: the whole wiring of the application on one page."""

from __future__ import annotations

from dash import Dash

from callbacks import drawing, filters, selection, tools
from callbacks.context import Context
from callbacks.doorman import Doorman


def register(app: Dash, context: Context) -> Doorman:
    """Register every callback on the given application; return the doorman that answers for all of them."""
    doorman = Doorman(app, known_codes=context.known_codes)
    selection.register(app, doorman, context)
    filters.register(app, doorman, context)
    drawing.register(app, doorman, context)
    tools.register(app, doorman, context)
    return doorman

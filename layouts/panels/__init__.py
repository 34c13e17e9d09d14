"""The panels of the screen. A new panel is one ``Panel(...)`` in the module of its theme."""

from __future__ import annotations

from collections.abc import Mapping

from layouts.panel import Panel
from layouts.panels import (
    bulk,
    chains,
    city,
    clusters,
    concentration,
    contributions,
    core,
    digital,
    ecommerce,
    expos,
    gdp,
    goods,
    investment,
    modes,
    partners,
    prices,
    pulse,
    returns,
    shipping,
    sources,
    strength,
    structure,
    targets,
    trade,
    warnings,
)

MODULES = (
    gdp,
    clusters,
    pulse,
    strength,
    structure,
    contributions,
    returns,
    chains,
    trade,
    partners,
    goods,
    modes,
    concentration,
    shipping,
    ecommerce,
    bulk,
    prices,
    digital,
    core,
    investment,
    expos,
    city,
    warnings,
    targets,
    sources,
)


def _by_code() -> Mapping[str, Panel]:
    found: dict[str, Panel] = {}
    for panel in (panel for module in MODULES for panel in module.PANELS):
        if panel.code in found:
            raise ValueError(f"two panels are called {panel.code!r}")
        found[panel.code] = panel
    return found


PANELS: Mapping[str, Panel] = _by_code()
# Panels about sources show what ran and when; they have no figures that could be a table or a file.
WITH_FIGURES = tuple(code for code, panel in PANELS.items() if "sources" not in panel.reads)

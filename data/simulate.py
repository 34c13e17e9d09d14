"""The marked simulated source: fills what no open source publishes and agrees with every figure that one does.

``simulate`` is deterministic: the same declaration, published figures, seed and day give the same bytes, and an
edition (half-year) that is over stays the same on every later day. Values of cells that a real source publishes are
never given. What is simulated, and how, is declared in ``data/sources/simulated.toml``; see ``data.simulation``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from data.catalogue import Catalogue
from data.facts import Load
from data.simulation.editions import Editions
from data.simulation.flows import make_flow
from data.simulation.rates import make_rate
from data.simulation.setting import HORIZON_STEP_YEARS, Made, Published, Setting
from data.simulation.spec import SimulationSpec, read_spec
from data.simulation.states import make_converted, make_event, make_ratio, make_state

# Ratios and converted flows read what was made before them, so they come last.
KINDS: tuple[tuple[str, Callable[[Any, Setting], list[Made]]], ...] = (
    ("flow", make_flow),
    ("rate", make_rate),
    ("state", make_state),
    ("converted", make_converted),
    ("ratio", make_ratio),
    ("event", make_event),
)


def simulate(
    catalogue: Catalogue,
    spec: SimulationSpec | Mapping[str, Any],
    real: Published,
    today: date,
    seed: int | None = None,
) -> list[Load]:
    """Return the loads of the simulated source, oldest first, with everything released by ``today``.

    ``spec`` is the declaration (or its sections as read from TOML); ``real`` holds every published figure by series
    and period, in the indicator's unit; ``seed`` replaces the declared one.

    Raises:
        SimulationError: the declaration is wrong, or published figures cannot be met with it.
        UnknownKeyPartError: the declaration names a code the catalogue does not have.

    """
    checked = spec if isinstance(spec, SimulationSpec) else read_spec(spec)
    editions = Editions(real, today)
    editions.add(make_series(catalogue, checked, real, today, seed))
    return editions.loads()


def make_series(
    catalogue: Catalogue, spec: SimulationSpec, real: Published, today: date, seed: int | None = None
) -> list[Made]:
    """Return every simulated series as it will finally stand, up to the horizon."""
    horizon = spec.simulation.horizon_year
    while horizon <= today.year:
        horizon += HORIZON_STEP_YEARS
    setting = Setting(catalogue, spec, real, spec.simulation.seed if seed is None else seed, horizon)
    return [series for kind, make in KINDS for entry in getattr(spec, kind) for series in make(entry, setting)]

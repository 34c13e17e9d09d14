"""The simulated source on its way into the warehouse: made again only when something it is made from has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from data import schema
from data.catalogue import Catalogue
from data.facts import KEY_PARTS, Load, SeriesKey
from data.failpoints import checkpoint
from data.fingerprints import declaration_sha256, fingerprint, folder_fingerprint
from data.loaders.source import Source
from data.periods import Frequency, latest_released
from data.warehouse import Warehouse

DATA_FOLDER = Path(__file__).parent.parent


@dataclass(frozen=True)
class SimulatedRun:
    """One simulated source as of a day."""

    source: Source
    catalogue: Catalogue
    declarations: str
    today: date

    def is_due(self, warehouse: Warehouse) -> bool:
        """Tell whether it would give anything else than it gave last time."""
        return warehouse.noted(self._note) != self._made_from(warehouse)

    def remember(self, warehouse: Warehouse) -> None:
        """Note what the stored values were made from."""
        warehouse.note(self._note, self._made_from(warehouse))

    def loads(self, warehouse: Warehouse) -> list[Load]:
        """Make the loads (editions in the order of their vintages)."""
        # Needed only when there is something to simulate; the import takes longer than a start with nothing to do.
        from data.simulate import simulate
        from data.simulation.spec import read_spec

        spec = read_spec(self.source.options, self.source.declared_in)
        made = simulate(self.catalogue, spec, real_values(warehouse), self.today, spec.simulation.seed)
        checkpoint("simulated values made")
        return [replace(load, source=self.source.code) for load in made]

    @property
    def _note(self) -> str:
        return f"made_from:{self.source.code}"

    def _made_from(self, warehouse: Warehouse) -> str:
        code = folder_fingerprint(DATA_FOLDER, "simulate.py", "simulation/*.py")
        parts = [
            self.declarations,
            declaration_sha256(self.source.declared_in),
            code,
            *self._released(),
            *_real_files(warehouse),
        ]
        return fingerprint(parts)

    def _released(self) -> list[str]:
        """Return the last released period of every rhythm and lag: what the day of the run decides."""
        rhythms = {
            (each.frequency, each.release_lag_days, each.combined_january_february)
            for each in self.catalogue.indicators.values()
            if each.frequency != Frequency.DAILY.value  # never simulated, and it would be due every day
        }
        return [
            f"{frequency} {lag} {latest_released(Frequency(frequency), self.today, lag, combined=combined)}"
            for frequency, lag, combined in sorted(rhythms)
        ]


def _real_files(warehouse: Warehouse) -> list[str]:
    load, source = schema.load.c, schema.source.c
    statement = (
        select(load.sha256, load.reading)
        .join(schema.source, source.code == load.source_code)
        .where(load.state == "done", source.simulated.is_(False), load.rows_new + load.rows_revised > 0)
        .order_by(load.load_id)
    )
    with warehouse.connected() as connection:
        return [f"{row.sha256} {row.reading}" for row in connection.execute(statement)]


def real_values(warehouse: Warehouse) -> dict[SeriesKey, dict[int, float]]:
    """Return every real value that is not daily, by series and period; simulated values must agree with them."""
    series, observation = schema.series.c, schema.observation.c
    parts = [series[name] for name in KEY_PARTS]
    with warehouse.connected() as connection:
        keys = {
            row[0]: SeriesKey(*row[1:])
            for row in connection.execute(select(series.series_id, *parts).where(series.frequency != Frequency.DAILY))
        }
        statement = select(observation.series_id, observation.period, observation.value).where(
            observation.simulated.is_(False), observation.value.is_not(None)
        )
        values: dict[SeriesKey, dict[int, float]] = {}
        for series_id, period, value in connection.execute(statement):
            if series_id in keys:
                values.setdefault(keys[series_id], {})[period] = value
    return values

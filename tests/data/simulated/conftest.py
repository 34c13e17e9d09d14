"""The simulated source as declared, made once for all tests of it."""

from datetime import date
from pathlib import Path

import pytest

from data.catalogue import load_catalogue
from data.loaders import load_sources, parse
from data.simulate import make_series, simulate
from data.simulation.spec import read_spec
from tests.data.simulated.cells import known

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="package")
def catalogue():
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.fixture(scope="package")
def sources():
    return {source.code: source for source in load_sources(ROOT / "data" / "sources")}


@pytest.fixture(scope="package")
def spec(sources):
    return read_spec(sources["simulated"].options)


@pytest.fixture(scope="package")
def real(sources, catalogue):
    """Every published figure, as the warehouse would hold it."""
    published = sources["published_figures"]
    values = {}
    for path in published.paths(ROOT / "data" / "samples"):
        for fact in parse(published, path, catalogue).facts:
            if fact.value is not None:
                values.setdefault(fact.key, {})[fact.period] = fact.value
    return values


@pytest.fixture(scope="package")
def made(catalogue, spec, real):
    return {series.key: series for series in make_series(catalogue, spec, real, TODAY)}


@pytest.fixture(scope="package")
def loads(catalogue, spec, real):
    return simulate(catalogue, spec, real, TODAY)


@pytest.fixture(scope="package")
def cells(loads, real):
    return known(loads, real)

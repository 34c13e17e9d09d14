"""The declared chains of the clusters, and what is refused in their file."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from data.catalogue import CatalogueError, load_catalogue
from data.catalogue.chains import STAGES
from data.settings import ROOT

FOLDER = ROOT / "data" / "catalogue"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "catalogue"
    shutil.copytree(FOLDER, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copied


def test_every_cluster_has_a_chain_with_all_stages() -> None:
    catalogue = load_catalogue(FOLDER)
    assert set(catalogue.chains.by_cluster) == set(catalogue.clusters)
    for chain in catalogue.chains.by_cluster.values():
        assert {link.stage for link in chain.links} == set(STAGES)
        assert "工作口径" in chain.note_zh
        assert "orking definition" in chain.note_en


def test_every_link_has_an_english_name() -> None:
    catalogue = load_catalogue(FOLDER)
    for chain in catalogue.chains.by_cluster.values():
        for link in chain.links:
            dimension, code = ("industry", link.industry) if link.industry else ("commodity", link.commodity)
            assert (link.short_en or catalogue.label(dimension, code, "en", short=True)).isascii(), link


MISTAKES = [
    ("weak_quotient = 0.8", "weak_quotient = 1.5", "weak_quotient must lie below strong_quotient"),
    ('industry = "C251" }', 'industry = "C2X" }', "no industry list knows 'C2X'"),
    ('commodity = "CRUDE"', 'commodity = "CRUD"', "no commodity list knows 'CRUD'"),
    ('indicator = "bulk_import_volume"', 'indicator = "gdp"', "no indicator with the dimension commodity"),
    ('industry = "C252" }', 'industry = "C251" }', "a link stands here twice"),
    ("[chain.CL_PORT]", "[chain.CL_WIND]", "there is no cluster 'CL_WIND'"),
    ('stage = "upstream", industry = "C252"', 'stage = "above", industry = "C252"', "Input should be 'upstream'"),
    ('industry = "C252" }', 'industry = "C252", commodity = "CRUDE" }', "a link is an industry or a commodity"),
    ('indicator = "bulk_import_volume", ', "", "a commodity needs the indicator"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), MISTAKES)
def test_a_mistake_is_told_with_file_and_reason(folder: Path, right: str, wrong: str, reason: str) -> None:
    path = folder / "chains.toml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(reason)) as caught:
        load_catalogue(folder)
    assert "chains.toml" in str(caught.value)


def test_a_district_without_the_file_has_no_chains(folder: Path) -> None:
    (folder / "chains.toml").unlink()
    assert load_catalogue(folder).chains.by_cluster == {}


FORMULAS = [
    ('numerator = "industrial_profit"', 'numerator = "industrial_profits"', "no stored indicator is called"),
    ('measures = ["profit", "revenue"]', 'measures = ["profit", "sales"]', "not every cluster has the measure 'sales'"),
    ('measures = ["profit", "revenue"]', 'measures = ["profit"]', "measures name the numerator"),
    ('denominator = "industrial_revenue", ', "", "a ratio has a denominator"),
]


@pytest.mark.parametrize(("right", "wrong", "reason"), FORMULAS)
def test_a_formula_over_what_does_not_exist_is_refused(folder: Path, right: str, wrong: str, reason: str) -> None:
    path = folder / "themes" / "clusters.toml"
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(reason)):
        load_catalogue(folder)

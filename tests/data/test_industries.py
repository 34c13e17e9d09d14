"""Where an industry stands: cluster, division, group, and what lies beside and below it."""

from __future__ import annotations

import pytest

from data.catalogue import Catalogue, load_catalogue
from data.facts import TOTAL
from data.industries import highlighted, parts, peers, standing, whole_of_parts
from data.settings import ROOT

INDUSTRIAL = ("CL_PETRO", "CL_HOME", "CL_SHIP", "CL_AUTO", "CL_MACH", "CL_EMERGING")
PETRO = ("C25", "C26", "C29")
CHEMICALS = ("C261", "C262", "C263", "C264", "C265", "C266", "C267", "C268")
EVERY = (*INDUSTRIAL[:5], "CL_PORT", "CL_EMERGING")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "data" / "catalogue")


@pytest.mark.parametrize(
    ("code", "level", "cluster", "division"),
    [
        (None, "whole", None, ""),
        ("CL_PETRO", "cluster", "CL_PETRO", ""),
        ("C26", "division", "CL_PETRO", "C26"),
        ("C265", "group", "CL_PETRO", "C26"),
        ("C2651", "group", "CL_PETRO", "C26"),  # a class stands as its group
        ("G55", "division", "CL_PORT", "G55"),
        ("C", "whole", None, ""),
        ("C28", "whole", None, ""),  # a division of no cluster
        ("S2", "whole", None, ""),
    ],
)
def test_every_code_has_its_level(
    catalogue: Catalogue, code: str | None, level: str, cluster: str | None, division: str
) -> None:
    stands = standing(catalogue, code)
    assert (stands.level, stands.division) == (level, division)
    assert (stands.cluster.code if stands.cluster else None) == cluster
    assert stands.elsewhere == (code in ("C", "C28", "S2"))


@pytest.mark.parametrize(
    ("code", "beside", "below", "whole"),
    [
        (None, EVERY, INDUSTRIAL, None),
        ("CL_PETRO", EVERY, PETRO, "CL_PETRO"),
        ("C26", PETRO, CHEMICALS, "C26"),
        ("C265", PETRO, CHEMICALS, "C26"),
        ("C28", EVERY, INDUSTRIAL, None),
    ],
)
def test_what_stands_beside_and_below(
    catalogue: Catalogue, code: str | None, beside: tuple[str, ...], below: tuple[str, ...], whole: str | None
) -> None:
    assert peers(catalogue, code) == beside
    assert parts(catalogue, code) == below
    assert whole_of_parts(catalogue, code) == whole


def test_the_chosen_industry_or_what_holds_it_is_highlighted(catalogue: Catalogue) -> None:
    for code, shown in (("C265", "C265"), ("C2651", "C265"), ("C26", ""), ("CL_PETRO", ""), (None, "")):
        assert highlighted(catalogue, code, CHEMICALS) == shown
    assert highlighted(catalogue, "C265", PETRO) == "C26"
    assert highlighted(catalogue, "C265", INDUSTRIAL) == "CL_PETRO"


def test_every_group_below_an_industrial_cluster_has_short_names_in_both_languages(catalogue: Catalogue) -> None:
    for cluster in INDUSTRIAL:
        for division in parts(catalogue, cluster):
            for group in parts(catalogue, division):
                code = catalogue.code("industry", group)
                assert code.short_en.isascii(), group
                assert 1 <= len(code.short_zh) <= 7, group
                assert code.name_en, group


def test_output_is_declared_by_group(catalogue: Catalogue) -> None:
    listed = catalogue.indicators["industrial_output"].codes_of("industry")
    assert {"C251", "C265", "C409"} <= set(listed)
    assert TOTAL not in listed

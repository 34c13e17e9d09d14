"""Fuzz: real messages with something changed. Nothing crashes, and no number is stored that does not stand there.

One leaf, line or stretch of a real message is replaced. Then the message is refused, or each of its cells is stored as
read, rejected or missing by declaration; and whatever was not touched is as it was.
"""

from __future__ import annotations

import copy
import json
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.loaders import FileRefusedError, load_sources, parse
from tests.data.protocol.conftest import MESSAGES, ROOT

QUIET = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
MESSAGES_OF = {
    "sdmx_generic_flat": "sdmx/ml21_generic_flat.xml",
    "sdmx_ecb_annual": "sdmx/ml30_structurespecific_ecb_exr.xml",
    "sdmx_structurespecific_timeseries": "sdmx/ml21_structurespecific_timeseries.xml",
    "sdmx_json_rates": "sdmx/json20_exr_flat.json",
    "sdmx_json_rice": "sdmx/json20_agri.json",
    "sdmx_csv_one": "sdmx/csv20_example_01.csv",
    "comtrade": "comtrade/comtrade_v1_get_HS_china.json",
    "world_bank_api": "worldbank/v2_gdp_sample.json",
}
HOSTILE = st.sampled_from(
    [
        "",
        "0",
        "-",
        "…",
        "NaN",
        "1e400",
        "1_000",
        "٣",
        "１２",
        "=1+1",
        "1,5",
        " 7 ",
        "null",
        "true",
        "x" * 300,
        "\u202e9",
        "1.2亿",
    ]
)
NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False, width=32))
SHAPES = st.sampled_from([[], {}, [1], {"value": 1}])
LEAF = st.one_of(st.none(), st.booleans(), NUMBERS, HOSTILE, st.text(max_size=12), SHAPES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def nbs():
    return {source.code: source for source in load_sources(ROOT / "data/sources")}["nbs_easyquery"]


def numbers(text):
    """All numbers that stand in a text, as they would be read."""
    return {Decimal(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text) if len(found) < 60}


def assert_told(parsed, text):
    """Every cell is accounted for, and each stored number stands in the message."""
    assert parsed.cells_read >= parsed.rows_read
    standing = numbers(text.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "")) | numbers(
        text
    )
    for fact in parsed.facts:
        assert fact.place
        if fact.value is not None:
            assert Decimal(fact.raw.strip().replace(",", "").translate(str.maketrans("１２", "12"))) in standing, fact
    assert all(reject.reason for reject in parsed.rejects)


def read(source, catalogue, folder, text, suffix):
    path = folder / f"message{suffix}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        parsed = parse(source, path, catalogue)
    except FileRefusedError:
        return None
    assert_told(parsed, text)
    return parsed


def by_place(parsed):
    return {(fact.key, fact.period): fact.value for fact in parsed.facts}


def leaves(node, path=()):
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, (*path, name))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from leaves(value, (*path, number))
    else:
        yield path


def with_leaf(document, path, value):
    changed = copy.deepcopy(document)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def assert_only_touched(before, after, most=1):
    """At most ``most`` figures changed, came or went."""
    changed = {place for place in before.keys() & after.keys() if before[place] != after[place]}
    assert len(changed | (after.keys() - before.keys())) <= most, (before, after)


JSON_FEEDS = ("comtrade", "world_bank_api")


@pytest.mark.parametrize("code", JSON_FEEDS)
def test_one_changed_leaf_of_a_json_answer_changes_one_figure_at_most(code, catalogue, sources, folder):
    document = json.loads((MESSAGES / MESSAGES_OF[code]).read_text(encoding="utf-8"))
    before = by_place(read(sources[code], catalogue, folder, json.dumps(document), ".json"))
    assert before

    @QUIET
    @given(path=st.sampled_from(list(leaves(document))), value=LEAF)
    def changed(path, value):
        text = json.dumps(with_leaf(document, path, value), ensure_ascii=False)
        parsed = read(sources[code], catalogue, folder, text, ".json")
        if parsed is None:
            return
        assert_only_touched(before, by_place(parsed))
        if path[-1] in ("primaryValue", "value") and isinstance(value, int) and not isinstance(value, bool):
            assert (
                value in [fact.value for fact in parsed.facts]
                or float(value) in [fact.value for fact in parsed.facts]
                or parsed.rejects
                or parsed.excluded
            )

    changed()


@pytest.mark.parametrize("code", ["sdmx_json_rates", "sdmx_json_rice"])
def test_one_changed_leaf_of_an_sdmx_json_message_is_told(code, catalogue, sources, folder):
    document = json.loads((MESSAGES / MESSAGES_OF[code]).read_text(encoding="utf-8"))

    @QUIET
    @given(path=st.sampled_from(list(leaves(document))), value=LEAF)
    def changed(path, value):
        read(
            sources[code], catalogue, folder, json.dumps(with_leaf(document, path, value), ensure_ascii=False), ".json"
        )

    changed()


def test_one_changed_leaf_of_an_nbs_answer_changes_one_figure_at_most(catalogue, nbs, folder):
    document = json.loads(nbs.paths()[-1].read_text(encoding="utf-8"))
    del document["returndata"]["datanodes"][12:]
    document["returndata"]["wdnodes"][0]["nodes"] = [
        {**each, "memo": ""} for each in document["returndata"]["wdnodes"][0]["nodes"]
    ]
    before = by_place(read(nbs, catalogue, folder, json.dumps(document), ".json"))

    @QUIET
    @given(path=st.sampled_from(list(leaves(document))), value=LEAF)
    def changed(path, value):
        parsed = read(nbs, catalogue, folder, json.dumps(with_leaf(document, path, value), ensure_ascii=False), ".json")
        if parsed is not None:
            assert_only_touched(before, by_place(parsed))

    changed()


@pytest.mark.parametrize("code", ["sdmx_generic_flat", "sdmx_structurespecific_timeseries", "sdmx_ecb_annual"])
def test_one_changed_attribute_of_an_sdmx_ml_message_changes_one_figure_or_one_series_at_most(
    code, catalogue, sources, folder
):
    text = (MESSAGES / MESSAGES_OF[code]).read_text(encoding="utf-8")
    before = by_place(read(sources[code], catalogue, folder, text, ".xml"))
    spots = [match.span(1) for match in re.finditer(r'="([^"]*)"', text)]

    @QUIET
    @given(
        spot=st.sampled_from(spots),
        value=st.one_of(HOSTILE, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)),
    )
    def changed(spot, value):
        escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        parsed = read(sources[code], catalogue, folder, text[: spot[0]] + escaped + text[spot[1] :], ".xml")
        if parsed is not None:
            after = by_place(parsed)
            assert len({place for place in before.keys() & after.keys() if before[place] != after[place]}) <= 1

    changed()


@pytest.mark.parametrize("code", sorted(MESSAGES_OF))
def test_a_stretch_that_is_lost_or_comes_twice_is_refused_or_told(code, catalogue, sources, folder):
    name = MESSAGES_OF[code]
    text = (MESSAGES / name).read_text(encoding="utf-8")
    before = by_place(read(sources[code], catalogue, folder, text, name[name.rindex(".") :]))

    @QUIET
    @given(start=st.integers(0, len(text) - 1), length=st.integers(1, 60), twice=st.booleans())
    def changed(start, length, twice):
        stretch = text[start : start + length]
        mutated = text[:start] + (stretch * 2 if twice else "") + text[start + length :]
        parsed = read(sources[code], catalogue, folder, mutated, name[name.rindex(".") :])
        if parsed is not None:
            after = by_place(parsed)
            assert len({place for place in before.keys() & after.keys() if before[place] != after[place]}) <= 2

    changed()


def test_lines_of_a_csv_answer_are_all_accounted_for(catalogue, sources, folder):
    text = (MESSAGES / MESSAGES_OF["sdmx_csv_one"]).read_text(encoding="utf-8")
    header, *lines = text.splitlines()

    @QUIET
    @given(
        order=st.permutations(range(len(header.split(",")))),
        cells=st.lists(st.tuples(HOSTILE, st.integers(0, 30)), max_size=3),
    )
    def changed(order, cells):
        # Columns in another order mean the same; a header whose first columns moved is another format.
        rows = [line.split(",") for line in (header, *lines)]
        fixed = [0, 1, *(place for place in order if place > 1)]
        rows = [[row[place] for place in fixed] for row in rows]
        for value, at in cells:
            row = rows[1 + at % len(lines)]
            row[at % len(row)] = value.replace(",", "")
        read(sources["sdmx_csv_one"], catalogue, folder, "\n".join(",".join(row) for row in rows) + "\n", ".csv")

    changed()

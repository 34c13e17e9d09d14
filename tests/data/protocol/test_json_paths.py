"""The paths that say where in a JSON answer something stands, by small tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.loaders import FileRefusedError, parse
from data.loaders.json_paths import PathError, at, read_json, rows_at, steps_of
from data.loaders.records import number_of
from tests.data.protocol.feeds import ORDERS

ANSWER = read_json(
    """{"meta": {"unit": "元"}, "sets": [
        {"code": "C25", "obs": [{"t": "2024-01", "v": 1.50}, {"t": "2024-02", "v": null}]},
        {"code": "C38", "obs": [{"t": "2024-01", "v": 2e1}], "by": {"2024-01": 7, "2024-02": 8}}],
        "table": [["2024-01", 5], ["2024-02", 6]]}""",
    "answer.json",
)


@pytest.mark.parametrize(
    ("path", "fields", "expected"),
    [
        (
            "sets[*].obs[*]", ("^.code", "t", "v", "$.meta.unit"),
            [("C25", "2024-01", Decimal("1.50"), "元"), ("C25", "2024-02", None, "元"), ("C38", "2024-01", 20, "元")],
        ),
        ("table[*]", ("[0]", "[1]", "^.meta.unit"), [("2024-01", 5, "元"), ("2024-02", 6, "元")]),
        ("sets[1].by{*}", ("@key", "@value"), [("2024-01", 7), ("2024-02", 8)]),
        ("sets[0].obs[*]", ("t", "^.sets[0].code"), [("2024-01", "C25"), ("2024-02", "C25")]),
        ("$.sets[*].obs[*]", ("^^.meta.unit",), [("元",)] * 3),
    ],
)  # fmt: skip
def test_rows_and_their_fields(path, fields, expected):
    assert [tuple(row.field(name) for name in fields) for row in rows_at(ANSWER, path)] == expected


def test_places_can_be_found_again():
    assert [row.place for row in rows_at(ANSWER, "sets[*].obs[*]")][2] == "$.sets[1].obs[0]"
    assert at(ANSWER, "sets[1].obs[0].v") == 20


@pytest.mark.parametrize("path", ["nothing[*]", "meta[*]", "sets{*}", "sets[9][*]", "sets[*].by{*}", "sets[*].code[*]"])
def test_a_path_that_leads_nowhere_is_an_error(path):
    with pytest.raises(PathError):
        list(rows_at(ANSWER, path))


@pytest.mark.parametrize("path", ["^^^^.x", "sets.0", "[7]", "meta.unit.x"])
def test_a_field_that_is_not_there_is_an_error(path):
    with pytest.raises(PathError):
        next(rows_at(ANSWER, "table[*]")).field(path)


@pytest.mark.parametrize("path", ["a[", "a[x]", "a..b", "a]", "{", "a[-1]", "a[1234567]"])
def test_what_is_no_path_is_a_mistake(path):
    with pytest.raises(ValueError, match=r"not a path"):
        steps_of(path)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: (
    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
), max_leaves=8), st.sampled_from(["a[*]", "[*]", "{*}", "[0].a[*]", "a{*}.b[*]"]))  # fmt: skip
def test_any_document_gives_rows_or_is_no_such_path(document, path):
    try:
        rows = list(rows_at(document, path))
    except PathError:
        return
    assert all(row.place.startswith("$") for row in rows)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_comes_through_as_it_was_written(number):
    assert number_of(read_json(f"[{number:f}]", "x")[0], exponent=False) == number
    assert number_of(f"{number:f}", exponent=False) == number


@pytest.mark.parametrize("text", ["1e999", "1e-999", "1" * 60, "0." + "0" * 50 + "1"])
def test_a_number_no_statistic_has_is_refused(text):
    with pytest.raises(ValueError, match=r"not a number"):
        number_of(read_json(f"[{text}]", "x")[0], exponent=True)


def test_records_of_series_that_are_not_declared_can_be_excluded(declared, catalogue, tmp_path):
    text = ORDERS.format(format="json", rows='rows = "[*]"').replace(
        "[records]", '[records]\nunmatched = "exclude"\nnull = "missing"'
    )
    source = declared(text.replace("[[records.group]]", '[[records.group]]\nwhen = { kind = "total" }'))
    path = tmp_path / "rows.json"
    row = '{{"period": "2024-0{}", "value": {}, "unit": "元", "kind": "{}"}}'
    rows = [row.format(1, "10000.5", "total"), row.format(1, "7", "part"), row.format(2, "null", "total")]
    path.write_text(f"[{', '.join(rows)}]", encoding="utf-8")
    parsed = parse(source, path, catalogue)
    assert (len(parsed.facts), parsed.excluded, parsed.missing) == (1, 1, 1)
    path.write_text(f"[{rows[0].replace('value', 'wert')}]", encoding="utf-8")
    with pytest.raises(FileRefusedError, match=r"expected field 'value'"):
        parse(source, path, catalogue)

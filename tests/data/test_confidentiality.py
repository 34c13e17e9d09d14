"""Which cells show ×."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.confidentiality import Contributors, SafetyRules, is_unsafe, with_complements

RULES = SafetyRules(smallest_count=3, dominance_percent=85.0, p_percent=10.0)

CELLS = [
    ([10.0], True),
    ([10.0, 10.0], True),  # n < 3
    ([10.0, 10.0, 10.0], False),
    ([50.0, 36.0, 14.0], True),  # the largest two make 86 %
    ([50.0, 35.0, 15.0], False),  # exactly 85 % is allowed
    ([80.0, 2.0, 6.0, 0.5], True),
    ([-50.0, 36.0, 14.0], True),  # a loss gives its firm away as well
    ([], True),
]


@pytest.mark.parametrize(("values", "unsafe"), CELLS)
def test_is_unsafe(values, unsafe):
    assert is_unsafe(Contributors.of(values), RULES) is unsafe


def test_p_percent_rule_alone():
    rules = SafetyRules(smallest_count=3, dominance_percent=100.0, p_percent=10.0)
    assert is_unsafe(Contributors.of([100.0, 50.0, 9.0]), rules)
    assert not is_unsafe(Contributors.of([100.0, 50.0, 10.0]), rules)


COMPLEMENTS = [
    ({"a"}, True, {"a", "c"}),  # the smallest other part goes with it
    ({"a"}, False, {"a"}),  # without a total nothing can be worked out
    ({"a", "b"}, True, {"a", "b"}),
    (set(), True, set()),
    ({"a", "b", "c"}, True, {"a", "b", "c"}),
]


@pytest.mark.parametrize(("unsafe", "total_shown", "hidden"), COMPLEMENTS)
def test_with_complements(unsafe, total_shown, hidden):
    assert with_complements({"a": 5.0, "b": 9.0, "c": 7.0}, unsafe, total_shown=total_shown) == hidden


def test_an_unknown_part_is_an_error():
    with pytest.raises(KeyError):
        with_complements({"a": 1.0}, {"z"}, total_shown=True)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1e6), min_size=2, max_size=9), st.data())
def test_a_lone_hidden_part_never_stays_alone(parts, data):
    unsafe = data.draw(st.sets(st.sampled_from(sorted(parts))))
    hidden = with_complements(parts, unsafe, total_shown=True)
    assert unsafe <= hidden
    assert len(hidden) != 1

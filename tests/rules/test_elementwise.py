"""One firm followed by hand and many computed at once follow the same rule, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klyngesim.population.traits import employees_rule

BELOW_ONE = st.floats(0.0, 1.0 - 2.0**-53)

# Rule, strategies of the arguments that differ from firm to firm, and of those that everybody shares.
RULES = {
    "employees": (employees_rule, (BELOW_ONE, st.floats(0, 250), st.floats(0, 1e4), st.floats(0, 60)), ()),
}


@pytest.mark.parametrize("name", RULES)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_scalars_and_arrays_give_the_same(name, data):
    rule, own, shared = RULES[name]
    rows = data.draw(st.lists(st.tuples(*own), min_size=1, max_size=8))
    common = data.draw(st.tuples(*shared))
    together = rule(*(np.array(column) for column in zip(*rows, strict=True)), *common)
    one_by_one = [rule(*row, *common) for row in rows]
    assert np.array_equal(np.broadcast_to(together, len(rows)), np.array([float(each) for each in one_by_one]))

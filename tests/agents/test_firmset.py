"""Sets of firms answer like Mesa's AgentSet although no firm is an object until somebody looks."""

import copy
import gc
from collections import Counter

import mesa
import numpy as np
import pytest

from klyngesim.ecosystem.agents import SME, Firm, FirmSet, ForeignFirm, LargeFirm
from klyngesim.ecosystem.firm_agents import COLUMNS
from tests.agents.worlds import alive, make


@pytest.fixture(scope="module")
def model():
    return make(2)


@pytest.fixture(scope="module")
def firms(model):
    return model.firms


def ids(agents):
    return [agent.unique_id for agent in agents]


def test_the_sets_by_type_share_out_the_living(model):
    sets = [model.agents_by_type[kind] for kind in (SME, LargeFirm, ForeignFirm)]
    assert all(isinstance(one, FirmSet) and len(one) > 0 for one in sets)
    assert sorted(row for one in sets for row in one.rows.tolist()) == alive(model) == model.firms.rows.tolist()
    assert {size for one in sets[:1] for size in one.get("size_class")} == {"micro", "small", "medium"}
    assert [set(one.get("size_class")) for one in sets[1:]] == [{"large"}, {"foreign"}]
    assert all(
        type(firm) is kind for kind, one in zip((SME, LargeFirm, ForeignFirm), sets, strict=True) for firm in one
    )


def test_the_living_change_with_time():
    model = make()
    before = set(alive(model))
    model.step()
    now = set(model.firms.rows.tolist())
    assert now == set(alive(model))
    assert now - before, "nobody entered"
    assert before - now, "nobody closed"


def test_order_length_membership_and_indexing(model, firms):
    everybody = list(firms)
    assert len(everybody) == len(firms) == len(set(ids(everybody)))
    assert firms[0] == everybody[0]
    assert firms[-1] == everybody[-1]
    assert list(firms[5:9]) == everybody[5:9]
    assert firms.index(everybody[7]) == 7
    assert everybody[3] in firms
    assert everybody[3] not in model.agents_by_type[LargeFirm]
    assert "made" not in firms
    assert model.organisation("made") not in firms
    assert make().firms[0] not in firms
    with pytest.raises(IndexError):
        firms[len(firms)]


def test_columns_hold_what_the_views_show(model):
    some = model.firms[::60]
    assert len(COLUMNS) > 10
    for name in COLUMNS:
        shown = [getattr(firm, name) for firm in some]
        assert some.get(name) == shown, name
        assert some.column(name).tolist() == shown, name
        assert {type(value) for value in some.get(name)} <= {int, float, str, bool}
    assert some.get(["employees", "size_class"]) == [[firm.employees, firm.size_class] for firm in some]


def test_start_ups_are_those_of_the_quarter():
    model = make()
    first = {firm.unique_id for firm in model.firms if firm.startup}
    for _ in range(3):
        model.step()
    now = {firm.unique_id for firm in model.firms if firm.startup}
    assert now == {
        ident for ident, is_one in zip(*map(model.firms.get, ("unique_id", "startup")), strict=True) if is_one
    }
    assert first != now


def test_columns_that_do_not_exist(firms):
    with pytest.raises(KeyError, match="employees"):
        firms.column("shoe_size")
    with pytest.raises(AttributeError):
        firms.get("shoe_size")


def test_aggregates(firms):
    staff = [firm.employees for firm in firms]
    assert firms.agg("employees", sum) == sum(staff)
    assert firms.agg("employees", max) == max(staff)
    assert firms.agg("ties", lambda ties: sum(map(len, ties))) > 0


@pytest.mark.parametrize("at_most", [None, 7, 0, 1, 10**9])
@pytest.mark.parametrize("kind", [SME, LargeFirm, Firm])
@pytest.mark.parametrize("with_filter", [False, True])
def test_select_does_what_mesa_does(firms, at_most, kind, with_filter):
    function = (lambda firm: firm.employees % 3 == 0) if with_filter else None
    everybody = list(firms)
    expected = mesa.agent.AgentSet(everybody).select(
        function, at_most=float("inf") if at_most is None else at_most, agent_type=kind
    )
    assert ids(firms.select(function, at_most=at_most, agent_type=kind)) == ids(expected)


def test_select_by_a_mask(firms):
    big = firms.select(firms.column("employees") > 99, agent_type=SME)
    assert ids(big) == [firm.unique_id for firm in firms if firm.employees > 99 and isinstance(firm, SME)]
    assert len(big) > 0
    for wrong in (np.ones(3, dtype=bool), np.ones(len(firms))):
        with pytest.raises(ValueError, match="one bool for each"):
            firms.select(wrong)


@pytest.mark.parametrize("key", ["employees", "size_class", "born", lambda firm: firm.readiness])
@pytest.mark.parametrize("ascending", [False, True])
def test_sort_does_what_mesa_does(firms, key, ascending):
    some = firms[::40]
    views = list(some)
    kept = mesa.agent.AgentSet(views)
    assert len(views) > 100
    assert ids(some.sort(key, ascending=ascending)) == ids(kept.sort(key, ascending=ascending))
    assert ids(some.sort("employees")) == ids(some.sort(lambda firm: firm.employees))


@pytest.mark.parametrize("by", ["size_class", "startup", lambda firm: firm.employees // 10])
def test_groupby(firms, by):
    of = (lambda firm: getattr(firm, by)) if isinstance(by, str) else by
    groups = firms.groupby(by)
    assert groups.count() == Counter(map(of, firms))
    assert all(of(firm) == name for name, group in groups for firm in group)
    assert sum(groups.agg("employees", sum).values()) == firms.agg("employees", sum)
    assert groups.map(len) == groups.count()


def test_do_and_map(firms):
    some = firms.select(at_most=5)
    seen = []
    assert some.do(lambda firm, into: into.append(firm), seen) is some
    assert seen == list(some)
    assert some.do("step") is some
    assert some.map("relation", "made") == [firm.relation("made") for firm in some]
    assert some.map(lambda firm, factor=1: firm.employees * factor, factor=2) == [2 * firm.employees for firm in some]


def test_what_is_derived_outlives_the_views(firms):
    derived = [
        firms.select(lambda firm: True),
        firms.select(agent_type=Firm),
        firms.sort("employees"),
        firms.groupby(lambda firm: 1).groups[1],
        firms[:],
        copy.copy(firms),
    ]
    gc.collect()
    assert [len(one) for one in derived] == [len(firms)] * len(derived)
    assert all(isinstance(one, FirmSet) for one in derived)


def test_an_empty_set(firms):
    none = firms.select(lambda firm: False)
    assert len(none) == 0
    assert list(none) == none.get("employees") == none.get(["employees", "ties"]) == none.map("step") == []
    assert none.groupby("size_class").count() == {}
    assert len(none.sort("employees")) == len(none.select(at_most=2)) == 0

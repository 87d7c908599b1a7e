"""One firm in two scenarios: equal worlds give equal lives, and a parting has its lever and its place."""

import re
from dataclasses import replace

import pytest

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.errors import InputError
from klyngesim.experiments.twin import Trait, differences, firm_state, first_difference, follow
from klyngesim.experiments.twin_causes import compare, dated_differences, in_force, with_parameter_of
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.periods import parse

SMALL = ["population.scale=0.02", "period.end=2025Q4"]
CUT = {"from": "2025Q1", "announced": "2024Q4", "set": {"grant.budget_factor": 0.5}}
ANNOUNCED = parse("2024Q4")


def scenario(*timeline, settings=SMALL):
    return from_mapping({"extends": "baseline", "timeline": list(timeline)}, "t", settings)


BASELINE, HALVED = scenario(), scenario(CUT)


@pytest.fixture(scope="module")
def met():
    """Ids of firms that deal with an organisation when the cut is announced, those with most relations first."""
    model = Ecosystem(BASELINE, 1)
    while model.period < ANNOUNCED:
        model.step()
    firms = {firm for name in model.world.organisations.ids for firm in model.organisation(name).known_firms}
    chosen = sorted(firms, key=lambda f: (-sum(r.trust > 0.0 for r in f.relations), f.unique_id))
    return [firm.unique_id for firm in chosen if firm.closes is None][:3]


@pytest.fixture(scope="module")
def halved(met):
    return compare(BASELINE, HALVED, met[0], 1)


def test_identical_scenarios_give_the_same_life(met):
    found = compare(BASELINE, scenario(), met[0], 1)
    assert found.first is None and found.visible is None
    assert found.a.states == found.b.states and found.a.around == found.b.around
    assert len(set(found.a.states)) == len(found.a.states) == BASELINE.end + 2, "the firm does not move"


def test_following_shows_what_the_agents_show(met):
    life = follow(BASELINE, 1, met[0], last=3)
    model = Ecosystem(BASELINE, 1)
    for place in range(5):
        firm = model.firm(met[0])
        state = life.states[place]
        assert state == firm_state(firm) and state.period == place - 1
        assert state.relations == firm.relations and state.ties == firm.ties
        assert tuple(idea for _, idea in state.ideas) == firm.episodes
        model.step()
    assert len(life.states) == 5 and len(life.around) == 4
    assert life.around[0]["made", "open"] == 1.0


@pytest.mark.parametrize("place", range(3))
def test_nothing_parts_before_the_announcement(met, place):
    found = compare(BASELINE, HALVED, met[place], 1)
    assert found.first is not None, "half the grant changes nothing about a firm that deals with organisations"
    assert found.first.period >= ANNOUNCED
    assert found.visible is None or found.visible.period >= found.first.period
    assert found.a.states[: ANNOUNCED + 1] == found.b.states[: ANNOUNCED + 1]


def test_a_cut_is_named_as_what_decides(halved):
    parting = halved.first
    (lever,) = parting.levers
    assert (lever.parameter, lever.a, lever.b) == ("grant.budget_factor", 1.0, 0.5)
    assert (lever.start, lever.announced, lever.until) == (ANNOUNCED + 1, ANNOUNCED, None)
    (trial,) = parting.trials
    assert trial.parameter == "grant.budget_factor" and trial.alone and not trial.without
    assert parting.differences and not parting.before


def test_a_cut_acts_through_whom_the_firm_knows(halved):
    parting = halved.first
    states = [life.states[parting.period + later] for life in (halved.a, halved.b) for later in (0, 1)]
    known = {relation.organisation for state in states for relation in state.relations}
    known |= {tie.institution for state in states for tie in state.ties}
    known |= {idea.institution for state in states for _, idea in state.ideas}
    assert parting.channel
    assert {entry.place for entry in parting.channel} <= known | {"environment"}
    assert all(entry.a != entry.b for entry in (*parting.channel, *parting.upstream))
    measured = {(entry.place, entry.measure): (entry.a, entry.b) for entry in parting.channel}
    now = [life.around[parting.period] for life in (halved.a, halved.b)]
    for key, pair in measured.items():
        if now[0][key] != now[1][key]:
            assert pair == (now[0][key], now[1][key])


def test_a_lever_without_a_part_in_it_is_told_apart(met):
    idle = {"from": "2025Q4", "announced": "2024Q4", "set": {"competence.level": 0.5}}
    found = compare(BASELINE, scenario(CUT, idle), met[0], 1)
    verdicts = {trial.parameter: (trial.alone, trial.without) for trial in found.first.trials}
    assert verdicts == {"grant.budget_factor": (True, False), "competence.level": (False, True)}


def test_differences_are_exact_and_levels_can_be_left_out(met):
    state = follow(BASELINE, 1, met[0], last=0).states[1]
    assert differences(state, state) == ()
    near = replace(state, readiness=state.readiness * (1.0 + 1e-15))
    assert [found.trait for found in differences(state, near)] == [Trait("readiness")]
    assert differences(state, near, levels=False) == ()
    gone = replace(state, alive=False)
    assert first_difference([state, state], [state, gone]) == state.period
    assert first_difference([state], [gone], levels=False) == state.period
    assert first_difference([state], [state]) is None


def test_what_a_firm_never_had_is_no_difference_of_its_parts(met):
    state = follow(BASELINE, 1, met[0], last=0).states[1]
    fewer = replace(state, relations=state.relations[1:])
    aspects = {found.trait.aspect for found in differences(state, fewer)}
    assert "contact" in aspects and not aspects & {"open", "staff"}


def test_dated_values_are_those_that_were_known():
    assert dated_differences(BASELINE, HALVED, ANNOUNCED - 1) == ()
    (lever,) = dated_differences(BASELINE, HALVED, ANNOUNCED)
    assert lever.start == ANNOUNCED + 1
    back = scenario(CUT, {"from": "2025Q3", "set": {"grant.budget_factor": 1.0}})
    (lever,) = dated_differences(BASELINE, back, ANNOUNCED)
    assert lever.until == parse("2025Q3")
    later = scenario({**CUT, "announced": "2025Q1"})
    (lever,) = dated_differences(HALVED, later, ANNOUNCED)
    assert (lever.a, lever.b, lever.announced) == (0.5, 0.5, ANNOUNCED)


def test_a_value_of_one_organisation_is_its_own():
    own = scenario({"from": "2025Q1", "cluster": "made", "set": {"fees.level": 2.0}})
    assert in_force(own, "fees.level", "made", ANNOUNCED + 1) == 2.0
    assert in_force(own, "fees.level", None, ANNOUNCED + 1) == in_force(own, "fees.level", "made", ANNOUNCED) == 1.0
    (lever,) = dated_differences(BASELINE, own, own.end)
    assert (lever.parameter, lever.cluster) == ("fees.level", "made")
    swapped = with_parameter_of(BASELINE, own, "fees.level", "made")
    assert swapped.timeline == own.timeline
    assert with_parameter_of(own, BASELINE, "fees.level", "made").timeline == ()


def test_swapping_every_differing_parameter_gives_the_other_scenario():
    other = scenario(CUT, settings=[*SMALL, "fees.level=1.5", "clusters.made.fees.level=2"])
    swapped = BASELINE
    for found in dated_differences(BASELINE, other, other.end):
        swapped = with_parameter_of(swapped, other, found.parameter, found.cluster)
    assert swapped.values == other.values and swapped.timeline == other.timeline
    assert swapped.organisation_values == other.organisation_values


@pytest.mark.parametrize(("setting", "name"), [("population.scale=0.03", "scale"), ("period.end=2025Q3", "period.end")])
def test_unequal_scenarios_are_refused(setting, name):
    key = setting.partition("=")[0]
    other = scenario(settings=[*(each for each in SMALL if not each.startswith(key)), setting])
    with pytest.raises(InputError, match=f"{name} is .* in A .* in B"):
        compare(BASELINE, other, 1_000_000, 1)


@pytest.mark.parametrize("wrong", [-1, 0, 5, 999_999, 10**12])
def test_an_unknown_firm_is_refused_with_some_that_are_known(wrong):
    with pytest.raises(InputError, match=f"id {wrong} here; organisations know") as refused:
        follow(BASELINE, 1, wrong)
    ids = [int(ident) for ident in re.findall(r"(\d+) \((?:micro|small|medium)\)", str(refused.value))]
    model = Ecosystem(BASELINE, 1)
    assert len(ids) == 3
    assert all(model.firm(ident).alive and model.firm(ident).memberships for ident in ids)

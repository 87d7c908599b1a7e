"""A firm is a view on a row: it shows the state of the moment and leaves no mark on the run."""

import copy

import mesa
import numpy as np
import pytest

from klyngesim.ecosystem.agents import SME, ClusterOrganisation, Firm, ForeignFirm, LargeFirm
from klyngesim.ecosystem.firm_agents import COLUMNS
from klyngesim.results.vocabulary import STAGES
from klyngesim.scenario.periods import label, parse
from tests.agents.worlds import make, same_numbers


@pytest.fixture(scope="module")
def model():
    return make(3)


@pytest.fixture(scope="module")
def known(model):
    """Firms that some organisation knows."""
    return [firm for firm in model.firms if firm.contacted]


def test_ids_are_apart_from_those_of_registered_agents(model):
    found = model.firms.get("unique_id") + model.agents.get("unique_id")
    assert len(found) == len(set(found))
    assert min(model.firms.get("unique_id")) >= 1_000_000 > max(model.agents.get("unique_id"))


def test_a_firm_is_found_by_its_id(model):
    for firm in list(model.firms)[::200]:
        assert model.firm(firm.unique_id) == firm
        assert type(model.firm(np.int64(firm.unique_id))) is type(firm)
    gone = next(row for row, death in enumerate(model.world.register.death.tolist()) if death <= model.period)
    closed = model.firm(1_000_000 + int(model.world.register.ids(np.array([gone]))[0]))
    assert not closed.alive
    assert closed not in model.firms
    for wrong in (0, 5, 999_999, 1_000_000 + (1 << 20) - 1, 10**12):
        with pytest.raises(KeyError, match=str(wrong - 1_000_000 if wrong >= 1_000_000 else wrong)):
            model.firm(wrong)


def test_an_id_means_the_same_in_longer_runs_and_other_seeds():
    short, longer, other = make(), make(0, "period.end=2023Q4"), make(seed=2)
    for firm in list(short.firms)[::300]:
        twin = longer.firm(firm.unique_id)
        assert (twin.industry_group, twin.size_class, twin.employees, twin.readiness_mean) == (
            (firm.industry_group, firm.size_class, firm.employees, firm.readiness_mean)
        )
        assert other.firm(firm.unique_id).industry_group == firm.industry_group


def test_views_of_one_firm_are_equal(model):
    firm, other = model.firms[10], model.firms[11]
    twin = model.firm(firm.unique_id)
    assert twin is not firm
    assert twin == firm == copy.copy(firm)
    assert hash(twin) == hash(firm)
    assert {firm, twin, other} == {firm, other}
    assert firm != other
    assert make(3).firm(firm.unique_id) != firm
    assert firm != firm.unique_id


def test_a_view_is_an_agent_that_cannot_be_changed(model):
    firm = model.firms[0]
    assert isinstance(firm, mesa.Agent)
    assert firm.step() is None
    assert firm.pos is None
    assert str(firm.unique_id) in repr(firm)
    for name in ("employees", "trust", "row", "model", "unique_id"):
        with pytest.raises(AttributeError, match=name):
            setattr(firm, name, 1)
    with pytest.raises(AttributeError):
        firm.shoe_size  # noqa: B018
    with pytest.raises(TypeError, match="closes"):
        firm.remove()
    assert firm not in model.agents


def test_traits_follow_the_register(model):
    register = model.world.register
    for firm in list(model.firms)[::50]:
        row = np.array([firm.row])
        assert firm.employees == register.employees(row)[0]
        assert firm.exporter == register.exporter(row)[0]
        assert firm.regional == register.regional(row)[0]
        assert firm.startup == register.startup(row, model.period)[0]
        assert firm.foreign == isinstance(firm, ForeignFirm) == (firm.industry_group == firm.size_class == "foreign")
        assert (
            isinstance(firm, LargeFirm) == (firm.size_class == "large") == (firm.employees >= 250 and not firm.foreign)
        )
        assert isinstance(firm, SME) == (firm.size_class in ("micro", "small", "medium"))
        assert firm.readiness_mean == register.readiness_mean(row)[0]
        assert parse(firm.born) == model.period - register.age(row, model.period)[0]


def test_industry_groups_and_roles_agree(model):
    for firm in list(model.firms)[::50]:
        kind, _, stronghold = firm.industry_group.partition(":")
        roles = {name: firm.role(name) for name in model.world.organisations.ids}
        if kind == "main" and stronghold != "marlog":
            assert roles.pop(stronghold) == "main"
        elif kind == "supporting" and stronghold != "marlog":
            assert roles[stronghold] == "supporting"
        rest = {"foreign": {"abroad"}, "supporting": {"supporting", "outside"}}.get(kind, {"outside"})
        assert set(roles.values()) <= rest
    with pytest.raises(KeyError, match="made"):
        model.firms[0].role("mode")


def test_life_dates(model):
    for firm in list(model.firms)[::20]:
        assert firm.alive
        assert parse(firm.born) <= model.period
        assert firm.closes is None or model.period < parse(firm.closes) < model.world.periods
    register = model.world.register
    row = int(np.flatnonzero((register.death == 2) & (register.birth < 0))[0])
    closed = Firm(model, row)
    assert not closed.alive
    assert closed.closes == "2021Q3"
    later = Firm(model, int(np.flatnonzero(register.birth == model.world.periods - 1)[0]))
    assert later.born == label(model.world.periods - 1)
    assert later.alive == (model.period >= model.world.periods - 1)


def test_relations_are_those_of_the_arrays(model, known):
    world = model.world
    assert sum(len(firm.relations) for firm in known) <= world.relations.count
    expected = {}
    for row in range(world.relations.count):
        firm = Firm(model, int(world.contacts.row[world.relations.contact[row]]))
        expected.setdefault(firm, []).append(
            (world.organisations.ids[world.relations.organisation[row]], world.relations.trust[row])
        )
    for firm in known:
        assert [(found.organisation, found.trust) for found in firm.relations] == expected.get(firm, [])
        assert firm.memberships == tuple(found.organisation for found in firm.relations if found.member)
        assert firm.membership_count == len(firm.memberships)
        assert firm.relation("made") in (None, *firm.relations)
    members = [found for firm in known for found in firm.relations if found.member]
    assert len(members) > 100
    assert {found.since is None for found in members} == {False}
    assert any(parse(found.since) < 0 for found in members)
    everybody = [found for firm in known for found in firm.relations]
    assert {found.since for found in everybody if not found.member} == {None}
    assert {"before 2021Q1", "2021Q1", "2021Q2", "2021Q3"} == {found.first for found in everybody}
    assert {None, "2021Q1", "2021Q2", "2021Q3"} == {found.last for found in everybody}
    assert all(found.times > 0 for found in everybody if found.last)


def test_strangers_have_nothing(model):
    stranger = next(firm for firm in model.firms if not firm.contacted)
    assert stranger.relations == stranger.episodes == stranger.memberships == ()
    assert stranger.membership_count == stranger.readiness_excess == 0
    assert stranger.readiness == stranger.readiness_mean
    assert stranger.engagement_hours_left == model.world.policy.num(f"firms.hours_{stranger.size_class}")


def test_ideas_and_ties_add_up(model, known):
    world = model.world
    ideas = [idea for firm in known for idea in firm.episodes]
    assert len(ideas) == sum(firm.alive for firm in known for _ in firm.episodes) == world.episodes.count
    codes = np.bincount(world.episodes.stage, minlength=len(STAGES)).tolist()
    assert [sum(idea.stage == stage.id for idea in ideas) for stage in STAGES] == codes
    assert sum(idea.institution is None for idea in ideas) == np.count_nonzero(world.episodes.unit < 0) > 0
    assert {idea.institution for idea in ideas} - {None} <= {agent.id for agent in model.agents}
    assert {"before 2021Q1", "2021Q3"} < {idea.since for idea in ideas}
    idents, counts = np.unique(world.ties.ident, return_counts=True)
    owners = [model.firm(1_000_000 + ident) for ident in idents.tolist()]
    assert [len(firm.ties) for firm in owners] == counts.tolist()
    ties = [tie for firm in owners for tie in firm.ties]
    assert sum(tie.origin == "background" for tie in ties) == np.count_nonzero(world.ties.origin < 0) > 0
    assert [tie.strength for tie in ties] == world.ties.strength.tolist()
    with_unit = np.flatnonzero(world.ties.unit >= 0).tolist()  # see test_every_tie_and_every_matched_idea_has_a_unit
    assert len(with_unit) > 1000
    for place in with_unit[::50]:
        tie = ties[place]
        institution = model.institution(tie.institution)
        assert tie in institution.ties
        first = np.flatnonzero(world.institutions.plan.unit_institution == institution.index)[0]
        assert first + tie.unit - 1 == world.ties.unit[place]


def test_hours_and_readiness_of_those_who_took_part(model, known):
    world = model.world
    used = 0
    for firm in known:
        budget = world.policy.num(f"firms.hours_{firm.size_class}")
        contact = world.acquaintances.contact[firm.row] - 1
        spent = world.contacts.hours[contact] if world.contacts.year[contact] == 0 else 0.0
        assert firm.engagement_hours_left == budget - spent
        assert firm.readiness == min(1.0, firm.readiness_mean + firm.readiness_excess)
        used += spent > 0
    assert used > 100


def test_the_hours_of_a_new_year_are_full():
    model = make(4, "period.end=2022Q1")
    full = [model.world.policy.num(f"firms.hours_{firm.size_class}") for firm in model.firms]
    assert [firm.engagement_hours_left for firm in model.firms] == full
    assert model.firms.get("engagement_hours_left") == full


def test_staff_names_lead_to_the_staff(model, known):
    everywhere = model.agents_by_type[ClusterOrganisation]
    names = {person.name for organisation in everywhere for person in organisation.staff}
    keepers = {found.staff for firm in known for found in firm.relations}
    assert None in keepers
    assert len(keepers) > 100
    assert keepers - {None} <= names


def test_a_view_follows_its_firm():
    model = make()
    watched = {firm: firm.relations for firm in model.firms if firm.contacted}
    model.step()
    changed = [firm for firm, before in watched.items() if firm.relations != before]
    assert len(changed) > len(watched) / 2, "trust fades every quarter"


def test_looking_changes_nothing():
    unseen, seen = make(), make()
    while seen.running:
        for firm in list(seen.firms)[::10]:
            assert firm.employees >= 0
            assert firm.startup in (True, False)
            assert firm.born
        for name in COLUMNS:
            seen.firms.column(name)
        for agent in seen.agents:
            for attribute in dir(type(agent)):
                if not attribute.startswith("_") and attribute not in ("random", "rng"):
                    getattr(agent, attribute)
        seen.step()
    one, other = unseen.run(), seen.run()
    assert one.uniforms == other.uniforms > 0
    assert same_numbers(one.indicators, other.indicators)
    assert same_numbers(one.finance, other.finance)
    assert all(same_numbers(a, b) for a, b in zip(vars(one.funnel).values(), vars(other.funnel).values(), strict=True))

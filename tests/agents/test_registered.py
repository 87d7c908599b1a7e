"""Everybody but the firms is a registered Mesa agent, made at the first look."""

import mesa
import numpy as np
import pytest

from klyngesim.ecosystem import agents as kinds
from klyngesim.ecosystem.agents import (
    SME,
    ArtSchool,
    ClusterOrganisation,
    ForeignFirm,
    Funder,
    Initiative,
    KnowledgeInstitution,
    LargeFirm,
    ProgrammeAuthority,
    SupportSystem,
)
from klyngesim.ecosystem.ledger import OERE_PER_MKR
from klyngesim.ecosystem.model import Ecosystem
from klyngesim.ecosystem.processes.policy import life_rule, running_initiatives
from klyngesim.evidence import tables
from klyngesim.results.vocabulary import STAGE
from klyngesim.scenario.loading import from_mapping
from klyngesim.scenario.periods import parse
from tests.agents.worlds import SCENARIO, make

INSTITUTIONS = ("University", "GTSInstitute", "UniversityCollege", "BusinessAcademy", "ArtSchool", "ForeignInstitution")


@pytest.fixture(scope="module")
def model():
    return make(3)


@pytest.fixture(scope="module")
def organisations(model):
    return list(model.agents_by_type[ClusterOrganisation])


def everyone(model, kind):
    return list(model.agents.select(agent_type=kind))


def test_nobody_is_made_before_somebody_looks(monkeypatch):
    made = []
    monkeypatch.setattr(mesa.Model, "register_agent", lambda self, agent: made.append(agent))
    model = make(2)
    assert not made
    model.organisation("made")
    assert len(made) > 80


def test_every_kind_has_its_set(model):
    sets = model.agents_by_type
    names = ("SME", "LargeFirm", "ForeignFirm", *INSTITUTIONS, "ClusterOrganisation", "ProgrammeAuthority", "Funder")
    assert {getattr(kinds, name) for name in names} | {SupportSystem, Initiative} == set(sets) == set(model.agent_types)
    assert all(isinstance(agent, kind) for kind, found in sets.items() for agent in found)
    registered = [agent for kind, found in sets.items() if kind not in (SME, LargeFirm, ForeignFirm) for agent in found]
    assert sorted(agent.unique_id for agent in registered) == sorted(agent.unique_id for agent in model.agents)
    assert [len(sets[kind]) for kind in (ClusterOrganisation, ProgrammeAuthority, Funder)] == [13, 1, 2]
    assert all(isinstance(agent, mesa.Agent) for agent in registered)


def test_agents_are_the_same_at_every_look(model):
    assert list(model.agents) == list(model.agents)
    first = [agent.unique_id for agent in make().agents]
    later = make(2)
    assert [agent.unique_id for agent in later.agents] == first == list(range(1, len(first) + 1))


def test_institutions_are_those_of_the_plan(model):
    plan = model.world.institutions.plan
    institutions = everyone(model, KnowledgeInstitution)
    assert len(institutions) == len(plan.kind)
    assert sum(one.units for one in institutions) == plan.units
    assert len({one.id for one in institutions}) == len({one.name for one in institutions}) == len(institutions)
    assert [len(model.agents_by_type[getattr(kinds, name)]) for name in INSTITUTIONS] == np.bincount(plan.kind).tolist()


def test_a_type_without_institutions_has_an_empty_set():
    model = make(1, "institutions.number_art_school=0")
    assert len(model.agents_by_type[ArtSchool]) == 0
    assert ArtSchool in model.agent_types


def test_institutions_show_the_arrays(model):
    world = model.world
    institutions = everyone(model, KnowledgeInstitution)
    assert sum(one.engagements for one in institutions) == world.institutions.used.sum() > 0
    assert all(0.0 <= one.engagements <= one.capacity for one in institutions)
    ties = [tie for one in institutions for tie in one.ties]
    assert len(ties) == sum(one.tie_count for one in institutions) == np.count_nonzero(world.ties.unit >= 0) > 0
    for one in institutions:
        assert {tie.institution for tie in one.ties} <= {one.id}
        kind = world.institutions.plan.kind[one.index]
        assert one.partnership == world.organisations.partnership[:, kind].mean()
    tie = ties[0]
    assert tie in model.firm(tie.firm).ties


def test_every_tie_and_every_matched_idea_has_a_unit(model):
    episodes = model.world.episodes
    early = (STAGE["dissemination"], STAGE["internationalisation"])
    assert (model.world.ties.unit >= 0).all()
    assert (episodes.unit[~np.isin(episodes.stage, early)] >= 0).all()


def test_organisations_show_the_arrays(model, organisations):
    world = model.world
    assert [one.id for one in organisations] == list(tables.organisation_ids())
    assert model.organisation("made").name == "MADE - Manufacturing Academy of Denmark"
    assert sum(len(one.members) for one in organisations) == np.count_nonzero(world.relations.member) > 0
    assert sum(one.relation_count for one in organisations) == world.relations.count
    live = world.relations.trust >= world.policy.num("trust.floor")
    assert sum(len(one.known_firms) for one in organisations) == np.count_nonzero(live)
    assert sum(person.portfolio for one in organisations for person in one.staff) <= np.count_nonzero(live)
    assert [len(one.staff) for one in organisations] == world.per_organisation(
        world.posts.organisation[world.posts.filled]
    ).tolist()
    assert all(one.id in firm.memberships for one in organisations for firm in one.members)
    for one in organisations:
        assert one.cash_mkr * OERE_PER_MKR == pytest.approx(world.ledger.own[one.index])
        grant = sum(amount for accounts in one.grant_mkr.values() for amount in accounts.values())
        assert grant * OERE_PER_MKR == pytest.approx(world.ledger.balance[one.index].sum())
        assert set(one.effects) == {"reach", "loyalty", "joining", "quality"}
        assert set(one.expected_support_years) == set(one.funded) == set(one.grant_mkr) == {"ufs", "deb"}
        assert min(one.expected_support_years.values()) > 0
        assert one.open
        assert 0.0 <= one.liquidity <= 1.0
        assert sum(one.activities.values()) == world.plan.activities[one.index].sum()
        assert sum(one.hours.values()) == pytest.approx(world.plan.hours[one.index].sum())


def test_staff_are_people(organisations):
    people = [person for one in organisations for person in one.staff]
    assert len({person.name for person in people}) == len(people) > 100
    assert "before 2021Q1" in {person.since for person in people}
    assert len({person.since for person in people}) > 1
    assert any(person.holder > 1 for person in people)
    assert all(person.name.endswith(f"-{person.slot}.{person.holder}") for person in people)


def test_before_the_first_quarter_nothing_was_done():
    one = make().organisation("made")
    assert one.activities == one.hours == {}
    assert len(one.members) > 0


def test_a_closed_organisation_shows_it():
    model = make(1)
    model.world.organisations.open[4] = False
    closed = [one for one in model.agents_by_type[ClusterOrganisation] if not one.open]
    assert [one.id for one in closed] == [model.world.organisations.ids[4]]
    (authority,) = model.agents_by_type[ProgrammeAuthority]
    assert len(authority.organisations) == 12
    assert closed[0].id not in authority.organisations


def test_funders_have_their_own_calendars(model):
    ufs, deb = model.agents_by_type[Funder]
    (authority,) = model.agents_by_type[ProgrammeAuthority]
    assert (ufs.id, deb.id) == ("ufs", "deb")
    assert (ufs.holdback_share, deb.holdback_share) == (0.15, 0.0)
    assert (ufs.instalments_per_year, deb.instalments_per_year) == (4, 2)
    assert (ufs.credit_months, deb.credit_months) == (2, 10)
    assert {(period.first, period.last) for period in ufs.calendar.values()} == {("2021Q1", "2024Q4")}
    assert {(period.first, period.last) for period in deb.calendar.values()} == {("2021Q1", "2022Q4")}
    assert len(ufs.calendar) == len(deb.calendar) == 13
    assert ufs.horizon_years == authority.horizon_years == 4
    assert ufs.budget_mkr_year + deb.budget_mkr_year == pytest.approx(authority.budget_mkr_year) == 160
    pot = model.world.ledger.pot.sum(axis=(0, 2)) / OERE_PER_MKR
    assert [sum(one.withheld_mkr.values()) for one in (ufs, deb)] == pytest.approx(pot.tolist())
    assert pot[0] > pot[1] == 0
    assert [one.balance_mkr * OERE_PER_MKR for one in (ufs, deb)] == pytest.approx(
        model.world.ledger.balance.sum(axis=(0, 2)).tolist()
    )


def test_an_organisation_that_loses_a_funder_leaves_its_calendar():
    model = make(1)
    model.world.organisations.funded[2, 1] = False
    ufs, deb = model.agents_by_type[Funder]
    assert set(ufs.calendar) - set(deb.calendar) == {model.world.organisations.ids[2]}


def test_the_authority_knows_the_timeline():
    lever = {"from": "2021Q3", "announced": "2021Q2", "set": {"evaluation.every_years": 5, "grant.budget_factor": 2}}
    model = Ecosystem(from_mapping({**SCENARIO, "timeline": [lever]}))
    (authority,) = model.agents_by_type[ProgrammeAuthority]
    found = []
    for _ in range(4):
        levers = len(authority.levers_announced), len(authority.levers_in_force)
        found.append((*levers, authority.evaluation_every_years))
        model.step()
    assert found == [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 1, 5)]
    assert authority.budget_mkr_year == 320
    assert 0 < authority.evaluation_threshold < 1


def test_surroundings(model):
    (system,) = model.agents_by_type[SupportSystem]
    environment, policy = model.world.environment, model.world.policy
    initiatives = model.agents_by_type[Initiative]
    life = life_rule(policy.num("initiative.life_years"))
    running = initiatives.select(lambda one: one.running)
    assert len(initiatives) == len(environment.start) > len(running) > 0
    number, _ = running_initiatives(environment.start, environment.size, model.period, life)
    assert len(running) == number
    assert all(parse(one.begins) <= model.period < parse(one.begins) + life for one in running)
    assert sum(one.size_mkr for one in initiatives) == pytest.approx(environment.size.sum())
    assert (system.actors, system.attention, system.price_level) == (
        environment.actors,
        environment.attention,
        environment.price,
    )
    assert system.support_actors == policy.num("environment.support_actors")


@pytest.mark.parametrize("find", ["organisation", "institution"])
def test_names_that_do_not_exist(model, find):
    for wrong in ("MADE", "university", "ufs", "", None):
        with pytest.raises(KeyError, match="there are"):
            getattr(model, find)(wrong)


def test_mesas_own_tools_work(model):
    by_size = model.agents_by_type[ClusterOrganisation].select(lambda one: len(one.staff) > 20)
    assert 0 < len(by_size) < 13
    assert model.agents.groupby(type).count()[ClusterOrganisation] == 13
    collector = mesa.DataCollector(
        agenttype_reporters={ClusterOrganisation: {"cash": "cash_mkr"}, LargeFirm: {"employees": "employees"}}
    )
    collector.collect(model)
    assert len(collector.get_agenttype_vars_dataframe(ClusterOrganisation)) == 13
    table = collector.get_agenttype_vars_dataframe(LargeFirm)
    assert table["employees"].tolist() == model.agents_by_type[LargeFirm].get("employees")


def test_the_model_is_a_mesa_model_with_our_scenario(model):
    assert isinstance(model, mesa.Model)
    assert model.scenario.name == "t"
    assert model.steps == model.period == 3
    assert model.running
    fresh = make()
    fresh.run_model()
    assert not fresh.running
    assert fresh.period == 4
    with pytest.raises(ValueError, match="ends after 4"):
        fresh.step()

"""The state at 2021Q1, read once from the arrays of a built world and written down as plain agents."""

import numpy as np

from klyngesim.ecosystem.initial import spending_rate
from klyngesim.ecosystem.processes.money_in import split_accounts
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import readiness_rule
from klyngesim.results.vocabulary import STAGES
from klyngesim.streams import Decision
from tests.reference.firms import KINDS
from tests.reference.institutions import CLASSES, Kind, Unit
from tests.reference.links import Idea, Post, Project, Relation, Tie
from tests.reference.organisation import ClusterOrganisation
from tests.reference.purse import OERE_PER_MKR, Purse, oere

STATE = ("presence_done", "presence_shift", "external_year", "own_income", "live", "year_presence")
STATE += ("business", "grant_use", "own_free", "own_use", "partnership", "written")
STATE += ("reach", "loyalty", "joining", "leaving", "quality", "mandate_start", "period_start", "period_end")
"""Columns of the organisations that are read at the start."""


def never(number):
    """A year or quarter, None where the arrays say that there was none."""
    return None if number < 0 else number


def firms(model, world):
    """All firms of the register by cell; traits are drawn at their ids."""
    register = world.register
    plan, traits = register.plan, register.traits
    first = register.first_row.tolist()
    lives = list(zip(register.birth.tolist(), register.death.tolist(), strict=True))
    startup_until = register.startup_until(np.arange(first[-1])).tolist()
    cells = []
    for cell, size in enumerate(plan.size_class.tolist()):
        chance = float(traits.exporter_by_cell[cell])
        found = []
        for row in range(first[cell], first[cell + 1]):
            ident = (cell << ID_BITS) | (row - first[cell])
            exporter = model.draw(Decision.EXPORTER, ident, period=0) < chance
            regional = model.draw(Decision.REGIONAL, ident, period=0) < traits.regional_share
            ready = model.draw(Decision.READINESS, ident, period=0)
            bonus = traits.exporter_bonus if exporter else 0.0
            mean = float(readiness_rule(ready, float(traits.readiness_mean[size]), traits.readiness_spread, bonus))
            who = (exporter, regional, mean, startup_until[row])
            found.append(KINDS[size](model, row, cell, row - first[cell], size, lives[row], who))
        cells.append(found)
    return cells


def organisations(model, world):
    """The cluster organisations with posts and purses."""
    values, reference = world.organisations, world.reference
    made = []
    for index, name in enumerate(values.ids):
        mine = {name: getattr(reference, name)[index].tolist() for name in reference.COLUMNS}
        start = {name: getattr(values, name)[index].tolist() for name in STATE}
        start["shift"] = values.activities_shift[index].tolist()
        start["year_effect"] = world.year_effect[index].tolist()
        start["presence_at_start"], start["usual_support"] = mine["presence"], mine["support"]
        start["id"], start["reference"], start["grant_share"] = name, mine, mine["grant_share"]
        start["roles"] = world.cell_role[index].tolist()
        start["counted_support"] = float(world.register.plan.counted_support[values.stronghold[index]])
        start["portfolio_posts"] = int(values.portfolio_posts[index])
        start["purse"] = purse(world, index)
        made.append(ClusterOrganisation(model, index, start))
        inherit_equity(made[-1])
    staff = world.posts
    columns = (staff.organisation, staff.number, staff.filled, staff.vacant_until)
    for index, number, filled, vacant_until in zip(*(column.tolist() for column in columns), strict=True):
        made[index].posts.append(Post(number, filled, vacant_until))
    return made


def inherit_equity(organisation):
    """Equity between the least share of the aim and the aim; what is not owed to it is cash."""
    model, purse = organisation.model, organisation.purse
    least, luck = model.num("initial.equity_least"), model.draw(Decision.INITIAL_EQUITY, organisation.index, period=0)
    purse.external = oere(organisation.reference["external_activity_quarter"])
    equity = oere(organisation.equity_aim() * (least + (1.0 - least) * luck))
    organisation.equity, purse.own = equity / OERE_PER_MKR, equity - purse.claims()


def purse(world, index):
    """What the predecessor programmes still owe."""
    policy = world.policy
    rates = spending_rate(split_accounts(policy), world.reference.grant_quarter, policy.num("grant.ufs_share"))
    made = Purse(rates[index].tolist(), 0, world.periods)
    release = round(policy.num("holdback.approval_quarters"))
    for row, funder, withheld in zip(made.lines, ("ufs", "deb"), (policy.num("holdback.share"), 0.0), strict=True):
        for line in row:
            line.owed(policy.num(f"{funder}.credit_months"), withheld, release)
    return made


def relations(model, world):
    """Relations in the order of the table, and what their firms have done."""
    contacts, table = world.contacts, world.relations
    known = []
    columns = ("row", "excess", "joined", "years", "hours", "last_year", "startup_year")
    for row, *state in zip(*(getattr(contacts, name).tolist() for name in columns), strict=True):
        firm = model.firms[row]
        firm.excess, firm.joined, firm.years, firm.hours = state[:4]
        firm.last_year, firm.startup_year = never(state[4]), never(state[5])
        known.append(firm)
    columns = ("contact", "organisation", "pair", "role", "staff", "trust", "member", "since", "last", "years")
    first_slot = world.organisations.first_post.tolist()
    for contact, index, pair, role, slot, trust, member, since, last, years in zip(
        *(getattr(table, name).tolist() for name in columns), strict=True
    ):
        organisation = model.organisations[index]
        post = organisation.posts[slot - first_slot[index]]
        relation = Relation(known[contact], organisation, pair, role, post, trust, member, since)
        relation.last, relation.years = never(last), years
        organisation.take_up(relation)


def ties_and_ideas(model, world):
    """Ties, projects and ideas on their way."""
    by_ident = {firm.ident: firm for firm in model.firms}
    ties, table = world.ties, world.projects
    for ident, unit, strength, origin in zip(
        ties.ident.tolist(), ties.unit.tolist(), ties.strength.tolist(), ties.origin.tolist(), strict=True
    ):
        by_ident[ident].ties[unit] = Tie(strength, model.organisations[origin] if origin >= 0 else None)
    columns = ("number", "organisation", "kind", "start", "end", "source", "running", "firms")
    for number, index, kind, start, end, source, running, count in zip(
        *(getattr(table, name).tolist() for name in columns), strict=True
    ):
        model.projects.append(
            Project(
                model.organisations[index],
                external=kind == 1,
                start=start,
                end=end if end > 0 else None,
                number=number,
                eu=source == 1,
                running=running,
                firms=count,
            )
        )
    episodes = world.episodes
    columns = ("relation", "stage", "since", "number", "unit", "project", "grounded")
    for row, stage, since, number, unit, project, grounded in zip(
        *(getattr(episodes, name).tolist() for name in columns), strict=True
    ):
        idea = Idea(model.relations[row], STAGES[stage].id, since, number, never(unit), grounded=grounded)
        idea.project = model.projects[project] if project >= 0 else None
        idea.relation.ideas += 1
        model.ideas.append(idea)


def institutions(model, world):
    """Types, units and institutions."""
    plan = world.institutions.plan
    kinds = [
        Kind(
            model,
            code,
            name,
            plan.kind.tolist().count(code),
            [],
        )
        for code, name in enumerate(INSTITUTION_TYPES)
    ]
    units = [Unit(number, kinds[code]) for number, code in enumerate(plan.unit_kind.tolist())]
    for unit in units:
        unit.kind.units.append(unit)
    made = [CLASSES[code](model, index, kinds[code]) for index, code in enumerate(plan.kind.tolist())]
    return kinds, units, made

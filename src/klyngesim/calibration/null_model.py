"""The null model: the same programme as a mean-field Markov model, what a spreadsheet could do.

It starts from the state that the agent model starts from and has the same parameters, but knows only means: firms of a
size class are alike, relations of an organisation with a class have one trust, and organisations share firms by
chance. Whatever it meets as well as the agents do needs no agents; what it cannot express it leaves undefined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from klyngesim.calibration.simulate import FIRST_SEED
from klyngesim.compiled import elementwise
from klyngesim.ecosystem.build import build
from klyngesim.ecosystem.processes.dissemination import return_rule
from klyngesim.ecosystem.processes.membership import join_rule, renew_rule, stay_rule
from klyngesim.ecosystem.processes.participation import gain_rule
from klyngesim.ecosystem.processes.recruitment import exporter_ratio
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.targeting import by_group, expected_answers
from klyngesim.evidence.catalogue import facts_about
from klyngesim.population.strongholds import FOREIGN, LARGE, MEDIUM, SIZE_NAMES
from klyngesim.results.records import PROGRAMME
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Scenario
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats

QUARTERS = 12
_YEAR = 4
_CLASSES = len(SIZE_NAMES)


@dataclass
class Means:
    """State of the null model; arrays of shape (organisations, classes), numbers of relations unless said.

    ``live``: relations that are invited as known; ``trust``: their mean; ``fresh``: those of them that have not taken
    part since 2021; ``active``: relations that have taken part in one, two, three calendar years, shape (3, O, C);
    ``this_year``: those of them already active in the running year, likewise; ``members`` and ``ever_members``.
    """

    live: Floats
    trust: Floats
    fresh: Floats
    active: Floats
    this_year: Floats
    members: Floats
    ever_members: Floats


def null_observables(scenario: Scenario) -> dict[tuple[str, str], float]:
    """What the null model gives for 2021-2023, by (observable, cluster), for a scenario up to 2023Q4.

    Only what means can express is there: participants, members, their overlaps, size shares, years of participation
    and the share of the budget that is spent.
    """
    world = build(scenario, FIRST_SEED)
    state = opening(world)
    rates = answers(world)
    for period in range(QUARTERS):
        quarter(world, state, rates, period)
    return observables(world, state)


def opening(world: World) -> Means:
    """The agent model's state at 2021Q1, as means."""
    relations = world.relations
    size = world.contacts.size[relations.contact]
    cell = relations.organisation * _CLASSES + size

    def counted(chosen: Floats) -> Floats:
        summed = np.bincount(cell, chosen, world.count * _CLASSES).astype(np.float64)
        return summed.reshape(world.count, _CLASSES)

    live = counted((relations.trust > 0.0).astype(np.float64))
    trust = counted(relations.trust) / np.where(live > 0.0, live, 1.0)
    members = counted(relations.member.astype(np.float64))
    nothing = np.zeros((3, world.count, _CLASSES))
    return Means(live, trust, live.copy(), nothing, nothing.copy(), members, members.copy())


def answers(world: World) -> Floats:
    """Strangers who say yes per proposal, by organisation and class: mean of the answer rule over the cells."""
    policy, plan = world.policy, world.register.plan
    cells = len(plan.firms)
    bounds = world.proposals.bounds[:-1].reshape(-1, cells)
    each = np.diff(bounds - np.arange(len(bounds))[:, None], axis=1, prepend=0.0).reshape(world.count, -1, cells)
    weight = np.asarray((each * world.reference.contact_roles[:, :, None]).sum(axis=1))
    ratio = elementwise(exporter_ratio)(policy.num("recruitment.exporter_ratio"), world.reference.export_pull)
    exporting, others = expected_answers(policy, world.register, ratio)
    return by_group(weight * (exporting + others), plan.size_class, _CLASSES)


def quarter(world: World, state: Means, rates: Floats, period: int) -> None:
    """One quarter: contacts, attendance under the seats, trust, years, joining and renewing, fading."""
    policy, reference = world.policy, world.reference
    if period % _YEAR == 0:
        state.this_year[:] = 0.0
    contacts = reference.hours[:, 0] / policy.vec("recruitment.hours_per_contact") * world.organisations.reach
    newcomers = contacts[:, None] * rates
    loyalty = world.organisations.loyalty[:, None]
    base, slope = policy.num("attendance.return_base"), policy.num("attendance.return_trust")
    willing = state.live * elementwise(return_rule)(state.trust, loyalty, 1.0, base, slope)
    room = reference.seats_quarter / (1.0 + policy.num("attendance.extra_seat"))
    wanted = (willing + newcomers).sum(axis=1)
    fill = np.minimum(1.0, room / np.where(wanted > 0.0, wanted, 1.0))[:, None]
    if policy.word("scarcity.seats") == "off":
        fill = np.ones_like(fill)
    known, new = willing * fill, newcomers * fill
    count_years(state, known, new)
    gain = policy.num("trust.gain")
    total = state.live + new
    raised = (state.live - known) * state.trust + known * elementwise(gain_rule)(state.trust, gain) + new * gain
    trust = raised / np.where(total > 0.0, total, 1.0)
    memberships(world, state, known + new, trust)
    decay, floor = policy.num("trust.decay_quarter"), policy.num("trust.floor")
    # A relation that is not used lasts until its trust has faded to the floor.
    life = np.maximum(1.0, np.log(np.maximum(trust, 1.001 * floor) / floor) / -np.log(1.0 - decay))
    lost = (total - known - new) / life
    share = state.fresh / np.where(total > 0.0, total, 1.0)
    state.live = total - lost
    state.fresh = np.maximum(0.0, state.fresh - lost * share)
    state.trust = np.maximum(floor, trust * (1.0 - decay))


def count_years(state: Means, known: Floats, new: Floats) -> None:
    """Moves relations between one, two and three calendar years of participation."""
    chance = known / np.where(state.live > 0.0, state.live, 1.0)
    first = state.fresh * chance
    state.fresh = state.fresh - first
    for years in (1, 0):
        idle = state.active[years] - state.this_year[years]
        moved = idle * chance
        state.active[years] -= moved
        state.active[years + 1] += moved
        state.this_year[years + 1] += moved
    state.active[0] += first + new
    state.this_year[0] += first + new


def memberships(world: World, state: Means, attending: Floats, trust: Floats) -> None:
    """Joining by those who attend and are no members, renewal by a quarter of the members."""
    policy = world.policy
    weight = policy.nums("membership.weight_*", SIZE_NAMES)
    one = np.ones_like(trust)
    chance = elementwise(join_rule)(
        trust,
        weight[None, :] * one,
        world.organisations.joining[:, None] * one,
        one,
        policy.num("membership.join_base"),
        policy.num("membership.join_trust"),
    )
    outside = 1.0 - np.minimum(1.0, state.members / np.where(state.live > 0.0, state.live, 1.0))
    joined = attending * outside * chance
    usual = elementwise(stay_rule)(policy.num("membership.renewal"), world.organisations.leaving)
    stays = elementwise(renew_rule)(
        usual[:, None] * one,
        trust,
        one,
        one,
        policy.num("membership.renewal_trust"),
        policy.num("membership.usual_trust"),
        policy.num("membership.support_response"),
    )
    state.members = state.members * (1.0 - (1.0 - stays) / _YEAR) + joined
    state.ever_members = state.ever_members + joined


def observables(world: World, state: Means) -> dict[tuple[str, str], float]:
    """The means in the words of `calibration.catalogue`."""
    policy, ids = world.policy, world.organisations.ids
    firms = state.active.sum(axis=0)
    people = firms.sum(axis=1) + institutions_seen(world)
    reading = policy.word("membership.reading")
    counted = state.ever_members if reading == "ever_2021_23" else state.members
    members = counted.sum(axis=1) / policy.num("members.firm_share")
    plan = world.register.plan
    population = np.bincount(plan.size_class, plan.firms, _CLASSES).astype(np.float64)
    danish = np.arange(_CLASSES) != FOREIGN
    home = firms[:, danish].sum(axis=1)
    found = {("participants", name): float(people[place]) for place, name in enumerate(ids)}
    found |= {("members", name): float(members[place]) for place, name in enumerate(ids)}
    for code, word in ((LARGE, "large_firm_share"), (MEDIUM, "medium_firm_share")):
        shares = {name: float(firms[place, code] / home[place]) for place, name in enumerate(ids)}
        found |= {(word, name): share for name, share in shares.items()}
        named = {fact.cluster for fact in facts_about(word)}
        found[f"{word}_named", PROGRAMME] = float(np.mean([share for name, share in shares.items() if name in named]))
    found |= {("participants_sum", PROGRAMME): float(people.sum()), ("members_sum", PROGRAMME): float(members.sum())}
    for word, pairs in (("participants_overlap", firms), ("members_overlap", counted)):
        found[word, PROGRAMME] = float(pairs.sum() / by_chance(pairs, population).sum())
    found["one_year_share", PROGRAMME] = float(state.active[0].sum() / firms.sum())
    years = 2.0 + policy.num("spending.start_year")
    found["grant_spent_share", PROGRAMME] = years * policy.num("spending.absorption") / 4.0
    return found


def institutions_seen(world: World) -> Floats:
    """Institutions that take part in any of the three years by organisation, expected number, shape (O,).

    One with ``v`` expected visits a year is among a year's participants with chance v / (1 + v), as for the agents.
    """
    kinds = world.organisations.presence.shape[1]
    number = np.bincount(world.institutions.plan.kind, minlength=kinds)
    events = _YEAR * world.reference.activities_quarter[:, :2].sum(axis=1)
    visits = world.organisations.presence * events[:, None] / np.maximum(1, number)
    idle = 1.0 / (1.0 + visits)
    return np.asarray((number * (1.0 - idle**3)).sum(axis=1))


def by_chance(pairs: Floats, population: Floats) -> Floats:
    """Different firms by class when every organisation draws its firms from the whole class, shape (classes,)."""
    share = np.minimum(1.0, pairs / np.maximum(1.0, population))
    return np.asarray(population * (1.0 - np.prod(1.0 - share, axis=0)))


def null_draws(draws: Sequence[Mapping[str, Scalar]], wanted: Sequence[tuple[str, str]], template: Template) -> Floats:
    """Observables of the null model, shape (draws, wanted); NaN where it cannot express one."""
    rows = [null_observables(template.at(draw)) for draw in draws]
    return np.array([[row.get(key, float("nan")) for key in wanted] for row in rows])

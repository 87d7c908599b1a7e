"""Step 8, first half: ideas with a partner choose their next step, and R&D applications (FoU-ansøgninger) are written.

Consortia form among firms with a tie; an organisation writes as many applications as its hours allow, and those
beyond its planned activities are hidden from registration (M067).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.consortia import EVERYBODY, SLOTS, Lots, check_slots, form
from klyngesim.ecosystem.processes.calls import decide
from klyngesim.ecosystem.processes.leaving import depart, luck_of, move
from klyngesim.ecosystem.processes.passed_on import Terms as Time
from klyngesim.ecosystem.processes.passed_on import application_time
from klyngesim.ecosystem.processes.solvency import follow_rule
from klyngesim.ecosystem.rows import EXTERNAL, NEVER
from klyngesim.ecosystem.settings import Values, number, worked_out
from klyngesim.ecosystem.state import APPLICATION, PROJECT, State, World
from klyngesim.ecosystem.tables import Array
from klyngesim.streams import MAX_PERIOD, Decision, Floats, Ints, uniforms

YEAR = 4.0
"""Quarters."""
LOTS = Lots(int(Decision.APPLICATION_SLOT), int(Decision.APPLICATION_RANK), int(Decision.APPLICATION_ROOM))


def room(policy: Values) -> Floats:
    """Firms in an application on average, shape (O,)."""
    if policy.word("scarcity.seats") == "off":
        return np.full_like(policy.vec("seats.application_firms"), EVERYBODY)
    # Groups of ten in Table 6 are workshops on applications, not consortia.
    return np.clip(policy.vec("seats.application_firms"), 1.0, policy.num("application.consortium_most"))


class Terms(NamedTuple):
    """Parameters of ideas with a partner in a quarter.

    Attributes:
        to_pilot, to_application, loss: odds against waiting, see `next_step_rule`.
        price_share: share of the ideas given up for which the price is the reason.
        lost_trust_below: trust below which lost trust is the reason of the others.
        seats: firms in an application on average, shape (O,).
        base: chance that what is written becomes a joint application, without a broker.
        broker, headroom: see `broker_rule`.
    """

    to_pilot: float = number("matched.to_pilot")
    to_application: float = number("matched.to_application")
    grounded_ratio: float = number("matched.grounded_ratio")
    loss: float = number("matched.loss_quarter")
    price_share: float = number("matched.loss_price_share")
    least: float = number("matched.least_quarters")
    lost_trust_below: float = number("matched.lost_trust_below")
    seats: Floats = worked_out(room)
    base: float = number("application.joint_base")
    broker: float = number("broker.ratio")
    headroom: float = number("broker.headroom")
    time: Time = worked_out(lambda policy: policy.terms(Time))


@rule
def next_step_rule(
    pilots: bool, grounded: bool, to_pilot: float, to_application: float, grounded_ratio: float, loss: float
) -> tuple[float, float, float]:
    """Chances that a matched idea goes for a pilot; for a pilot or an application; or for one of them or is given up.

    These are competing risks, given as odds against waiting a quarter: with waiting they add up to one.

    Args:
        pilots: whether its organisation holds pilots.
        grounded: whether it has a pilot behind it, and needs no other one.
        to_pilot: odds of a pilot.
        to_application: of an application.
        grounded_ratio: of applications with a pilot behind them to others.
        loss: of being given up.
    """
    pilot = to_pilot if pilots and not grounded else 0.0
    application = to_application * (grounded_ratio if grounded else 1.0)
    whole = 1.0 + pilot + application + loss
    return pilot / whole, (pilot + application) / whole, (pilot + application + loss) / whole


@rule
def ready_rule(period: int, since: int, least: float) -> bool:
    """Whether an idea may choose: a pilot or an application has to be written first, which takes ``least`` quarters."""
    return period - since >= least


@rule
def reason_rule(share: float, trust: float, price_share: float, lost_trust_below: float) -> int:
    """Why an idea with a partner is given up, codes of `reasons`; ``share``: a uniform."""
    if share < price_share:
        return reasons.PRICE
    return reasons.LOST_TRUST if trust < lost_trust_below else reasons.OTHER_FORA


@loop
def next_steps(state: State, terms: Terms) -> tuple[Ints, Ints]:
    """Ideas with a partner go for a pilot, go for an application, wait, or are given up; one draw decides.

    Returns:
        Ideas that go for a pilot, and those that go for an application.
    """
    episodes = state.episodes
    rows = np.array(
        [
            row
            for row in range(len(episodes))
            if episodes[row].stage == stages.MATCHMAKING and ready_rule(state.period, episodes[row].since, terms.least)
        ],
        dtype=np.int64,
    )
    luck = luck_of(state, Decision.NEXT_STEP, rows)
    steps = np.full(len(rows), stages.MATCHMAKING)
    for index in range(len(rows)):
        episode, uniform = episodes[rows[index]], luck[index]
        pilots = state.plans[episode.organisation].mix[PROJECT] > 0.0
        to_pilot, edge, end = next_step_rule(
            pilots, episode.grounded, terms.to_pilot, terms.to_application, terms.grounded_ratio, terms.loss
        )
        if uniform < to_pilot:
            steps[index] = stages.PILOT
        elif uniform < edge:
            steps[index] = stages.APPLICATION
        elif uniform < end:
            share, trust = (uniform - edge) / (end - edge), state.relations[episode.relation].trust
            depart(state, episode, reason_rule(share, trust, terms.price_share, terms.lost_trust_below))
    return rows[steps == stages.PILOT], rows[steps == stages.APPLICATION]


def choose(world: World) -> None:
    """Ideas with a partner choose their next step."""
    world.wants_pilot, world.wants_application = next_steps(world.state, world.policy.terms(Terms))


@rule
def broker_rule(hours: float, written: float, usual_each: float, ratio: float, headroom: float) -> float:
    """Factor of brokers on the chance of a joint application (E140, E141), 1 without their hours.

    Args:
        hours: of brokers in the quarter.
        written: applications in a quarter.
        usual_each: hours of brokers for each of them at the start.
        ratio: factor at as many.
        headroom: what hours without end would add beyond it, over what the usual ones add; 0 = nothing.
    """
    if hours <= 0.0:
        return 1.0
    return 1.0 + (ratio - 1.0) * (1.0 + headroom) * hours / (hours + headroom * usual_each * written)


@rule
def joint_rule(base: float, broker: float, time: float) -> float:
    """Chance that what is written for firms and institutions becomes a joint application: both sides give hours."""
    return min(1.0, base * broker * time)


@loop
def joint_chances(state: State, terms: Terms) -> Floats:
    """Chance of each organisation that what it writes becomes a joint application, shape (O,)."""
    chances = np.empty(len(state.plans))
    for index in range(len(chances)):
        organisation, usual = state.organisations[index], state.reference[index]
        usual_each = usual.brokering / usual.written_quarter
        hours, written = state.plans[index].brokering, organisation.written
        broker = broker_rule(hours, written, usual_each, terms.broker, terms.headroom)
        chances[index] = joint_rule(terms.base, broker, application_time(state, index, terms.time))
    return chances


@loop
def write(state: State, wanting: Ints, slots: Ints, terms: Terms, store: Array) -> int:
    """Writes for each consortium among the ``wanting`` ideas; returns the projects in ``store`` then.

    What does not become a joint application has taken its hours, and its ideas wait. Brokers and institutions share
    their hours among what is written in about a year. The first ones up to the planned number are registered.
    """
    before = len(state.projects)
    consortia = form(state.episodes, wanting, slots, terms.seats, state.draws, state.period, LOTS)
    chances, luck = joint_chances(state, terms), uniforms(state.draws, Decision.JOINT, state.period, consortia.slots)
    place = np.full(len(consortia.slots), NEVER)
    origin = uniforms(state.draws, Decision.APPLICATION_SOURCE, state.period, consortia.slots)
    count, written = before, np.zeros(len(state.organisations))
    for index in range(len(consortia.slots)):
        leader = consortia.slots[index] // SLOTS
        written[leader] += 1.0
        if luck[index] >= chances[leader]:
            continue
        flow, project, place[index] = state.flows[leader], store[count], count
        count += 1
        project.number = consortia.slots[index] * (MAX_PERIOD + 1) + state.period
        project.organisation, project.kind, project.start = leader, EXTERNAL, state.period
        project.source = 1 if origin[index] < state.reference[leader].eu_share else 0
        project.firms = consortia.firms[index]
        project.hidden = flow.applications_registered >= state.plans[leader].activities[APPLICATION]
        flow.applications += 1.0
        flow.applications_hidden += project.hidden
        flow.applications_registered += not project.hidden
    for row, index in zip(consortia.ideas, consortia.which):  # noqa: B905 (loops know no strict)
        if place[index] != NEVER:
            episode = state.episodes[row]
            move(state, episode, stages.APPLICATION, reasons.PROGRESS)
            episode.project = place[index]
            episode.hidden = store[episode.project].hidden
    for index in range(len(written)):
        organisation = state.organisations[index]
        organisation.written = follow_rule(organisation.written, written[index], YEAR)
    return count


def apply(world: World) -> None:
    """Calls decide the applications of earlier quarters, and this quarter's are written."""
    decide(world)
    slots, wanting = world.plan.applications, world.wants_application
    check_slots(world, "applications", slots)
    store = world.projects.reserve(len(wanting))
    world.projects.use(write(world.state, wanting, slots, world.policy.terms(Terms), store))

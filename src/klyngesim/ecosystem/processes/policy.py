"""Step 1: levers take effect, initiatives arrive, and the number of actors changes how firms listen.

Sources: M005, M006, M084, M085, M086 (number of actors and initiatives), L05, L06, L46 (platform or one more actor).
"""

from __future__ import annotations

import math

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.by_organisation import Reference
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.totals import summed
from klyngesim.streams import Decision, Floats, Ints, Streams, lookup

_HISTORY = 40  # quarters before 2021Q1 from which an initiative could still be running
_TABLE = 256


def attention_rule(ratio: float, response: str, strength: float, optimum: float, least: float) -> float:
    """How firms' answers change with the number of actors that want their attention: a factor, 1 at ratio 1.

    Args:
        ratio: actors now over actors at 2021Q1.
        response: ``monotone`` (each actor more lowers the answers, M005) or ``interior_optimum`` (some overlap is
            useful, M006, most at the ratio ``optimum``).
        strength: 0 = no effect.
        optimum: see ``response``.
        least: the factor never falls below this.
    """
    if response == "monotone":
        return max(least, 1.0 / max(least, 1.0 + strength * (ratio - 1.0)))
    away, now = (ratio - optimum) * (ratio - optimum), (1.0 - optimum) * (1.0 - optimum)
    return max(least, 1.0 + strength * (now - away))


def life_rule(years: float) -> int:
    """Quarters that an initiative runs: a quarter begun is run to its end."""
    return math.ceil(4.0 * years)


def actors_rule(organisations: int, others: float, merged: float, initiatives: int, routed_share: float) -> float:
    """Actors that compete for a firm's attention: organisations, other support actors and initiatives.

    Neither an initiative that is routed through the organisations nor a support actor that is merged into them (L05,
    platform) is an actor of its own.
    """
    return organisations + others * (1.0 - merged) + initiatives * (1.0 - routed_share)


def routed_rule(grant_share: Floats, money: float, life: int, routed_share: float) -> Floats:
    """Routed money of a quarter by organisation, mkr: its share of what running initiatives have in their life.

    ``money``: of all running initiatives over the quarters that they run (``life``), mkr.
    """
    return grant_share * money / life * routed_share


def held_rule(money: float, cost: float, price: float, ratio: float) -> float:
    """Activities that separate initiatives hold in a quarter: an expected number.

    Args:
        money: of those initiatives, mkr.
        cost: of an activity of the organisations in 2021-2023, mkr; nothing is held where it had none.
        price: price level.
        ratio: cost of an activity of a separate initiative over the organisations'.
    """
    each = cost * ratio * price
    return money / each if each > 0.0 else 0.0


def initiatives(streams: Streams, periods: int, policy: Values) -> tuple[Ints, Floats]:
    """Quarters of arrival and sizes (mkr) of initiatives such as lighthouses (fyrtårne), fixed by the seed.

    Gaps are exponential with mean `initiative.years_between`; the list begins before 2021Q1 so that the first
    years are like the later ones.
    """
    mean = policy.num("initiative.years_between") * 4.0
    # Quantiles of the exponential distribution, made once with the scalar logarithm.
    gaps = np.array([-math.log(1.0 - min(n, _TABLE - 0.5) / _TABLE) for n in range(_TABLE + 1)])
    numbers = np.arange(8 + int(6 * (periods + _HISTORY) / max(mean, 0.25)))
    waits = mean * lookup(gaps, streams.uniform(Decision.INITIATIVE_GAP, 0, numbers))
    start = -_HISTORY + np.floor(np.cumsum(waits)).astype(np.int64)
    low, high = policy.num("initiative.size_low_mkr"), policy.num("initiative.size_high_mkr")
    size = low + (high - low) * streams.uniform(Decision.INITIATIVE_SIZE, 0, numbers)
    within = start < periods
    return start[within], size[within]


@loop
def running_initiatives(start: Ints, size: Floats, period: int, life: int) -> tuple[int, float]:
    """Initiatives that run in a quarter: their number, and their money over their life, mkr."""
    number, money = 0, 0.0
    for index in range(len(start)):
        if start[index] <= period < start[index] + life:
            number += 1
            money += size[index]
    return number, money


def look_around(world: World) -> float:
    """Counts the initiatives that run and the actors that compete; returns the initiatives' money, mkr."""
    policy, environment = world.policy, world.environment
    life = life_rule(policy.num("initiative.life_years"))
    number, money = running_initiatives(environment.start, environment.size, world.period, life)
    still, others = int(np.count_nonzero(world.organisations.open)), policy.num("environment.support_actors")
    merged, routed = policy.num("environment.consolidated"), policy.num("initiative.routed_share")
    environment.initiatives = float(number)
    environment.separate_money = money / life * (1.0 - routed)
    environment.actors = actors_rule(still, others, merged, number, routed)
    return money


def separate_output(world: World) -> tuple[float, float]:
    """Activities that separate initiatives hold in a quarter, and firms that come to them: expected numbers.

    They are like the organisations' activities of 2021-2023. Nobody draws the firms: some know an organisation and
    some do not, and they bring neither trust nor ideas.
    """
    policy, around, usual = world.policy, world.environment, world.reference
    cost, seats = usual_activity(usual.rows)
    activities = held_rule(around.separate_money, cost, around.price, policy.num("initiative.cost_ratio"))
    return activities, activities * seats * policy.num("initiative.fill")


@loop
def usual_activity(reference: Rows[Reference]) -> tuple[float, float]:
    """What an activity cost at the start, mkr, and the seats taken at it: means over all organisations."""
    held = grant = seats = 0.0
    for usual in reference:
        held += summed(usual.activities_quarter)
        grant += usual.grant_quarter
        seats += usual.seats_quarter
    return grant / max(held, 1e-9), seats / max(held, 1e-9)


def take_effect(world: World) -> None:
    """Reads the levers of this quarter and updates the surroundings."""
    environment = world.environment
    policy = world.policy = world.settings.at(world.period)
    world.expected = world.settings.expected(world.period)
    money, life = look_around(world), life_rule(policy.num("initiative.life_years"))
    environment.attention = attention_rule(
        environment.actors / environment.reference_actors,
        policy.word("attention.response"),
        policy.num("attention.strength"),
        policy.num("attention.optimum"),
        policy.num("attention.least"),
    )
    world.plan.routed = routed_rule(world.reference.grant_share, money, life, policy.num("initiative.routed_share"))

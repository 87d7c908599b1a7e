"""Step 6: dissemination (videnspredning) and internationalisation: who comes, and what coming does.

Seats have Table 6 as their mean; those who come are the willing among the invited, strangers and known firms alike,
as long as there are seats. How full the rooms are is a result. Institutions come by type (Figure 6, M039), and
those who come become more ready (M016).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.participation import take_part
from klyngesim.ecosystem.processes.presence import institutions_attend
from klyngesim.ecosystem.relations import care_rule, enrol, known_pairs
from klyngesim.ecosystem.rows import NEVER
from klyngesim.ecosystem.sorting import grouped
from klyngesim.ecosystem.stages import CONTACTED
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.population.strongholds import LARGE, SIZE_NAMES
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest, keep_smallest_of


def return_rule(trust: Floats, loyalty: Floats, attention: float, base: float, slope: float) -> Floats:
    """Chance that a known firm wants to come again this quarter; rises with trust (M011, M082)."""
    return np.asarray(np.minimum(0.95, (base + slope * trust) * loyalty * attention))


def quota_rule(seats: Ints, second: float) -> Ints:
    """Firms that the seats are for, when a share ``second`` of them takes two."""
    return np.floor(seats / (1.0 + second)).astype(np.int64)


def drift_rule(large: Bools, private_ratio: Floats, strength: float) -> Floats:
    """Factor on the rank of a firm: more private money draws attention to those who pay (M009, E174)."""
    more = np.maximum(0.0, private_ratio - 1.0)
    return np.asarray(1.0 / (1.0 + strength * more * large))


def disseminate(world: World) -> None:
    """Fills the seats; leaves the attendances of this quarter in ``world.seats``."""
    policy, period, relations = world.policy, world.period, world.relations
    known = known_pairs(world)
    if world.policy.word("attendance.return_rule") == "need":
        # Rival rule: firms come back because they need something, not because they trust.
        strength = world.contacts.mean[relations.contact[known]]
    else:
        strength = relations.trust.take(known)
    care = care_rule(world)
    chance = return_rule(
        strength,
        (world.organisations.loyalty * care).take(relations.organisation.take(known)),
        world.environment.attention,
        policy.num("attendance.return_base"),
        policy.num("attendance.return_trust"),
    )
    willing = known.compress(world.streams.uniform(Decision.RETURN, period, relations.pair.take(known)) < chance)
    newcomers = enrol(world)
    world.enrolled = newcomers
    candidates = np.concatenate((willing, newcomers))
    is_new = np.arange(len(candidates)) >= len(willing)
    hours = policy.num("attendance.hours_per_seat")
    contacts = world.contacts
    contact, pair = relations.contact.take(candidates), relations.pair.take(candidates)
    rank = world.streams.uniform(Decision.SEAT_RANK, period, pair)
    able, spare = has_time(world, contact, pair, hours)
    organisation = relations.organisation.take(candidates)
    size = contacts.size.take(contact)
    world.flows.willing += world.per_organisation(organisation)
    unable = np.flatnonzero(is_new & ~able)
    world.tally.move(organisation[unable], size[unable], CONTACTED, STAGE["left"], "no_capacity")

    seats = world.plan.firm_seats.sum(axis=1)
    world.flows.seats_offered += seats
    held = world.plan.activities[:, DISSEMINATION] + world.plan.activities[:, INTERNATIONALISATION] > 0
    open_ended = policy.word("scarcity.seats") == "off" or policy.word("attendance.rule") == "demand"
    extra = policy.num("attendance.extra_seat")
    quota = np.where(held, quota_rule(seats, extra), 0)
    quota = np.where(held & open_ended, len(candidates), quota)
    rank = rank * drift_rule(
        size == LARGE, world.organisations.private_ratio[organisation], policy.num("cofinancing.attention_drift")
    )
    comes = keep_smallest_of(able, organisation, rank, quota)
    guard_small_firms(world, comes, able, rank, organisation, size, quota)
    turned_away = np.flatnonzero(is_new & able & ~comes)
    world.tally.move(organisation[turned_away], size[turned_away], CONTACTED, STAGE["left"], "no_seat")
    present = np.flatnonzero(comes)
    take_part(world, candidates[present], is_new[present], spare[present], hours)
    institutions_attend(world)


def has_time(world: World, contact: Ints, pair: Ints, hours: float) -> tuple[Bools, Bools]:
    """Which invitations a firm has hours for this year, and whether there is time for a second seat.

    A firm that several organisations invite accepts as many as fit, in an order of its own.

    Returns:
        (accepts, time for a second seat), both bool of the shape of ``contact``.
    """
    contacts, period = world.contacts, world.period
    used = np.where(contacts.year.take(contact) == period // 4, contacts.hours.take(contact), 0.0)
    room = np.floor((engagement_hours(world).take(contacts.size.take(contact)) - used) / hours).astype(np.int64)
    accepts, spare = room >= 1, room >= 2
    # Only the firms with several invitations have to choose.
    contacts.mark[contact[~contacts.distinct(contact)]] = NEVER
    many = np.flatnonzero(contacts.mark.take(contact) == NEVER)
    firms, place = grouped(contact[many])
    limit = np.zeros(len(firms), dtype=np.int64)
    limit[place] = np.maximum(room[many], 0)
    short = np.flatnonzero((limit < np.bincount(place, minlength=len(firms)))[place])
    order = world.streams.uniform(Decision.OFFER_ORDER, period, pair[many[short]])
    accepts[many[short]] = keep_smallest(place[short], order, limit)
    offers = np.bincount(place[accepts[many]], minlength=len(firms))
    spare[many] = (2 * offers <= limit)[place]
    return accepts, spare


def engagement_hours(world: World) -> Floats:
    """Hours a year that a firm of each class can give, shape (5,)."""
    return world.policy.nums("firms.hours_*", SIZE_NAMES)


def guard_small_firms(
    world: World, comes: Bools, able: Bools, rank: Floats, organisation: Ints, size: Ints, quota: Ints
) -> None:
    """Reserves a share of the seats for firms below 50 employees (L12); others give up their seats to them."""
    share = world.policy.num("guard.seat_share")
    if share <= 0.0:
        return
    small = size <= 1
    reserved = np.floor(quota * share).astype(np.int64)
    first = keep_smallest_of(able & small, organisation, rank, reserved)
    rest = quota - world.per_organisation(organisation[first]).astype(np.int64)
    others = keep_smallest_of(able & ~first, organisation, rank, np.maximum(rest, 0))
    comes[:] = first | others

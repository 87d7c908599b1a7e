"""Step 6: dissemination (videnspredning) and internationalisation: who comes, and what coming does.

Seats have Table 6 as their mean; those who come are the willing among the invited, strangers and known firms alike,
as long as there are seats. How full the rooms are is a result. Institutions come by type (Figure 6, M039), and
those who come become more ready (M016).
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.relations import care_rule, enrol, known_pairs
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, World
from klyngesim.ecosystem.tally import CONTACTED
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.strongholds import ABROAD, LARGE, MAIN, SUPPORTING
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest, pair_id

def return_rule(trust: Floats, loyalty: Floats, attention: float, base: float, slope: float) -> Floats:
    """Chance that a known firm wants to come again this quarter; rises with trust (M011, M082)."""
    return np.asarray(np.minimum(0.95, (base + slope * trust) * loyalty * attention))


def gain_rule(level: Floats, rate: float) -> Floats:
    """A share of what is missing to 1 is gained (trust, readiness); never beyond 1."""
    return np.asarray(level + rate * (1.0 - level))


def disseminate(world: World) -> None:
    """Fills the seats; leaves the attendances of this quarter in ``world.seats``."""
    policy, period, relations = world.policy, world.period, world.relations
    draw = world.streams.uniform
    known = known_pairs(world)
    if world.policy.word("attendance.return_rule") == "need":
        # Rival rule: firms come back because they need something, not because they trust.
        strength = world.contacts.mean[relations.contact[known]]
    else:
        strength = relations.trust[known]
    care = care_rule(world)
    chance = return_rule(
        strength,
        (world.organisations.loyalty * care)[relations.organisation[known]],
        world.environment.attention,
        policy.num("attendance.return_base"),
        policy.num("attendance.return_trust"),
    )
    willing = known[draw(Decision.RETURN, period, relations.pair[known]) < chance]
    newcomers = enrol(world)
    world.seats["newcomers"] = newcomers
    candidates = np.concatenate((willing, newcomers))
    is_new = np.arange(len(candidates)) >= len(willing)
    hours = policy.num("attendance.hours_per_seat")
    contacts = world.contacts
    contact = relations.contact[candidates]
    able, spare = has_time(world, contact, relations.pair[candidates], hours)
    organisation = relations.organisation[candidates]
    size = contacts.size[contact]
    world.tally.add("willing", world.per_organisation(organisation))
    world.tally.move(organisation[is_new & ~able], size[is_new & ~able], CONTACTED, STAGE["left"], "no_capacity")

    seats = world.seats["firms_dissemination"] + world.seats["firms_internationalisation"]
    world.tally.add("seats_offered", seats)
    held = world.seats["activities"][:, DISSEMINATION] + world.seats["activities"][:, INTERNATIONALISATION] > 0
    open_ended = policy.word("scarcity.seats") == "off" or policy.word("attendance.rule") == "demand"
    extra = policy.num("attendance.extra_seat")
    quota = np.where(held, np.floor(seats / (1.0 + extra)), 0.0).astype(np.int64)
    quota = np.where(held & open_ended, len(candidates), quota)
    rank = draw(Decision.SEAT_RANK, period, relations.pair[candidates])
    rank = rank * attention_drift(world, size, organisation)
    comes = able & keep_smallest(organisation, np.where(able, rank, 2.0), quota)
    guard_small_firms(world, comes, able, rank, organisation, size, quota)
    turned_away = is_new & able & ~comes
    world.tally.move(organisation[turned_away], size[turned_away], CONTACTED, STAGE["left"], "no_seat")
    take_part(world, candidates[comes], is_new[comes], spare[comes], hours)
    institutions_attend(world)


def has_time(world: World, contact: Ints, pair: Ints, hours: float) -> tuple[np.ndarray, np.ndarray]:
    """Which invitations a firm has hours for this year, and whether there is time for a second seat.

    A firm that several organisations invite accepts as many as fit, in an order of its own.

    Returns:
        (accepts, time for a second seat), both bool of the shape of ``contact``.
    """
    contacts, period = world.contacts, world.period
    firms, place = np.unique(contact, return_inverse=True)
    used = np.where(contacts.year[firms] == period // 4, contacts.hours[firms], 0.0)
    room = np.floor((engagement_hours(world)[contacts.size[firms]] - used) / hours).astype(np.int64)
    order = world.streams.uniform(Decision.OFFER_ORDER, period, pair)
    accepts = keep_smallest(place, order, np.maximum(room, 0))
    offers = np.bincount(place[accepts], minlength=len(firms))
    return accepts, (2 * offers <= room)[place]


def engagement_hours(world: World) -> Floats:
    """Hours a year that a firm of each class can give, shape (5,)."""
    names = ("micro", "small", "medium", "large", "foreign")
    return np.array([world.policy.num(f"firms.hours_{name}") for name in names])


def attention_drift(world: World, size: Ints, organisation: Ints) -> Floats:
    """Organisations that live more from private money favour those who pay: large firms get seats first (M009, E174)."""
    strength = world.policy.num("cofinancing.attention_drift")
    more = np.maximum(0.0, world.plan["private_ratio"] - 1.0)[organisation]
    return np.asarray(1.0 / (1.0 + strength * more * (size == LARGE)))


def guard_small_firms(
    world: World, comes: np.ndarray, able: np.ndarray, rank: Floats, organisation: Ints, size: Ints, quota: Ints
) -> None:
    """Reserves a share of the seats for firms below 50 employees (L12); others give up their seats to them."""
    share = world.policy.num("guard.seat_share")
    if share <= 0.0:
        return
    small = size <= 1
    reserved = np.floor(quota * share).astype(np.int64)
    first = able & small & keep_smallest(organisation, np.where(able & small, rank, 2.0), reserved)
    rest = quota - world.per_organisation(organisation[first]).astype(np.int64)
    others = able & ~first & keep_smallest(organisation, np.where(able & ~first, rank, 2.0), np.maximum(rest, 0))
    comes[:] = first | others


def take_part(world: World, rows: Ints, is_new: np.ndarray, spare: np.ndarray, hours: float) -> None:
    """Books participations: counts, hours, trust, readiness, and a new idea or its absence."""
    policy, period, relations, contacts = world.policy, world.period, world.relations, world.contacts
    year = period // 4
    organisation, contact, pair = relations.organisation[rows], relations.contact[rows], relations.pair[rows]
    size = contacts.size[contact]
    draw = world.streams.uniform
    number = 1.0 + (spare & (draw(Decision.SEAT_TYPE, period, pair) < policy.num("attendance.extra_seat")))
    international = seat_type(world, pair, organisation)
    world.tally.add("participations", world.per_organisation(organisation, number))
    count_classes(world, organisation, size, number, relations.role[rows])

    stale = contacts.year[contact] != year
    contacts.hours[contact[stale]] = 0.0
    contacts.year[contact] = year
    np.add.at(contacts.hours, contact, hours * number)
    first_this_year = relations.last_year[rows] != year
    fresh = rows[first_this_year]
    relations.previous_year[fresh] = relations.last_year[fresh]
    relations.years[fresh] += 1
    relations.last_year[fresh] = year
    relations.times[rows] += 1
    relations.last[rows] = period
    relations.trust[rows] = gain_rule(relations.trust[rows], policy.num("trust.gain"))
    once = np.unique(contact)
    newly = once[contacts.last_year[once] != year]
    contacts.years[newly] += 1
    contacts.last_year[newly] = year
    young = world.register.startup(contacts.row[newly], period)
    contacts.startup_year[newly[young]] = year
    count_unique(world, fresh, newly)
    level = contacts.mean[once] + contacts.excess[once]
    gain = min(1.0, policy.num("readiness.gain") * (1.0 + policy.num("competence.level")))
    contacts.excess[once] = gain_rule(level, gain) - contacts.mean[once]

    readiness = contacts.mean[contact] + contacts.excess[contact]
    innovates = draw(Decision.PARTICIPATION_INNOVATES, period, pair) < policy.num("innovation.per_participation") * readiness
    world.tally.add("innovations_participation", world.per_organisation(organisation[innovates]))

    stage = np.where(international, STAGE["internationalisation"], STAGE["dissemination"])
    without = relations.open_ideas[rows] == 0
    back = without & ~is_new
    world.tally.move(organisation[back], size[back], STAGE["outside"], CONTACTED, "progress")
    world.tally.move(organisation[without], size[without], CONTACTED, stage[without], "progress")
    # A firm with an open idea may bring another one along: a relation can carry several (M065).
    chance = policy.num("idea.base") * readiness
    idea = draw(Decision.IDEA, period, pair) < np.where(without, chance, chance * policy.num("idea.again"))
    dull = without & ~idea
    world.tally.move(organisation[dull], size[dull], stage[dull], STAGE["left"], "not_ready")
    another = ~without & idea
    world.tally.move(organisation[another], size[another], STAGE["outside"], stage[another], "progress")
    born = np.flatnonzero(idea)
    world.episodes.append(
        len(born),
        relation=rows[born],
        organisation=organisation[born],
        contact=contact[born],
        ident=contacts.ident[contact[born]],
        size=size[born],
        stage=stage[born],
        since=period,
        unit=-1,
        project=-1,
        number=pair_id(pair[born], period, 1024),
    )
    relations.open_ideas[rows[born]] += 1
    world.seats["attended"] = rows
    world.seats["attended_international"] = international.astype(np.int64)


def count_unique(world: World, fresh: Ints, newly: Ints) -> None:
    """Counts relations and firms that take part for the first time this year, and for the first time at all.

    Args:
        fresh: relations not active before in this calendar year.
        newly: contacts not active before in this calendar year.
    """
    relations, contacts, year = world.relations, world.contacts, world.period // 4
    organisation = relations.organisation[fresh]
    world.tally.add("fresh_pairs", world.per_organisation(organisation))
    first = relations.years[fresh] == 1
    world.tally.add("first_pairs", world.per_organisation(organisation[first]))
    young = contacts.startup_year[relations.contact[fresh]] == year
    world.tally.add("startup_pairs", world.per_organisation(organisation[young]))
    again = (relations.years[fresh] > 1) & (relations.previous_year[fresh] == year - 1)
    world.tally.add("returned_pairs", world.per_organisation(organisation[again]))
    own = relations.role[fresh]
    counted = (own == MAIN) | (
        (own == SUPPORTING)
        & (
            world.streams.uniform(Decision.MATCH_REGISTER, 0, relations.pair[fresh])
            < world.register.plan.counted_support[world.organisations.stronghold[organisation]]
        )
    )
    world.tally.add("own_stronghold_pairs", world.per_organisation(organisation[counted]))
    everybody = np.zeros(world.count)
    everybody[0] = len(newly)
    world.tally.add("fresh_firms", everybody)
    world.tally.add("first_firms", np.where(np.arange(world.count) == 0, (contacts.years[newly] == 1).sum(), 0))
    world.tally.add(
        "startup_firms", np.where(np.arange(world.count) == 0, (contacts.startup_year[newly] == year).sum(), 0)
    )


def seat_type(world: World, pair: Ints, organisation: Ints) -> np.ndarray:
    """Whether each attendance is at an internationalisation activity, in proportion to the seats."""
    abroad = world.seats["firms_internationalisation"].astype(np.float64)
    total = abroad + world.seats["firms_dissemination"]
    share = abroad / np.where(total > 0, total, 1.0)
    return np.asarray(world.streams.uniform(Decision.SEAT_ACTIVITY, world.period, pair) < share[organisation])


def count_classes(world: World, organisation: Ints, size: Ints, number: Floats, role: Ints) -> None:
    """Counts participating firms by class, outside the stronghold and abroad."""
    table = np.bincount(organisation * 5 + size, minlength=5 * world.count).reshape(-1, 5)
    for code, name in enumerate(("micro", "small", "medium", "large", "foreign")):
        world.tally.add(f"present_{name}", table[:, code])
    inside = (role == MAIN) | (role == SUPPORTING)
    world.tally.add("present_inside", world.per_organisation(organisation[inside]))
    world.tally.add("present_outside", world.per_organisation(organisation[~inside & (role != ABROAD)]))
    world.tally.add("participations_foreign", world.per_organisation(organisation, number * (role == ABROAD)))


def institutions_attend(world: World) -> None:
    """Institutions take part: Table 6's means as seats, types by their presence (Figure 6), awareness and incentive."""
    policy = world.policy
    activities = world.seats["activities"][:, : INTERNATIONALISATION + 1].sum(axis=1)
    presence = presence_shares(world)
    present = np.floor(activities[:, None] * presence + world.plan["presence_shift"])
    present = np.minimum(present, activities[:, None])
    world.plan["presence"] = presence
    for code, name in enumerate(INSTITUTION_TYPES):
        world.tally.add(f"present_{name}", present[:, code])
    offered = world.seats["institutions_dissemination"] + world.seats["institutions_internationalisation"]
    world.tally.add("participations_institutions", np.where(presence.sum(axis=1) > 0.0, offered, 0))
    # Researchers hear of the activities from those who go: awareness follows presence, slowly (M026).
    usual = world.plan["usual_awareness"]
    ratio = presence.cumsum(axis=0)[-1] / np.maximum(1e-9, world.plan["usual_presence"])
    target = np.minimum(1.0, usual * (1.0 + policy.num("institutions.awareness_response") * (ratio - 1.0)))
    aware = world.institutions.awareness
    world.institutions.awareness = aware + policy.num("institutions.awareness_pace") * (target - aware)


def presence_shares(world: World) -> Floats:
    """Share of activities with each institution type, shape (O, 6): Figure 6 at the usual awareness and incentive."""
    policy = world.policy
    columns = [policy.vec(f"presence.{name}") for name in INSTITUTION_TYPES]
    base = np.stack(columns, axis=1)
    exists = np.diff(world.institutions.plan.first_unit) > 0
    usual = world.plan["usual_awareness"]
    lift = world.institutions.awareness / np.where(usual > 0.0, usual, 1.0)
    incentive = np.ones(len(INSTITUTION_TYPES))
    incentive[0] += policy.num("researcher.incentive") * policy.num("researcher.incentive_effect")
    outreach = np.ones(len(INSTITUTION_TYPES))
    outreach[2:5] += policy.num("institutions.outreach") * policy.num("institutions.outreach_effect")
    return np.asarray(np.minimum(1.0, base * lift * incentive * outreach) * exists)

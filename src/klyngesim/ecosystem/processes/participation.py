"""What taking part does (step 6): counts, hours, trust (M011), readiness (M016), and a new idea or its absence."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tally import CONTACTED
from klyngesim.population.strongholds import ABROAD, MAIN, SUPPORTING
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, pair_id


def gain_rule(level: Floats, rate: float) -> Floats:
    """A share of what is missing to 1 is gained (trust, readiness); never beyond 1."""
    return np.asarray(level + rate * (1.0 - level))


def take_part(world: World, rows: Ints, is_new: np.ndarray, spare: np.ndarray, hours: float) -> None:
    """Books participations: counts, hours, trust, readiness, and a new idea or its absence."""
    policy, period, relations, contacts = world.policy, world.period, world.relations, world.contacts
    year = period // 4
    organisation, contact, pair = relations.organisation[rows], relations.contact[rows], relations.pair[rows]
    size = contacts.size[contact]
    draw = world.streams.uniform
    second = spare & (draw(Decision.SEAT_TYPE, period, pair) < policy.num("attendance.extra_seat"))
    number = np.where(second, 2.0, 1.0)
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
    innovates = (
        draw(Decision.PARTICIPATION_INNOVATES, period, pair) < policy.num("innovation.per_participation") * readiness
    )
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
        world: state.
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

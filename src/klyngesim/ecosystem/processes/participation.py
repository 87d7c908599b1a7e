"""What taking part does (step 6): counts, hours, trust (M011), readiness (M016), and a new idea or its absence."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.relations import raise_trust
from klyngesim.ecosystem.stages import CONTACTED
from klyngesim.ecosystem.state import DISSEMINATION, INTERNATIONALISATION, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.population.strongholds import ABROAD, MAIN, MICRO, SUPPORTING
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, keep_smallest_of, pair_id


def gain_rule(level: Floats, rate: float) -> Floats:
    """A share of what is missing to 1 is gained (trust, readiness); never beyond 1."""
    return np.asarray(level + rate * (1.0 - level))


def learning_rate(gain: float, competence: float) -> float:
    """Share of the missing readiness that taking part gives, at most all of it; courses raise it by their level."""
    return min(1.0, gain * (1.0 + competence))


def idea_rule(readiness: Floats, without: Bools, base: float, again: float) -> Floats:
    """Chance that a participant brings an idea; one that is not ``without`` has another one open already."""
    chance = base * readiness
    return np.where(without, chance, chance * again)


def take_part(world: World, rows: Ints, is_new: Bools, spare: Bools, hours: float) -> None:
    """Books the participations of this quarter.

    Args:
        world: state.
        rows: relations that take part, each once.
        is_new: whether the firm was contacted this quarter.
        spare: whether the firm has time for a second seat.
        hours: engagement hours of one seat.
    """
    policy, relations, contacts = world.policy, world.relations, world.contacts
    organisation, contact = relations.organisation.take(rows), relations.contact.take(rows)
    decisions = (Decision.SECOND_SEAT, Decision.SEAT_TYPE, Decision.PARTICIPATION_INNOVATES, Decision.IDEA)
    second, kind, innovates, idea = world.streams.several(decisions, world.period, relations.pair.take(rows))
    number = np.where(second_seats(world, organisation, spare, second), 2.0, 1.0)
    world.flows.participations += world.per_organisation(organisation, number)
    count_classes(world, organisation, contacts.size.take(contact), number, relations.role.take(rows))
    use_hours(world, contact, hours * number)
    once = contact.compress(contacts.distinct(contact))
    mark_year(world, rows, once)
    learn(world, rows, once)
    readiness = contacts.mean.take(contact) + contacts.excess.take(contact)
    new = innovates < policy.num("innovation.per_participation") * readiness
    world.flows.innovations_participation += world.per_organisation(organisation[new])
    bring_ideas(world, rows, is_new, kind < international_share(world)[organisation], idea)
    world.attended = rows


def second_seats(world: World, organisation: Ints, spare: Bools, uniform: Floats) -> Bools:
    """Who takes a second seat this quarter: those who want one and have time, as long as there are seats."""
    policy = world.policy
    wants = spare & (uniform < policy.num("attendance.extra_seat"))
    if policy.word("scarcity.seats") == "off" or policy.word("attendance.rule") == "demand":
        return wants
    seats = world.plan.firm_seats.sum(axis=1)
    room = np.maximum(0, seats - world.per_organisation(organisation).astype(np.int64))
    return keep_smallest_of(wants, organisation, uniform, room)


def use_hours(world: World, contact: Ints, hours: Floats) -> None:
    """Takes engagement hours from the firms' year."""
    contacts, year = world.contacts, world.period // 4
    contacts.hours[contact[contacts.year[contact] != year]] = 0.0
    contacts.year[contact] = year
    np.add.at(contacts.hours, contact, hours)


def mark_year(world: World, rows: Ints, once: Ints) -> None:
    """Notes the calendar years in which relations and firms are active and counts first appearances."""
    relations, contacts, period = world.relations, world.contacts, world.period
    year = period // 4
    fresh = rows.compress(relations.last_year.take(rows) != year)
    relations.previous_year[fresh] = relations.last_year[fresh]
    relations.years[fresh] += 1
    relations.last_year[fresh] = year
    relations.times[rows] += 1
    relations.last[rows] = period
    newly = once.compress(contacts.last_year.take(once) != year)
    contacts.years[newly] += 1
    contacts.last_year[newly] = year
    contacts.startup_year[newly[period < contacts.startup_until[newly]]] = year
    count_unique(world, fresh, newly)


def learn(world: World, rows: Ints, once: Ints) -> None:
    """Trust in the organisations (``rows``) and readiness of the firms (contacts, each ``once``) grow."""
    policy, relations, contacts = world.policy, world.relations, world.contacts
    raise_trust(world, rows, gain_rule(relations.trust.take(rows), policy.num("trust.gain")))
    mean = contacts.mean.take(once)
    level = mean + contacts.excess.take(once)
    rate = learning_rate(policy.num("readiness.gain"), policy.num("competence.level"))
    contacts.excess[once] = gain_rule(level, rate) - mean


def bring_ideas(world: World, rows: Ints, is_new: Bools, international: Bools, uniform: Floats) -> None:
    """Participants bring an idea or none; a relation can carry several (M065)."""
    policy, relations, contacts = world.policy, world.relations, world.contacts
    organisation, contact = relations.organisation.take(rows), relations.contact.take(rows)
    size = contacts.size.take(contact)
    stage = np.where(international, STAGE["internationalisation"], STAGE["dissemination"])
    without = relations.open_ideas.take(rows) == 0
    back, first, more = np.flatnonzero(without & ~is_new), np.flatnonzero(without), np.flatnonzero(~without)
    world.tally.move(organisation[back], size[back], STAGE["outside"], CONTACTED, "progress")
    world.tally.move(organisation[first], size[first], CONTACTED, stage[first], "progress")
    readiness = contacts.mean.take(contact) + contacts.excess.take(contact)
    idea = uniform < idea_rule(readiness, without, policy.num("idea.base"), policy.num("idea.again"))
    dull = first[~idea[first]]
    world.tally.move(organisation[dull], size[dull], stage[dull], STAGE["left"], "not_ready")
    another = more[idea[more]]
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
        since=world.period,
        unit=-1,
        project=-1,
        number=pair_id(relations.pair[rows[born]], world.period, 1024),
    )
    relations.open_ideas[rows[born]] += 1


def count_unique(world: World, fresh: Ints, newly: Ints) -> None:
    """Counts relations and firms that take part for the first time this year, and for the first time at all.

    Args:
        world: state.
        fresh: relations not active before in this calendar year.
        newly: contacts not active before in this calendar year.
    """
    relations, contacts, year = world.relations, world.contacts, world.period // 4
    organisation = relations.organisation[fresh]
    world.flows.fresh_pairs += world.per_organisation(organisation)
    first = relations.years[fresh] == 1
    world.flows.first_pairs += world.per_organisation(organisation[first])
    young = contacts.startup_year[relations.contact[fresh]] == year
    world.flows.startup_pairs += world.per_organisation(organisation[young])
    again = (relations.years[fresh] > 1) & (relations.previous_year[fresh] == year - 1)
    world.flows.returned_pairs += world.per_organisation(organisation[again])
    own = relations.role[fresh]
    counted = own == MAIN
    support = np.flatnonzero(own == SUPPORTING)
    luck = world.streams.uniform(Decision.MATCH_REGISTER, 0, relations.pair[fresh[support]])
    counted[support] = luck < world.register.plan.counted_support[world.organisations.stronghold[organisation[support]]]
    micro = contacts.size[relations.contact[fresh]] == MICRO
    world.flows.own_micro += world.per_organisation(organisation[counted & micro])
    world.flows.own_larger += world.per_organisation(organisation[counted & ~micro])
    count_seen(world, organisation, relations.years[fresh], contacts.years[newly])
    programme = world.programme
    programme.fresh_firms += len(newly)
    programme.first_firms += int((contacts.years[newly] == 1).sum())
    programme.startup_firms += int((contacts.startup_year[newly] == year).sum())


def count_seen(world: World, organisation: Ints, pair_years: Ints, firm_years: Ints) -> None:
    """Keeps the numbers of relations and firms seen since 2021, and seen in one calendar year only."""
    organisations, programme = world.organisations, world.programme
    new = world.per_organisation(organisation[pair_years == 1])
    organisations.seen += new
    organisations.seen_once += new - world.per_organisation(organisation[pair_years == 2])
    programme.seen += int((firm_years == 1).sum())
    programme.seen_once += int((firm_years == 1).sum()) - int((firm_years == 2).sum())


def international_share(world: World) -> Floats:
    """Share of the seats that are at internationalisation activities, shape (O,)."""
    abroad = world.plan.firm_seats[:, INTERNATIONALISATION].astype(np.float64)
    seats = abroad + world.plan.firm_seats[:, DISSEMINATION]
    return np.asarray(abroad / np.where(seats > 0, seats, 1.0))


def count_classes(world: World, organisation: Ints, size: Ints, number: Floats, role: Ints) -> None:
    """Counts participating firms by class, outside the stronghold and abroad."""
    table = np.bincount(organisation * 5 + size, minlength=5 * world.count).reshape(-1, 5)
    world.flows.present += table
    inside = (role == MAIN) | (role == SUPPORTING)
    world.flows.present_inside += world.per_organisation(organisation[inside])
    world.flows.present_outside += world.per_organisation(organisation[~inside & (role != ABROAD)])
    world.flows.participations_foreign += world.per_organisation(organisation, number * (role == ABROAD))

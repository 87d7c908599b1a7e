"""Step 5: organisations contact firms they do not know (rekruttering).

Strangers come from the own stronghold, supporting industries, elsewhere and abroad (`ecosystem.targeting`). Larger,
exporting, readier firms answer more (Table 4, M044, M045, M050); distance and the number of competing offers lower
the answer (M053, M084). Only the product of contact hours and answers is informed by data (M041).

Proposals come from tables frozen at the start of the run and are accepted or not: every lever acts on the
acceptance, so a lever that touches some firms leaves the luck of the others alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from klyngesim.ecosystem.relations import ORGANISATIONS, contacts_of
from klyngesim.ecosystem.sorting import first_of_each
from klyngesim.ecosystem.stages import CONTACTED
from klyngesim.ecosystem.state import Newcomers, World
from klyngesim.ecosystem.tables import Bools
from klyngesim.population.strongholds import FOREIGN
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, pair_id

NUMBERS = 1 << 20
"""Room for numbered proposals on one list in one quarter."""
ROLES = 4
"""Lists of an organisation: own stronghold, supporting industries, elsewhere, abroad."""
PROPOSALS_PER_CONTACT = (1.3, 3.0)
"""Most proposals per contact wanted after each go at a list: most lists need few, and those short of firms go on."""

Found = tuple[Ints, Ints, Ints]
"""Firms found: list, cell and row in the register, each of shape (n,)."""


def answer_rule(
    readiness: Floats,
    exporter: Floats,
    regional: Floats,
    attention: float,
    base: float,
    exporter_ratio: float | Floats,
    regional_penalty: float,
) -> Floats:
    """Chance that a contacted firm says yes to an invitation.

    Args:
        readiness: 0-1, shape (n,).
        exporter: 0 or 1, shape (n,).
        regional: 0 or 1, shape (n,).
        attention: factor from the number of actors, 1 as at the start.
        base: chance at readiness 1 of a home-market firm near the organisation.
        exporter_ratio: exporters' chance over others', a number or shape (n,).
        regional_penalty: share lost by distance.
    """
    chance = base * readiness * attention * (1.0 + exporter * (exporter_ratio - 1.0))
    return np.asarray(np.minimum(1.0, chance * (1.0 - regional * regional_penalty)))


def contacts_rule(hours: Floats, hours_each: Floats, shift: Floats, reach: Floats) -> Floats:
    """Whole contacts that the quarter's hours for recruiting are enough for, times the organisation's reach."""
    return np.asarray(np.rint(np.floor(hours / hours_each + shift) * reach))


def unready_rule(uniform: Floats, readiness: Floats, chance: Floats) -> Bools:
    """Whether full readiness would have turned the answer drawn into a yes."""
    return np.asarray(uniform * np.maximum(readiness, 1e-9) < chance)


def exporter_ratios(common: float, pull: Floats) -> Floats:
    """Exporters' chance over others' by organisation: the common one, stronger or weaker by its pull, shape (O,)."""
    return np.asarray(1.0 + (common - 1.0) * pull)


def recruit(world: World) -> None:
    """Contacts strangers until the hours are used; leaves those who said yes in ``world.newcomers``."""
    policy, period, register = world.policy, world.period, world.register
    reference = world.reference
    draw = world.streams.uniform
    hours = world.plan.hours[:, 0]
    unlimited = policy.word("scarcity.hours") == "off"
    reach = world.organisations.reach * world.year_effect[:, period // 4]
    contacts = contacts_rule(hours, policy.vec("recruitment.hours_per_contact"), world.plan.hours_shift, reach)
    contacts = np.where(world.organisations.open, contacts, 0.0)
    # Every role of every organisation has a list of its own, so that who is hard to find in one is not made up for in
    # another. Proposals on a list are numbered.
    shift = world.calendar[Decision.CONTACT_ROLE][period].reshape(-1, ROLES)
    quota = np.floor(contacts[:, None] * reference.contact_roles + shift).astype(np.int64).ravel()
    if unlimited:
        open_roles = np.repeat(world.organisations.open, ROLES)
        tries = np.where(open_roles, reference.proposals.ravel(), 0.0).astype(np.int64)
        which, cell, row = strangers(world, np.zeros_like(tries), tries)
    else:
        wasted = 1.0 / register.valid_share(period)
        most = [np.ceil(each * wasted * quota).astype(np.int64) + 4 for each in PROPOSALS_PER_CONTACT]
        ends = [np.minimum(end, NUMBERS - 1) for end in most]
        found = in_goes(lambda begin, end: strangers(world, begin, end), quota, ends, register.rows)
        within = np.flatnonzero(places(found[0], len(quota)) < quota[found[0]])
        which, cell, row = (column.take(within) for column in found)
    ident = register.ids(row, cell)
    organisation = which // ROLES

    size = register.plan.size_class.take(cell)
    exporter, regional, mean = register.profile(ident, cell)
    met = world.contact_of_row.take(row).astype(np.int64) - 1
    readiness = mean + np.where(met >= 0, world.contacts.excess.take(met), 0.0)
    chance = answer_rule(
        readiness,
        exporter.astype(np.float64),
        regional.astype(np.float64),
        world.environment.attention,
        policy.num("recruitment.answer_base"),
        exporter_ratios(policy.num("recruitment.exporter_ratio"), reference.export_pull).take(organisation),
        policy.num("recruitment.regional_penalty") * (1.0 - policy.num("local.partners")),
    )
    pair = pair_id(ident, organisation, ORGANISATIONS)
    uniform = draw(Decision.CONTACT_ANSWER, period, pair)
    yes = uniform < chance
    world.flows.contacts += world.per_organisation(organisation)
    world.tally.move(organisation, size, STAGE["outside"], CONTACTED, "progress")
    # A refusal counts as "not ready" when full readiness would have turned it into a yes.
    held_back = unready_rule(uniform, readiness, chance) & (size != FOREIGN)
    unready = np.flatnonzero(~yes & held_back)
    world.tally.move(organisation[unready], size[unready], CONTACTED, STAGE["left"], "not_ready")
    refer(world, row[unready], ident[unready], size[unready])
    cold = np.flatnonzero(~(yes | held_back))
    world.tally.move(organisation[cold], size[cold], CONTACTED, STAGE["left"], "not_interested")
    come = np.flatnonzero(yes)
    profile = exporter[come], regional[come], mean[come]
    world.newcomers = Newcomers(organisation[come], row[come], ident[come], size[come], profile)


def strangers(world: World, begin: Ints, end: Ints) -> Found:
    """Different strangers from the proposals numbered ``begin`` to ``end`` of each list: (list, cell, row)."""
    register, period, length = world.register, world.period, end - begin
    which = np.repeat(np.arange(len(length)), length)
    start = np.concatenate(([0], np.cumsum(length)[:-1]))
    number = pair_id(which, np.arange(len(which)) + (begin - start).take(which), NUMBERS)
    cells, firms = world.streams.several((Decision.CONTACT_CELL, Decision.CONTACT_FIRM), period, number)
    cell, row, valid = world.proposals.propose(which, cells, firms, register, period)
    living = np.flatnonzero(valid)
    which, cell, row = which.take(living), cell.take(living), row.take(living)
    strange = np.flatnonzero(unknown(world, row, which // ROLES))
    which, cell, row = which.take(strange), cell.take(strange), row.take(strange)
    if world.banned:
        allowed = ~np.isin(register.ids(row, cell), np.fromiter(world.banned, dtype=np.int64))
        which, cell, row = which[allowed], cell[allowed], row[allowed]
    once = first_of_each(pair_id(which // ROLES, row, register.rows))
    return which.take(once), cell.take(once), row.take(once)


def in_goes(search: Callable[[Ints, Ints], Found], wanted: Ints, ends: Sequence[Ints], rows: int) -> Found:
    """What a search finds among the proposals of every list, a list going on only while it is short of firms.

    Args:
        search: finds firms among the proposals numbered from and to, by list.
        wanted: firms that are enough on each list, shape (L,).
        ends: numbers of proposals up to which each go at the lists runs, each of shape (L,), ascending.
        rows: rows of the register.

    Returns:
        The firms found, by list in the order of proposals; as if every list had been gone through to the end, but
        for those behind the firms that are enough.
    """
    found = search(np.zeros_like(wanted), ends[0])
    for before, after in pairwise(ends):
        short = np.bincount(found[0], minlength=len(wanted)) < wanted
        if not short.any():
            break
        found = in_order(found, search(before, np.where(short, after, before)), rows)
    return found


def places(which: Ints, lists: int) -> Ints:
    """Place of every firm on its list, from 0; firms in the order of lists."""
    return np.asarray(np.arange(len(which)) - np.searchsorted(which, np.arange(lists))[which])


def in_order(first: Found, rest: Found, rows: int) -> Found:
    """Two goes at the same lists as one: by list, the first go before the rest, every firm of an organisation once."""
    which, cell, row = (np.concatenate(pair) for pair in zip(first, rest, strict=True))
    order = np.argsort(which, kind="stable")
    order = order[first_of_each(pair_id(which.take(order) // ROLES, row.take(order), rows))]
    return which.take(order), cell.take(order), row.take(order)


def unknown(world: World, row: Ints, organisation: Ints) -> Bools:
    """Whether an organisation may contact each firm as a stranger: they never met, or the relation is dormant."""
    relations = world.relations
    strange = np.ones(len(row), dtype=np.bool_)
    contact = world.contact_of_row.take(row)
    met = np.flatnonzero(contact > 0)
    known = world.relation_with(contact.take(met) - 1, organisation.take(met))
    strange[met] = (known < 0) | ((relations.trust.take(known) == 0.0) & (relations.open_ideas.take(known) == 0))
    return strange


def refer(world: World, row: Ints, ident: Ints, size: Ints) -> None:
    """Some unready firms are referred to an erhvervshus, whose one-to-one advice makes them readier (M087, L47)."""
    share = world.policy.num("referral.share")
    if share <= 0.0 or len(row) == 0:
        return
    once = first_of_each(ident)
    row, ident, size = row[once], ident[once], size[once]
    goes = world.streams.uniform(Decision.REFERRAL, world.period, ident) < share
    contact = contacts_of(world, row[goes], ident[goes], size[goes])
    contacts = world.contacts
    level = contacts.mean[contact] + contacts.excess[contact]
    contacts.excess[contact] = level + world.policy.num("referral.gain") * (1.0 - level) - contacts.mean[contact]

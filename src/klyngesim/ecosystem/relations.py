"""Relations between firms and organisations: finding, making and ending them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.rows import NEVER, Acquaintance, Contact, Newcomer, Newcomers, Relation
from klyngesim.ecosystem.settings import chosen, number
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array, Bools, Rows
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import Firms, profiles, startups_until
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

ORGANISATIONS = 16
"""Room for organisations in the address of a firm-organisation pair."""


class Care(NamedTuple):
    """Parameters of care for known firms."""

    share: float = number("retention.care_share")
    most: float = number("retention.care_most")
    unlimited: bool = chosen("scarcity.hours", "off")


@rule
def pair_rule(ident: int, organisation: int) -> int:
    """Address of the draws of a firm and an organisation."""
    return ident * ORGANISATIONS + organisation


@rule
def portfolio_rule(luck: float, first_post: int, posts: int) -> int:
    """Staff slot that looks after a relation, by chance among the organisation's posts (M081)."""
    return first_post + int(luck * posts)


@rule
def has_met(firm: Acquaintance, organisation: int) -> bool:
    """Whether a firm of the register has a relation with an organisation."""
    return (firm.met >> organisation) & 1 == 1


@rule
def relation_with(relations: Rows[Relation], firm: Contact, organisation: int) -> int:
    """Row of the relation of a firm with an organisation that it has one with."""
    row = firm.newest - 1
    while relations[row].organisation != organisation:
        row = relations[row].older - 1
    return row


@loop
def pairs(relations: Rows[Relation], rows: Ints) -> Ints:
    """Addresses of the draws of relations."""
    return np.array([relations[row].pair for row in rows], dtype=np.int64)


@loop
def describe(firms: Rows[Newcomer] | Rows[Contact], register: Firms, draws: Draws) -> None:
    """Works out what firms are."""
    ids = np.array([firms[index].ident for index in range(len(firms))], dtype=np.int64)
    exporter, regional, mean = profiles(register, draws, ids)
    for index in range(len(firms)):
        firm = firms[index]
        firm.exporter, firm.regional, firm.mean = exporter[index], regional[index], mean[index]


@loop
def add_contacts(state: State, room: Array, firms: Rows[Newcomer], described: bool, register: Firms) -> int:
    """Adds a contact for every firm that nobody has met yet; returns how many contacts there are.

    Args:
        state: whose contacts are there before.
        room: for all contacts; empty behind those that are there.
        firms: met now; repeats are allowed.
        described: whether it is known what they are; otherwise it is worked out.
        register: of all firms.
    """
    count = before = len(state.contacts)
    for index in range(len(firms)):
        firm = firms[index]
        known = state.acquaintances[firm.row]
        if known.contact == 0:
            contact = room[count]
            contact.row, contact.ident, contact.size = firm.row, firm.ident, firm.size
            contact.exporter, contact.regional, contact.mean = firm.exporter, firm.regional, firm.mean
            contact.death = register.death[firm.row]
            contact.year = contact.last_year = contact.startup_year = NEVER
            count += 1
            known.contact = count
    added = room[before:count]
    if not described:
        describe(added, register, state.draws)
    ids = np.array([added[index].ident for index in range(len(added))], dtype=np.int64)
    until = startups_until(register, state.draws, ids)
    for index in range(len(added)):
        added[index].startup_until = until[index]
    return count


@loop
def add_relations(
    state: State, contacts: Rows[Contact], room: Array, firms: Rows[Newcomer], cell_role: Ints
) -> tuple[Ints, int]:
    """Rows of the relations with firms in contact, added to the ``room`` where there are none yet; and their number."""
    rows, count = np.empty(len(firms), dtype=np.int64), len(state.relations)
    for index in range(len(firms)):
        firm = firms[index]
        known = state.acquaintances[firm.row]
        contact = contacts[known.contact - 1]
        if has_met(known, firm.organisation):
            rows[index] = relation_with(room, contact, firm.organisation)
            continue
        relation, rows[index] = room[count], count
        relation.contact, relation.organisation = known.contact - 1, firm.organisation
        relation.pair = pair_rule(firm.ident, firm.organisation)
        relation.role = cell_role[firm.organisation, firm.ident >> ID_BITS]
        relation.first = state.period
        relation.since = relation.last = relation.last_year = relation.previous_year = NEVER
        relation.older = contact.newest
        count += 1
        contact.newest = count
        known.met |= 1 << firm.organisation
    added = room[len(state.relations) : count]
    addresses = np.array([added[index].pair for index in range(len(added))], dtype=np.int64)
    luck = uniforms(state.draws, Decision.STAFF_PORTFOLIO, 0, addresses)
    for index in range(len(added)):
        organisation = state.organisations[added[index].organisation]
        added[index].staff = portfolio_rule(luck[index], organisation.first_post, organisation.portfolio_posts)
    return rows, count


def meet(world: World, firms: Newcomers, described: bool = True) -> None:
    """Makes contacts of ``firms`` that nobody has met yet; it may be open what they are, see `add_contacts`."""
    contacts = world.contacts
    room = contacts.reserve(firms.count)
    contacts.use(add_contacts(world.state, room, firms.rows, described, world.register.firms))


@loop
def add_both(
    state: State,
    contacts: Array,
    relations: Array,
    firms: Rows[Newcomer],
    described: bool,
    register: Firms,
    cell_role: Ints,
) -> tuple[Ints, int, int]:
    """Rows of the relations with ``firms``; how many contacts and how many relations there are in the room for them."""
    known = add_contacts(state, contacts, firms, described, register)
    rows, count = add_relations(state, contacts[:known], relations, firms, cell_role)
    return rows, known, count


def relate(world: World, firms: Newcomers, described: bool = True) -> Ints:
    """Rows in `Relations` of the organisations with firms that they met, made where there are none yet; see `meet`."""
    contacts, relations = world.contacts.reserve(firms.count), world.relations.reserve(firms.count)
    register, role = world.register.firms, world.cell_role
    rows, known, count = add_both(world.state, contacts, relations, firms.rows, described, register, role)
    world.contacts.use(known)
    world.relations.use(count)
    return rows


@loop
def pass_on(relations: Rows[Relation], live: Ints, posts: Bools, kept: float, floor: float) -> Ints:
    """Lets live relations that some of the ``posts`` look after keep a share of their trust; returns who stays live."""
    stay, count = np.empty(len(live), dtype=np.int64), 0
    for row in live:
        relation = relations[row]
        if posts[relation.staff]:
            trust = relation.trust * kept
            relation.trust = trust if trust >= floor else 0.0
        if relation.trust > 0.0:
            stay[count] = row
            count += 1
    return stay[:count]


@loop
def merged(rows: Ints, more: Ints) -> Ints:
    """Rows in ascending order together with ``more`` (in any order), in ascending order."""
    more = np.sort(more)
    together, count, at = np.empty(len(rows) + len(more), dtype=np.int64), 0, 0
    for row in rows:
        while at < len(more) and more[at] < row:
            together[count] = more[at]
            count, at = count + 1, at + 1
        together[count] = row
        count += 1
    together[count:] = more[at:]
    return together


def lower_trust(world: World, posts: Bools, kept: float) -> None:
    """Portfolios of some posts pass to others, who keep a share of the trust; below the floor relations are dormant."""
    floor = world.policy.num("trust.floor")
    world.live = pass_on(world.relations.rows, world.live, posts, kept, floor)


@rule
def care_rule(hours: float, live: float, usual: float, share: float, most: float) -> float:
    """Care for the firms that an organisation knows, 1 at the start: hours for keeping per live relation (M042).

    A share of it follows the hours, up to a limit; the rest is there without any care.

    Args:
        hours: for keeping, in the quarter.
        live: relations.
        usual: hours per relation at the start; none count as one.
        share: that follows the hours.
        most: times the usual hours that count.
    """
    ratio = min(most, hours / max(1.0, live) / (usual if usual > 0.0 else 1.0))
    return 1.0 - share + share * ratio


@loop
def care(state: State, terms: Care) -> Floats:
    """Care for known firms by organisation, shape (O,); where hours are not scarce it is the usual one."""
    cares = np.ones(len(state.organisations))
    if not terms.unlimited:
        for index in range(len(cares)):
            hours, live = state.plans[index].hours[1], state.organisations[index].live
            cares[index] = care_rule(hours, live, state.reference[index].care, terms.share, terms.most)
    return cares

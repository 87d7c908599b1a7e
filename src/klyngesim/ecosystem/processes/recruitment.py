"""Step 5: organisations contact firms they do not know (rekruttering).

Strangers come from the own stronghold, supporting industries, elsewhere and abroad (`ecosystem.targeting`). Larger,
exporting, readier firms answer more (Table 4, M044, M045, M050); distance and the number of competing offers lower
the answer (M053, M084). Only the product of contact hours and answers is informed by data (M041).

Proposals come from tables frozen at the start of the run and are accepted or not: every lever acts on the
acceptance, so a lever that touches some firms leaves the luck of the others alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.proposals import NUMBERS, Proposals, proposals, propose
from klyngesim.ecosystem.relations import ORGANISATIONS, describe, has_met, meet, pair_rule, relation_with
from klyngesim.ecosystem.rows import Newcomer, Newcomers, Relation
from klyngesim.ecosystem.settings import chosen, each, number, worked_out
from klyngesim.ecosystem.state import State, World
from klyngesim.ecosystem.tables import Array, Rows
from klyngesim.ecosystem.tally import count
from klyngesim.population.strongholds import FOREIGN, ID_BITS
from klyngesim.streams import Decision, Floats, Ints, uniforms

ROLES = 4
"""Lists of an organisation: own stronghold, supporting industries, elsewhere, abroad."""
PROPOSALS_PER_CONTACT = (1.3, 3.0)
"""Most proposals per contact wanted after each go at a list: most lists need few, and those short of firms go on."""

YES, NOT_READY, NOT_INTERESTED = range(3)
"""Answers of a firm that is contacted."""


class Answers(NamedTuple):
    """Parameters of answers.

    Attributes:
        base: chance at readiness 1 of a home-market firm near the organisation.
        exporter_ratio: exporters' chance over others'.
        regional_penalty: share lost by distance, as far as local partners leave it.
        referred: share of firms contacted that another support actor has referred.
    """

    base: float = number("recruitment.answer_base")
    exporter_ratio: float = number("recruitment.exporter_ratio")
    regional_penalty: float = worked_out(
        lambda policy: policy.num("recruitment.regional_penalty") * (1.0 - policy.num("local.partners"))
    )
    referred: float = number("referral.from_actors")
    warmth: float = number("referral.warmth")


class Terms(NamedTuple):
    """Parameters of recruitment in a quarter; ``unlimited``: whether contacts cost no hours."""

    answers: Answers = worked_out(lambda policy: policy.terms(Answers))
    hours_per_contact: Floats = each("recruitment.hours_per_contact")
    unlimited: bool = chosen("scarcity.hours", "off")
    referral_share: float = number("referral.share")
    referral_gain: float = number("referral.gain")


@rule
def answer_rule(
    readiness: float,
    exporter: float,
    regional: float,
    attention: float,
    base: float,
    exporter_ratio: float,
    regional_penalty: float,
) -> float:
    """Chance that a contacted firm says yes to an invitation.

    Args:
        readiness: 0-1.
        exporter: 0 or 1.
        regional: 0 or 1.
        attention: factor from the number of actors, 1 as at the start.
        base: chance at readiness 1 of a home-market firm near the organisation.
        exporter_ratio: exporters' chance over others'.
        regional_penalty: share lost by distance.
    """
    chance = base * readiness * attention * (1.0 + exporter * (exporter_ratio - 1.0))
    return min(1.0, chance * (1.0 - regional * regional_penalty))


@rule
def warm_rule(chance: float, warmth: float) -> float:
    """Chance of a yes of a firm that another support actor has referred (M087, L47), at most 1."""
    return min(1.0, chance * (1.0 + warmth))


@rule
def contacts_rule(hours: float, hours_each: float, shift: float, reach: float) -> float:
    """Whole contacts that the quarter's hours for recruiting are enough for, times the organisation's reach."""
    return float(round(math.floor(hours / hours_each + shift) * reach))


@rule
def unready_rule(uniform: float, readiness: float, chance: float) -> bool:
    """Whether full readiness would have turned the answer drawn into a yes."""
    return uniform * max(readiness, 1e-9) < chance


@rule
def exporter_ratio(common: float, pull: float) -> float:
    """Exporters' chance over others' in an organisation: the common one, stronger or weaker by its pull."""
    return 1.0 + (common - 1.0) * pull


@rule
def asked_rule(period: int, organisation: int) -> int:
    """Mark of a firm that an organisation has found as a stranger in a quarter."""
    return period * ORGANISATIONS + organisation + 1


@rule
def dormant(relation: Relation) -> bool:
    """Whether a relation is over for the time being: its firm may be contacted as a stranger."""
    return relation.trust == 0.0 and relation.open_ideas == 0


@loop
def wanted_contacts(state: State, year_effect: Floats, shift: Floats, terms: Terms) -> Ints:
    """Firms to contact from each list: what hours are enough for, by role, rounded by a ``shift`` for each list.

    Every role of every organisation has a list of its own, so that who is hard to find in one is not made up for in
    another. Without limit it is what is proposed. ``year_effect``: shape (O, years).
    """
    wanted = np.zeros(ROLES * len(state.organisations), dtype=np.int64)
    for index in range(len(state.organisations)):
        organisation, reference, plan = state.organisations[index], state.reference[index], state.plans[index]
        if not organisation.open:
            continue
        reach = organisation.reach * year_effect[index, state.period // 4]
        contacts = contacts_rule(plan.hours[0], terms.hours_per_contact[index], plan.hours_shift, reach)
        for role in range(ROLES):
            which = ROLES * index + role
            limited = math.floor(contacts * reference.contact_roles[role] + shift[which])
            wanted[which] = int(reference.proposals[role]) if terms.unlimited else limited
    return wanted


@loop
def proposals_made(wanted: Ints, valid_share: float, unlimited: bool) -> Ints:
    """Numbers of proposals up to which each go at the lists runs, ascending, shape (goes, L)."""
    ends, wasted = np.empty((len(PROPOSALS_PER_CONTACT), len(wanted)), dtype=np.int64), 1.0 / valid_share
    for go in range(len(ends)):
        most = np.minimum(np.ceil(PROPOSALS_PER_CONTACT[go] * wasted * wanted) + 4.0, NUMBERS - 1)
        ends[go] = wanted if unlimited else most.astype(np.int64)
    return ends


@loop
def find_strangers(
    state: State, found: Array, proposals: Proposals, wanted: Ints, banned: Ints, unlimited: bool
) -> int:
    """Finds different strangers on every list, in the order of proposals, until they are enough; returns how many.

    Args:
        state: in which they are marked.
        found: where they are written.
        proposals: of the quarter.
        wanted: firms that are enough on each list, shape (L,).
        banned: permanent ids of firms that nobody contacts.
        unlimited: whether contacts cost no hours.
    """
    acquaintances, contacts, relations, count = state.acquaintances, state.contacts, state.relations, 0
    ends = proposals_made(wanted, proposals.living.valid_share, unlimited)
    for which in range(len(wanted)):
        organisation, enough, begin = which // ROLES, count + wanted[which], 0
        mark = asked_rule(state.period, organisation)
        for go in range(len(ends)):
            if go > 0 and count == enough:
                break  # only those short of firms go on
            number = which * NUMBERS + np.arange(begin, ends[go, which])
            begin = ends[go, which]
            cell_luck = uniforms(state.draws, Decision.CONTACT_CELL, state.period, number)
            firm_luck = uniforms(state.draws, Decision.CONTACT_FIRM, state.period, number)
            _, idents, rows = propose(proposals, which, cell_luck, firm_luck)
            # Looked up one after the other first, so that one read from far away waits for no decision about another.
            asked = np.array([acquaintances[row].asked == mark for row in rows], dtype=np.bool_)
            for index in range(len(rows)):
                if count == enough:
                    break
                ident, row = idents[index], rows[index]
                known = acquaintances[row]
                if asked[index] or known.asked == mark:
                    continue
                if has_met(known, organisation):
                    relation = relation_with(relations, contacts[known.contact - 1], organisation)
                    if not dormant(relations[relation]):
                        continue
                if len(banned) > 0 and (banned == ident).any():
                    continue
                known.asked = mark
                firm = found[count]
                firm.organisation, firm.row, firm.ident = organisation, row, ident
                firm.size = proposals.firms.size_class[ident >> ID_BITS]
                count += 1
    describe(found[:count], proposals.firms, state.draws)
    return count


@loop
def ask(state: State, asked: Rows[Newcomer], terms: Answers) -> Ints:
    """Contacts firms; returns what each answers.

    A refusal counts as "not ready" when full readiness would have turned it into a yes.
    """
    pairs = np.array([pair_rule(asked[i].ident, asked[i].organisation) for i in range(len(asked))], dtype=np.int64)
    luck = uniforms(state.draws, Decision.CONTACT_ANSWER, state.period, pairs)
    referred = np.zeros(len(asked), dtype=np.bool_)
    if terms.referred > 0.0:  # else nobody draws
        referred[:] = uniforms(state.draws, Decision.CONTACT_REFERRED, state.period, pairs) < terms.referred
    # Looked up one after the other first, so that one read from far away waits for no answer to another.
    contact = np.array([state.acquaintances[firm.row].contact for firm in asked], dtype=np.int64)
    excess = np.array([state.contacts[row - 1].excess if row > 0 else 0.0 for row in contact])
    answer, period = np.empty(len(asked), dtype=np.int64), state.period
    for index in range(len(asked)):
        firm = asked[index]
        who, size, readiness = firm.organisation, firm.size, firm.mean + excess[index]
        chance = answer_rule(
            readiness,
            firm.exporter,
            firm.regional,
            state.attention,
            terms.base,
            exporter_ratio(terms.exporter_ratio, state.reference[who].export_pull),
            terms.regional_penalty,
        )
        if referred[index]:
            chance = warm_rule(chance, terms.warmth)
        state.flows[who].contacts += 1.0
        count(state.moves, period, stages.OUTSIDE, stages.CONTACTED, reasons.PROGRESS, who, size)
        if luck[index] < chance:
            answer[index] = YES
        elif size != FOREIGN and unready_rule(luck[index], readiness, chance):
            answer[index] = NOT_READY
            count(state.moves, period, stages.CONTACTED, stages.LEFT, reasons.NOT_READY, who, size)
        else:
            answer[index] = NOT_INTERESTED
            count(state.moves, period, stages.CONTACTED, stages.LEFT, reasons.NOT_INTERESTED, who, size)
    return answer


def recruit(world: World) -> None:
    """Contacts strangers until the hours are used; leaves those who said yes in ``world.newcomers``."""
    state, terms, period = world.state, world.policy.terms(Terms), world.period
    shift, source = world.calendar[Decision.CONTACT_ROLE][period], proposals(world.proposals, world.register, period)
    wanted = wanted_contacts(state, world.year_effect, shift, terms)
    asked = world.newcomers
    asked.use(0)
    asked.use(find_strangers(state, asked.reserve(int(wanted.sum())), source, wanted, world.banned, terms.unlimited))
    answer = ask(state, asked.rows, terms.answers)
    if terms.referral_share > 0.0:
        refer(world, asked.take(np.flatnonzero(answer == NOT_READY)), terms)
    asked.keep(answer == YES)


def refer(world: World, unready: Newcomers, terms: Terms) -> None:
    """Some unready firms are referred to an erhvervshus, whose one-to-one advice makes them readier (M087, L47)."""
    firms = unready.take(np.unique(unready.ident, return_index=True)[1])
    firms.keep(world.streams.uniform(Decision.REFERRAL, world.period, firms.ident) < terms.referral_share)
    meet(world, firms, described=False)
    contacts, contact = world.contacts, world.acquaintances.contact[firms.row] - 1
    level = contacts.mean[contact] + contacts.excess[contact]
    contacts.excess[contact] = level + terms.referral_gain * (1.0 - level) - contacts.mean[contact]

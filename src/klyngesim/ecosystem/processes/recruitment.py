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
from numpy.typing import NDArray

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem import reasons, stages
from klyngesim.ecosystem.by_organisation import Flow, Organisation, Plan, Reference
from klyngesim.ecosystem.proposals import NUMBERS, Proposals, proposals, propose
from klyngesim.ecosystem.relations import describe, meet, pair_rule
from klyngesim.ecosystem.rows import Contact, Newcomer, Newcomers, Relation
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.tally import Moves
from klyngesim.population.strongholds import FOREIGN, ID_BITS
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms

ROLES = 4
"""Lists of an organisation: own stronghold, supporting industries, elsewhere, abroad."""
PROPOSALS_PER_CONTACT = (1.3, 3.0)
"""Most proposals per contact wanted after each go at a list: most lists need few, and those short of firms go on."""

YES, NOT_READY, NOT_INTERESTED = range(3)
"""Answers of a firm that is contacted."""


class Answers(NamedTuple):
    """Parameters of answers, registered as ``recruitment.*``.

    Attributes:
        base: chance at readiness 1 of a home-market firm near the organisation.
        exporter_ratio: exporters' chance over others'.
        regional_penalty: share lost by distance, as far as local partners leave it.
    """

    base: float
    exporter_ratio: float
    regional_penalty: float


class Terms(NamedTuple):
    """Parameters of recruitment in a quarter.

    Attributes:
        hours_per_contact: hours of staff for a contact, by organisation, shape (O,).
        unlimited: whether contacts cost no hours.
        answers: of the firms.
        referral_share, referral_gain: share of unready firms that is referred, and the readiness that they gain.
    """

    hours_per_contact: Floats
    unlimited: bool
    answers: Answers
    referral_share: float
    referral_gain: float


class Acquaintance(NamedTuple):
    """Who is known: rows, plus 1, in `Contacts` by register row and in `Relations` by contact and organisation."""

    contact_of_row: NDArray[np.int32]
    relation_of: NDArray[np.int32]


def answers(policy: Values) -> Answers:
    """Reads the parameters of answers."""
    penalty = policy.num("recruitment.regional_penalty") * (1.0 - policy.num("local.partners"))
    return Answers(policy.num("recruitment.answer_base"), policy.num("recruitment.exporter_ratio"), penalty)


def terms(policy: Values) -> Terms:
    """Reads the parameters of recruitment."""
    return Terms(
        policy.vec("recruitment.hours_per_contact"),
        policy.word("scarcity.hours") == "off",
        answers(policy),
        policy.num("referral.share"),
        policy.num("referral.gain"),
    )


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
def unknown(relations: Rows[Relation], known: Acquaintance, row: int, organisation: int) -> bool:
    """Whether an organisation may contact a firm as a stranger: they never met, or the relation is dormant."""
    contact = known.contact_of_row[row]
    if contact == 0 or known.relation_of[contact - 1, organisation] == 0:
        return True
    relation = relations[known.relation_of[contact - 1, organisation] - 1]
    return relation.trust == 0.0 and relation.open_ideas == 0


@loop
def wanted_contacts(
    organisations: Rows[Organisation],
    references: Rows[Reference],
    plans: Rows[Plan],
    year_effect: Floats,
    shift: Floats,
    terms: Terms,
) -> Ints:
    """Firms to contact from each list: what hours are enough for, by role, rounded by a ``shift`` for each list.

    Every role of every organisation has a list of its own, so that who is hard to find in one is not made up for in
    another. Without limit it is what is proposed.
    """
    wanted = np.zeros(ROLES * len(organisations), dtype=np.int64)
    for index in range(len(organisations)):
        organisation, reference, plan = organisations[index], references[index], plans[index]
        if not organisation.open:
            continue
        reach = organisation.reach * year_effect[index]
        contacts = contacts_rule(plan.hours[0], terms.hours_per_contact[index], plan.hours_shift, reach)
        for role in range(ROLES):
            which = ROLES * index + role
            limited = math.floor(contacts * reference.contact_roles[role] + shift[which])
            wanted[which] = int(reference.proposals[role]) if terms.unlimited else limited
    return wanted


@loop
def find_strangers(
    found: Rows[Newcomer],
    proposals: Proposals,
    wanted: Ints,
    ends: Ints,
    relations: Rows[Relation],
    known: Acquaintance,
    banned: Ints,
    draws: Draws,
) -> int:
    """Finds different strangers on every list, in the order of proposals, until they are enough; returns how many.

    Args:
        found: where they are written.
        proposals: of the quarter.
        wanted: firms that are enough on each list, shape (L,).
        ends: numbers of proposals up to which each go at the lists runs, ascending, shape (goes, L).
        relations: whose firms are no strangers unless they are dormant.
        known: who is known.
        banned: permanent ids of firms that nobody contacts.
        draws: random numbers.
    """
    period, count = proposals.living.period, 0
    asked_by = np.zeros(len(proposals.firms.death), dtype=np.int8)  # the last organisation, counted from 1
    for which in range(len(wanted)):
        organisation, enough, begin = which // ROLES, count + wanted[which], 0
        for go in range(len(ends)):
            if go > 0 and count == enough:
                break  # only those short of firms go on
            number = which * NUMBERS + np.arange(begin, ends[go, which])
            begin = ends[go, which]
            cell_luck = uniforms(draws, Decision.CONTACT_CELL, period, number)
            firm_luck = uniforms(draws, Decision.CONTACT_FIRM, period, number)
            _, idents, rows = propose(proposals, which, cell_luck, firm_luck)
            for ident, row in zip(idents, rows):  # noqa: B905 (loops know no strict)
                if count == enough:
                    break
                if asked_by[row] == organisation + 1 or not unknown(relations, known, row, organisation):
                    continue
                if len(banned) > 0 and (banned == ident).any():
                    continue
                asked_by[row] = organisation + 1
                firm = found[count]
                firm.organisation, firm.row, firm.ident = organisation, row, ident
                firm.size = proposals.firms.size_class[ident >> ID_BITS]
                count += 1
    return count


@loop
def ask(
    asked: Rows[Newcomer],
    contacts: Rows[Contact],
    contact_of_row: NDArray[np.int32],
    references: Rows[Reference],
    flows: Rows[Flow],
    moves: Moves,
    draws: Draws,
    period: int,
    attention: float,
    terms: Answers,
) -> Ints:
    """Contacts firms; returns what each answers.

    A refusal counts as "not ready" when full readiness would have turned it into a yes.
    """
    pairs = np.array([pair_rule(asked[i].ident, asked[i].organisation) for i in range(len(asked))], dtype=np.int64)
    luck = uniforms(draws, Decision.CONTACT_ANSWER, period, pairs)
    answer = np.empty(len(asked), dtype=np.int64)
    for index in range(len(asked)):
        firm = asked[index]
        contact = contact_of_row[firm.row]
        readiness = firm.mean + (contacts[contact - 1].excess if contact > 0 else 0.0)
        chance = answer_rule(
            readiness,
            firm.exporter,
            firm.regional,
            attention,
            terms.base,
            exporter_ratio(terms.exporter_ratio, references[firm.organisation].export_pull),
            terms.regional_penalty,
        )
        flows[firm.organisation].contacts += 1.0
        moves[stages.OUTSIDE, stages.CONTACTED, reasons.PROGRESS, firm.organisation, firm.size] += 1
        if luck[index] < chance:
            answer[index] = YES
        elif firm.size != FOREIGN and unready_rule(luck[index], readiness, chance):
            answer[index] = NOT_READY
            moves[stages.CONTACTED, stages.LEFT, reasons.NOT_READY, firm.organisation, firm.size] += 1
        else:
            answer[index] = NOT_INTERESTED
            moves[stages.CONTACTED, stages.LEFT, reasons.NOT_INTERESTED, firm.organisation, firm.size] += 1
    return answer


def recruit(world: World) -> None:
    """Contacts strangers until the hours are used; leaves those who said yes in ``world.newcomers``."""
    period, register, draws = world.period, world.register, world.streams.draws
    now, references = world.policy.once(terms), world.reference.rows
    shift = world.calendar[Decision.CONTACT_ROLE][period]
    year_effect = np.ascontiguousarray(world.year_effect[:, period // 4])
    wanted = wanted_contacts(world.organisations.rows, references, world.plan.rows, year_effect, shift, now)
    wasted = 1.0 / register.valid_share(period)
    ends = np.array([np.minimum(np.ceil(each * wasted * wanted) + 4.0, NUMBERS - 1) for each in PROPOSALS_PER_CONTACT])
    ends = wanted[None, :] if now.unlimited else ends.astype(np.int64)

    asked = Newcomers(int(wanted.sum()))
    known = Acquaintance(world.contact_of_row, world.relation_of)
    source = proposals(world.proposals, register, period)
    asked.use(find_strangers(asked.store, source, wanted, ends, world.relations.rows, known, world.banned, draws))
    describe(asked.rows, register.firms, draws)
    answer = ask(
        asked.rows,
        world.contacts.rows,
        world.contact_of_row,
        references,
        world.flows.rows,
        world.tally.moves,
        draws,
        period,
        world.environment.attention,
        now.answers,
    )
    if now.referral_share > 0.0:
        refer(world, asked.take(np.flatnonzero(answer == NOT_READY)), now)
    world.newcomers = asked.take(np.flatnonzero(answer == YES))


def refer(world: World, unready: Newcomers, now: Terms) -> None:
    """Some unready firms are referred to an erhvervshus, whose one-to-one advice makes them readier (M087, L47)."""
    firms = unready.take(np.unique(unready.ident, return_index=True)[1])
    firms.keep(world.streams.uniform(Decision.REFERRAL, world.period, firms.ident) < now.referral_share)
    meet(world, firms, described=False)
    contacts, contact = world.contacts, world.contact_of_row[firms.row] - 1
    level = contacts.mean[contact] + contacts.excess[contact]
    contacts.excess[contact] = level + now.referral_gain * (1.0 - level) - contacts.mean[contact]

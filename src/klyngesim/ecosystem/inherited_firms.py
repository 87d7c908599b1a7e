"""Firms that organisations know from the programmes before, drawn as `processes.recruitment` finds strangers now."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop
from klyngesim.ecosystem.by_organisation import Reference
from klyngesim.ecosystem.processes.recruitment import (
    PROPOSALS_PER_CONTACT,
    ROLES,
    Answers,
    answer_rule,
    exporter_ratio,
)
from klyngesim.ecosystem.proposals import NUMBERS, Proposals, proposals, propose
from klyngesim.ecosystem.ranking import by_group_and_key
from klyngesim.ecosystem.rows import Newcomer, Newcomers
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.tables import Rows
from klyngesim.ecosystem.targeting import role_shares
from klyngesim.population.strongholds import ID_BITS
from klyngesim.population.traits import profiles
from klyngesim.streams import Decision, Draws, Floats, Ints, uniforms


def draw_firms(world: World, number: Ints) -> Newcomers:
    """Different living firms for every organisation, who came as strangers come now.

    They have the roles of `targeting.role_shares`, in a mixed order; fewer than ``number`` where the firms of a role
    run out.
    """
    policy, references, draws = world.policy, world.reference, world.streams.draws
    edges = np.rint(np.cumsum(role_shares(policy), axis=1) * number[:, None]).astype(np.int64)
    wanted = np.diff(edges, axis=1, prepend=0).ravel()
    chance = references.role_answers.ravel()
    asked = wanted / np.where(chance > 0.0, chance, 1.0)
    ends = np.array([np.ceil(each * asked) + 8.0 for each in PROPOSALS_PER_CONTACT]).astype(np.int64)
    firms, source = Newcomers(int(wanted.sum())), proposals(world.proposals, world.register, 0)
    turn = find_willing(firms.store, source, wanted, ends, references.rows, policy.terms(Answers), draws)
    firms.use(len(turn))
    firms.arrange(by_group_and_key(firms.organisation.astype(np.int64), turn, world.count))
    return firms


@loop
def find_willing(
    found: Rows[Newcomer],
    proposals: Proposals,
    wanted: Ints,
    ends: Ints,
    references: Rows[Reference],
    terms: Answers,
    draws: Draws,
) -> Floats:
    """Finds different firms that say yes on every list, in the order of proposals, until they are enough.

    Args:
        found: where they are written.
        proposals: of the first quarter.
        wanted: firms that are enough on each list, shape (L,).
        ends: numbers of proposals up to which each go at the lists runs, ascending, shape (goes, L).
        references: organisations at the start.
        terms: parameters of answers.
        draws: random numbers.

    Returns:
        The turn of every firm found, 0-1: roles take turns in proportion to their shares, so that the first ones of
        an organisation are a mix.
    """
    count, turn = 0, np.empty(wanted.sum())
    known_to = np.zeros(len(proposals.firms.death), dtype=np.int8)  # the last organisation, counted from 1
    for which in range(len(wanted)):
        organisation, first, enough, begin = which // ROLES, count, count + wanted[which], 0
        ratio = exporter_ratio(terms.exporter_ratio, references[organisation].export_pull)
        for go in range(len(ends)):
            if go > 0 and count == enough:
                break  # only those short of firms go on
            number = which * NUMBERS + np.arange(begin, ends[go, which])
            begin = ends[go, which]
            cell_luck = uniforms(draws, Decision.INITIAL_PICK_CELL, 0, number)
            firm_luck = uniforms(draws, Decision.INITIAL_PICK_ID, 0, number)
            luck = uniforms(draws, Decision.INITIAL_ACCEPT, 0, number)
            living, idents, rows = propose(proposals, which, cell_luck, firm_luck)
            exporter, regional, mean = profiles(proposals.firms, draws, idents)
            for index in range(len(rows)):
                who = mean[index], exporter[index], regional[index]
                chance = answer_rule(*who, 1.0, terms.base, ratio, terms.regional_penalty)
                yes = luck[living[index]] < chance
                if count < enough and yes and known_to[rows[index]] != organisation + 1:
                    known_to[rows[index]] = organisation + 1
                    firm = found[count]
                    firm.organisation, firm.row, firm.ident = organisation, rows[index], idents[index]
                    firm.size = proposals.firms.size_class[idents[index] >> ID_BITS]
                    turn[count] = (count - first + 0.5) / wanted[which]
                    count += 1
    return turn[:count]

"""Firms that organisations know from the programmes before, drawn as `processes.recruitment` finds strangers now."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.recruitment import (
    NUMBERS,
    PROPOSALS_PER_CONTACT,
    ROLES,
    Found,
    answer_rule,
    exporter_ratios,
    in_goes,
    places,
)
from klyngesim.ecosystem.sorting import first_of_each
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.targeting import role_shares
from klyngesim.streams import Decision, Ints, by_group_and_key, pair_id


def draw_firms(world: World, number: Ints) -> tuple[Ints, Ints, Ints]:
    """Different living firms for every organisation, who came as strangers come now: (organisation, cell, row).

    They have the roles of `targeting.role_shares`, in a mixed order; fewer than ``number`` where the firms of a role
    run out.
    """
    policy, reference = world.policy, world.reference
    edges = np.rint(np.cumsum(role_shares(policy), axis=1) * number[:, None]).astype(np.int64)
    wanted = np.diff(edges, axis=1, prepend=0).ravel()
    answers = reference.role_answers.ravel()
    asked = wanted / np.where(answers > 0.0, answers, 1.0)
    ends = [np.ceil(each * asked).astype(np.int64) + 8 for each in PROPOSALS_PER_CONTACT]
    which, cell, row = in_goes(lambda begin, end: willing_firms(world, begin, end), wanted, ends, world.register.rows)
    place = places(which, len(wanted))
    kept = np.flatnonzero(place < wanted[which])
    # Roles take turns in proportion to their shares, so that the first ones of an organisation are a mix.
    turn = (place[kept] + 0.5) / wanted[which[kept]]
    kept = kept[by_group_and_key(which[kept] // ROLES, turn, world.count)]
    return which[kept] // ROLES, cell[kept], row[kept]


def willing_firms(world: World, begin: Ints, end: Ints) -> Found:
    """Different firms that say yes among proposals ``begin`` to ``end`` of each list: (list, cell, row)."""
    policy, length = world.policy, end - begin
    which = np.repeat(np.arange(len(length)), length)
    start = np.concatenate(([0], np.cumsum(length)[:-1]))
    address = pair_id(which, np.arange(len(which)) - start[which] + begin[which], NUMBERS)
    cells, firms, luck = world.streams.several(
        (Decision.INITIAL_PICK_CELL, Decision.INITIAL_PICK_ID, Decision.INITIAL_ACCEPT), 0, address
    )
    cell, row, valid = world.proposals.propose(which, cells, firms, world.register, 0)
    living = np.flatnonzero(valid)
    which, cell, row, luck = which[living], cell[living], row[living], luck[living]
    exporter, regional, readiness = world.register.profile(world.register.ids(row, cell), cell)
    pull = world.reference.export_pull
    chance = answer_rule(
        readiness,
        exporter.astype(np.float64),
        regional.astype(np.float64),
        1.0,
        policy.num("recruitment.answer_base"),
        exporter_ratios(policy.num("recruitment.exporter_ratio"), pull)[which // ROLES],
        policy.num("recruitment.regional_penalty") * (1.0 - policy.num("local.partners")),
    )
    good = np.flatnonzero(luck < chance)
    which, cell, row = which[good], cell[good], row[good]
    once = first_of_each(pair_id(which // ROLES, row, world.register.rows))
    return which[once], cell[once], row[once]

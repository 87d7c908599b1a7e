"""2021Q1 is not empty: what every organisation brings along from the programmes before.

Inherited members and relations (E115), running and applied-for projects, ideas on their way, ties inside and outside
the programme (E160, E164), staff and portfolios, equity and outstanding claims. All of it is drawn with keyed
numbers from the same tables as later contacts, so that a firm's past does not depend on anybody else's.
"""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.inherited_firms import draw_firms
from klyngesim.ecosystem.inherited_numbers import inherited_ideas, inherited_projects, list_fees, trust_rule
from klyngesim.ecosystem.ledger import DEB, FUNDERS, OERE_PER_MKR, oere
from klyngesim.ecosystem.processes.decay_and_demography import add_background, turnover
from klyngesim.ecosystem.processes.external_income import mean_length
from klyngesim.ecosystem.processes.meeting import units_met
from klyngesim.ecosystem.processes.membership import begin
from klyngesim.ecosystem.processes.solvency import Aim, aim_rule
from klyngesim.ecosystem.ranking import by_group_and_key, keep_smallest
from klyngesim.ecosystem.reference import over
from klyngesim.ecosystem.relations import relate
from klyngesim.ecosystem.rows import EXTERNAL, NEVER, PILOT
from klyngesim.ecosystem.state import World
from klyngesim.ecosystem.ties import add as add_ties
from klyngesim.population.strongholds import SIZE_NAMES
from klyngesim.results.vocabulary import STAGE
from klyngesim.streams import Decision, Floats, Ints, pair_id

_FRESH = 4  # place of ideas without a partner among the inherited ones


def inherit(world: World) -> None:
    """Fills the world with what exists at 2021Q1."""
    inherit_money(world)
    rows = inherit_relations(world)
    inherit_members(world, rows)
    inherit_ties(world)
    inherit_ideas(world)
    relations = world.relations
    world.organisations.live = world.per_organisation(relations.organisation[world.live])
    hours = world.reference.hours[:, 1]
    world.reference.care = hours / np.maximum(1.0, world.organisations.live)
    held = world.members
    who, size = relations.organisation[held], world.contacts.size[relations.contact[held]]
    world.organisations.members = world.per_organisation(who)
    fees = world.policy.nums("fees.*", SIZE_NAMES)
    due = world.per_organisation(who, list_fees(fees)[size])
    world.reference.fee_scale = over(world.reference.fees_quarter, due)
    world.reference.large_members = world.per_organisation(who[size == 3])


def inherit_money(world: World) -> None:
    """Claims on the predecessor programmes, money they withhold or projects set aside, and cash: equity beyond them."""
    policy, ledger, organisations = world.policy, world.ledger, world.organisations
    release = round(policy.num("holdback.approval_quarters"))
    ledger.open_credit(policy.nums("*.credit_months", FUNDERS), policy.num("holdback.share"), release)
    aim = policy.terms(Aim)
    wanted = elementwise(aim_rule)(
        organisations.grant_use[:, DEB], aim.equity_months, organisations.business, aim.reserve_months
    )
    luck = world.streams.uniform(Decision.INITIAL_EQUITY, 0, np.arange(world.count))
    least = policy.num("initial.equity_least")
    equity = elementwise(oere)(wanted * (least + (1.0 - least) * luck)).astype(np.int64)
    ledger.own = equity - (ledger.pot - ledger.claimed).sum(axis=(1, 2))
    organisations.equity = equity / OERE_PER_MKR
    ledger.external = elementwise(oere)(world.reference.external_activity_quarter).astype(np.int64)


def spending_rate(policy_shares: Floats, grant_quarter: Floats, ufs_share: float) -> Floats:
    """Spending per quarter before 2021 by organisation, funder and account, mkr, shape (O, 2, 3)."""
    by_funder = grant_quarter[:, None] * np.array([ufs_share, 1.0 - ufs_share])
    return np.asarray(by_funder[:, :, None] * policy_shares, dtype=np.float64)


def inherit_relations(world: World) -> Ints:
    """Live relations from the predecessor programmes and, behind them, dormant ones."""
    policy = world.policy
    participants = world.reference.firm_participants
    live = np.rint(participants * policy.num("initial.live_share")).astype(np.int64)
    stock = np.rint(world.reference.member_stock).astype(np.int64)
    number = np.maximum(live, stock) + np.rint(participants * policy.num("initial.dormant_share")).astype(np.int64)
    firms = draw_firms(world, number)
    organisation = firms.organisation.astype(np.int64)
    rows = relate(world, firms, described=False)
    world.relations.first[rows] = -1
    place = np.searchsorted(organisation, np.arange(world.count))
    rank = np.arange(len(organisation)) - place[organisation]
    uniform = world.streams.uniform(Decision.INITIAL_RELATION_TRUST, 0, world.relations.pair[rows])
    trust = trust_rule(
        uniform, policy.num("trust.floor"), policy.num("initial.trust_high"), policy.num("initial.trust_skew")
    )
    world.relations.trust[rows] = np.where(rank < live[organisation], trust, 0.0)
    world.live = np.flatnonzero(world.relations.trust > 0.0)
    world.relations.times[rows] = 1
    known = np.unique(world.relations.contact[rows[rank < live[organisation]]])
    mean = world.contacts.mean[known]
    world.contacts.excess[known] = policy.num("initial.readiness_excess") * (1.0 - mean)
    return rows


def inherit_members(world: World, rows: Ints) -> None:
    """Members at 2021Q1: `membership.reading` decides how Table 2 is read; larger firms are likelier."""
    policy, relations = world.policy, world.relations
    organisation = relations.organisation[rows]
    size = world.contacts.size[relations.contact[rows]]
    weight = policy.nums("membership.weight_*", SIZE_NAMES)
    pair = relations.pair[rows]
    key = world.streams.uniform(Decision.INITIAL_MEMBER, 0, pair) / np.maximum(1e-9, weight[size])
    key = key / (policy.num("membership.without_trust") + relations.trust[rows])
    stock = np.rint(world.reference.member_stock).astype(np.int64)
    chosen = keep_smallest(organisation, key, stock)
    age = world.streams.uniform(Decision.INITIAL_MEMBER_SINCE, 0, pair[chosen]) * policy.num(
        "initial.longest_membership"
    )
    begin(world.state, rows[chosen], -1 - age.astype(np.int64))
    world.members = np.sort(rows[chosen])


def inherit_ties(world: World) -> None:
    """Ties outside the programme and ties that predecessors brokered, of every age that fading leaves."""
    policy, ties = world.policy, world.ties
    background = round(policy.num("tie.background_stock") * world.scale)
    add_background(world, np.arange(background) + (1 << 21), 0, NEVER)
    stock = np.rint(world.reference.firm_participants * policy.num("initial.ties_share"))
    live = world.live
    organisation = world.relations.organisation[live]
    pair = world.relations.pair[live]
    draw = world.streams.uniform
    chosen = keep_smallest(organisation, draw(Decision.INITIAL_TIE, 0, pair), stock.astype(np.int64))
    live, organisation, pair = live[chosen], organisation[chosen], pair[chosen]
    unit = usual_unit(world, organisation, pair)
    some = unit >= 0
    make_ties(world, world.contacts.ident[world.relations.contact[live[some]]], unit[some], organisation[some])
    # Every tie has an age drawn evenly over the life that fading gives it.
    initial, decay = policy.num("tie.initial"), policy.num("tie.decay_quarter")
    life = 1.0 / max(turnover(decay, initial, policy.num("tie.floor")), 1e-9)
    age = np.floor(draw(Decision.INITIAL_TIE_STRENGTH, 0, ties.key) * life)
    fade = np.cumprod(np.concatenate(([initial], np.full(int(min(life, 4000.0)) + 1, 1.0 - decay))))
    ties.strength[:] = np.maximum(policy.num("tie.floor"), fade[age.astype(np.int64)])


def usual_unit(world: World, organisation: Ints, pair: Ints) -> Ints:
    """Unit that a firm of each relation would have met before 2021, -1 where no institution comes."""
    first = world.institutions.plan.first_unit
    which, inside = world.streams.several((Decision.INITIAL_TIE_CELL, Decision.INITIAL_TIE_FIRM), 0, pair)
    return units_met(world.organisations.rows, first, organisation, which, inside)


def make_ties(world: World, ident: Ints, unit: Ints, origin: Ints) -> None:
    """Inherited ties of full strength, one a pair of firm and unit; existing ones stay as they are."""
    add_ties(
        world.ties,
        len(ident),
        key=pair_id(ident, unit, world.institutions.plan.units),
        ident=ident,
        unit=unit,
        strength=1.0,
        origin=origin,
        last=NEVER,
        death=world.register.death_of(ident),
    )


def inherit_ideas(world: World) -> None:
    """Ideas already on their way: in pilots, applied for, in external projects, matched, and freshly seeded."""
    policy, reference = world.policy, world.reference
    relations = world.relations
    live = world.live
    organisation = relations.organisation[live]
    order_key = world.streams.uniform(Decision.INITIAL_EPISODE, 0, relations.pair[live])
    order = by_group_and_key(organisation, order_key, world.count)
    live, organisation = live[order], organisation[order]
    rank = np.arange(len(live)) - np.searchsorted(organisation, np.arange(world.count))[organisation]
    pilots, pending, external = inherited_projects(policy, reference)
    wanted = inherited_ideas(policy, reference)
    edges = np.cumsum(np.rint(wanted), axis=1)
    which = (rank[:, None] >= edges[organisation]).sum(axis=1)
    chosen = which < wanted.shape[1]
    rows, organisation, which, rank = live[chosen], organisation[chosen], which[chosen], rank[chosen]
    stages = np.array(
        [STAGE[name] for name in ("pilot", "application", "external_project", "matchmaking", "dissemination")]
    )
    contact = relations.contact[rows]
    ident = world.contacts.ident[contact]
    unit = partner_of(world, ident, organisation, relations.pair[rows])
    # Whoever has gone beyond dissemination has a partner; without institutions nobody has.
    matched = (which < _FRESH) & (unit >= 0)
    which = np.where(matched, which, _FRESH)
    unit = np.where(matched, unit, NEVER)
    make_ties(world, ident[matched], unit[matched], organisation[matched])
    made = np.searchsorted(world.ties.key, pair_id(ident[matched], unit[matched], world.institutions.plan.units))
    world.ties.strength[made] = np.minimum(world.ties.strength[made], policy.num("tie.initial"))
    spread = world.streams.uniform(Decision.INITIAL_RELATION_AGE, 0, relations.pair[rows])
    world.episodes.append(
        len(rows),
        relation=rows,
        organisation=organisation,
        contact=contact,
        ident=ident,
        size=world.contacts.size[contact],
        stage=stages[which],
        since=-1,
        unit=unit,
        project=-1,
        number=pair_id(relations.pair[rows], 1023, 1024),
    )
    relations.open_ideas[rows] += 1
    before = np.where(which > 0, edges[organisation, np.maximum(which - 1, 0)], 0.0)
    position = (rank - before).astype(np.int64)
    for code, count, kind, longest in (
        (0, pilots, PILOT, policy.num("pilot.length_quarters") - 1.0),
        (1, pending, EXTERNAL, policy.num("application.decision_quarters")),
        (2, external, EXTERNAL, mean_length(policy) - 1.0),
    ):
        place_in_projects(world, np.flatnonzero(which == code), position, count, kind, longest, spread, code == 1)
    sizes = world.episodes
    np.add.at(world.tally.stock, (sizes.stage, sizes.organisation, sizes.size), 1)


def partner_of(world: World, ident: Ints, organisation: Ints, pair: Ints) -> Ints:
    """Unit that an inherited idea is pursued with: the firm's first tie, else whom it would have met."""
    ties = world.ties
    unit = usual_unit(world, organisation, pair)
    if ties.count == 0:
        return unit
    place = np.minimum(np.searchsorted(ties.key, ident * world.institutions.plan.units), ties.count - 1)
    return np.where(ties.ident[place] == ident, ties.unit[place], unit)


def place_in_projects(
    world: World,
    members: Ints,
    position: Ints,
    count: Floats,
    kind: int,
    longest: float,
    spread: Floats,
    pending: bool,
) -> None:
    """Puts inherited ideas into projects that are at every point of their life.

    External projects inherited carry no money of their own: it is in the legacy income (`external_income.legacy_rule`).
    """
    if len(members) == 0:
        return
    episodes, projects = world.episodes, world.projects
    organisation = episodes.organisation[members].astype(np.int64)
    number = np.maximum(1, np.rint(count)).astype(np.int64)
    slot = position[members] % number[organisation]
    groups, first, place = np.unique(organisation * (1 << 12) + slot, return_index=True, return_inverse=True)
    age = np.floor(spread[members][first] * longest).astype(np.int64)
    luck = world.streams.uniform(Decision.INITIAL_SOURCE, 0, groups)
    added = projects.append(
        len(groups),
        number=pair_id(groups, 1023, 1024),
        organisation=groups >> 12,
        kind=kind,
        start=-age - 1,
        end=0 if pending else np.maximum(1, round(longest) - age),
        running=not pending,
        source=luck < world.reference.eu_share[groups >> 12],
    )
    projects.firms[added] = np.bincount(place, minlength=len(groups))
    episodes.project[members] = added.start + place

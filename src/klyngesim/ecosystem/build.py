"""Building a world: the register, the institutions and the state at 2021Q1."""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import elementwise
from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans
from klyngesim.ecosystem.initial import inherit, spending_rate
from klyngesim.ecosystem.ledger import PARTNERS, Ledger
from klyngesim.ecosystem.population_plan import demography, firm_cells, institution_plan, traits
from klyngesim.ecosystem.processes.decay_and_demography import BACKGROUND_ROUNDING
from klyngesim.ecosystem.processes.expected_support import Outlook, usual_support
from klyngesim.ecosystem.processes.money_in import FIRST_YEARS, funder_shares, horizon_quarters, split_accounts
from klyngesim.ecosystem.processes.partnerships import usual_rule
from klyngesim.ecosystem.processes.passed_on import capacity
from klyngesim.ecosystem.processes.planning import BROKER_EFFORT
from klyngesim.ecosystem.processes.policy import initiatives, look_around
from klyngesim.ecosystem.processes.presence import presence_shares
from klyngesim.ecosystem.processes.recruitment import ROLES
from klyngesim.ecosystem.proposals import ProposalTable
from klyngesim.ecosystem.reference import filled_posts, reference_values, usual_initiatives
from klyngesim.ecosystem.rows import Acquaintances, Contacts, Episodes, Posts, Projects, Relations, Ties
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.ecosystem.state import Environment, Institutions, World
from klyngesim.ecosystem.tally import Tally
from klyngesim.ecosystem.targeting import background_weights, targeting
from klyngesim.evidence import tables
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.register import Register
from klyngesim.scenario.schema import Scenario
from klyngesim.streams import Decision, Floats, Streams

POSTS_MOST = 2.0
"""Times the posts of the start that there is room for."""


def build_posts(world: World, policy: Values) -> None:
    """Posts: room for `POSTS_MOST` times the reference, filled up to what turnover leaves."""
    organisations, wanted = world.organisations, world.reference.staff_posts
    slots = np.ceil(wanted * POSTS_MOST).astype(np.int64) + 12
    organisation = np.repeat(np.arange(len(wanted)), slots)
    organisations.first_post = np.cumsum(slots) - slots
    organisations.portfolio_posts = wanted.astype(np.int64)
    number = np.arange(len(organisation)) - organisations.first_post[organisation]
    filled = number < np.rint(filled_posts(policy, wanted))[organisation]
    world.posts.append(
        len(organisation),
        organisation=organisation,
        number=number,
        filled=filled,
        since=-1,
        vacant_until=1 + number % max(1, round(policy.num("staff.hiring_quarters"))),
        holder=filled,
    )


def build(scenario: Scenario, seed: int, banned: frozenset[int] = frozenset()) -> World:
    """A world at 2021Q1, before its first quarter.

    Args:
        scenario: resolved scenario.
        seed: run seed.
        banned: permanent ids of firms that nobody contacts (who is known at 2021Q1 stays known).
    """
    ids = tuple(organisation.id for organisation in tables.organisations())
    settings = Settings(scenario, ids)
    policy = settings.at(scenario.start)
    streams = Streams(seed)
    count, periods = len(ids), scenario.end - scenario.start + 1
    cells = firm_cells(policy, ids, scenario.scale)
    register = Register(cells, demography(policy), traits(policy, cells), streams, periods)
    role = cells.cell_role()[:count]
    leaving = leaving_effects(streams, count, policy.num("organisation.exit_spread"))
    reference = reference_values(policy, leaving)
    aims = targeting(policy, register, role, reference.firm_participants)
    reference.export_pull, reference.contact_roles, reference.role_answers = aims.pull, aims.contacts, aims.answers
    plan = institution_plan(policy)
    start, size = initiatives(streams, periods, policy)
    actors = count + policy.num("environment.support_actors") + usual_initiatives(policy)
    world = World(
        settings=settings,
        streams=streams,
        register=register,
        acquaintances=Acquaintances(register.rows, register.rows),
        contacts=Contacts(1 << 16),
        relations=Relations(1 << 17),
        ties=Ties(1 << 13),
        episodes=Episodes(1 << 13),
        projects=Projects(1 << 12),
        posts=Posts(1 << 9),
        organisations=Organisations(count, count),
        reference=reference,
        institutions=Institutions(
            plan=plan,
            used=np.zeros(plan.units),
            capacity=np.zeros(plan.units),
            capacity_of_year=np.zeros(plan.units),
            seen=np.zeros((count, len(plan.kind)), dtype=np.bool_),
        ),
        environment=Environment(start, size, actors),
        ledger=Ledger(
            count,
            periods,
            spending_rate(split_accounts(policy), reference.grant_quarter, policy.num("grant.ufs_share")),
        ),
        tally=Tally(count, periods),
        plan=Plans(count, count),
        flows=Flows(count, count),
        policy=policy,
        expected=settings.expected(scenario.start),
        proposals=ProposalTable.build(aims.weight.reshape(-1, aims.weight.shape[-1])),
        background=ProposalTable.build(background_weights(policy, register)),
        cell_role=role,
        year_effect=year_effects(streams, count, periods, policy.num("organisation.year_spread")),
        scale=scenario.scale,
        periods=periods,
        banned=np.array(sorted(banned), dtype=np.int64),
    )
    world.organisations.ids = ids
    begin(world)
    build_posts(world, policy)
    world.calendar = calendar(streams, count, periods)
    world.institutions.capacity = capacity(world)
    inherit(world)
    look_around(world)
    return world


def calendar(streams: Streams, count: int, periods: int) -> dict[Decision, Floats]:
    """Uniforms that every quarter asks for at the same few ids, drawn for the whole run at once; see `World.calendar`.

    One quarter's worth of them costs as much time as a thousand numbers.
    """
    organisations = np.arange(count)
    asked = {
        Decision.HOURS_ROUNDING: organisations,
        Decision.OPERATING_SHOCK: organisations,
        Decision.CONTACT_ROLE: np.arange(ROLES * count),
        Decision.BACKGROUND_NODE: np.array([BACKGROUND_ROUNDING]),
    }
    return {decision: streams.calendar(decision, periods, ids) for decision, ids in asked.items()}


def year_effects(streams: Streams, count: int, periods: int, spread: float) -> Floats:
    """Better and worse years of every organisation, shape (organisations, years from 2021).

    The report shows how much organisations change from year to year (F228, F232, F234-F237). The one reason that it
    offers, smaller and more targeted activities where firms became more (F240, M046), is not modelled: here groups are
    larger in a better year. What its tables say of 2021-2023 together stands: over these three years the mean is 1.

    Args:
        streams: the run's random numbers.
        count: organisations.
        periods: quarters of the run.
        spread: half width of the effects, 0 to less than 1 (`organisation.year_spread`).
    """
    years = np.arange(max(FIRST_YEARS, periods) // 4 + 1)
    uniform = np.stack([streams.uniform(Decision.YEAR_EFFECT, int(year), np.arange(count)) for year in years], axis=1)
    effect = 1.0 + spread * (2.0 * uniform - 1.0)
    first = FIRST_YEARS // 4
    effect[:, :first] = effect[:, :first] / (total(effect[:, :first]) / first)[:, None]
    return effect


def leaving_effects(streams: Streams, count: int, spread: float) -> Floats:
    """How readily members of each organisation leave it, relative to the mean of all, shape (organisations,).

    Associations differ widely (E128), and Table 2 may count as many members where few leave as where many do.

    Args:
        streams: the run's random numbers.
        count: organisations.
        spread: half width of the effects before their mean is set to 1 (`organisation.exit_spread`).
    """
    uniform = streams.uniform(Decision.ORGANISATION_EFFECT, 0, np.arange(count, 2 * count))
    effect = 1.0 + spread * (2.0 * uniform - 1.0)
    return np.asarray(effect / (float(total(effect)) / count))


def begin(world: World) -> None:
    """The organisations as they begin: grant periods, effects, shifts, and what is usual."""
    count, reference, policy, organisations = world.count, world.reference, world.policy, world.organisations
    draw = world.streams.uniform
    kinds = len(INSTITUTION_TYPES)
    organisations.stronghold = np.arange(count)
    organisations.open = organisations.funded = True
    organisations.period_end = horizon_quarters(policy)
    organisations.reach, organisations.loyalty = reference.reach, reference.loyalty
    organisations.joining, organisations.leaving = reference.joining, reference.leaving
    skill = draw(Decision.ORGANISATION_EFFECT, 0, np.arange(count))
    organisations.quality = 1.0 + policy.num("organisation.skill_spread") * (2.0 * skill - 1.0)
    organisations.liquidity = organisations.score_recent = organisations.grant_cut = 1.0
    organisations.support_ratio = organisations.private_ratio = organisations.offered = 1.0
    organisations.activities_shift = draw(Decision.ACTIVITY_ROUNDING, 0, np.arange(4 * count)).reshape(count, 4)
    organisations.presence_shift = draw(Decision.PRESENCE_ROUNDING, 0, np.arange(kinds * count)).reshape(count, kinds)
    passed_on = split_accounts(policy)[:, :, PARTNERS] * funder_shares(policy)
    world.plan.passed_on = reference.passed_on = reference.grant_quarter * total(passed_on)
    world.plan.visit_time = world.plan.pilot_time = 1.0
    organisations.presence = reference.presence = presence_shares(world)
    organisations.partnership = reference.partnership = elementwise(usual_rule)(reference.presence)
    organisations.external_year = 4.0 * (total(reference.external_quarter) + reference.project_cash_quarter)
    organisations.own_income = reference.own_income_quarter
    organisations.own_free = organisations.own_use = reference.own_activity_quarter
    organisations.business = reference.business_quarter
    organisations.grant_use = reference.grant_quarter[:, None] * funder_shares(policy)
    contacts = reference.hours[:, 0] / policy.vec("recruitment.hours_per_contact") * reference.reach
    reference.proposals = np.ceil(contacts[:, None] * reference.contact_roles)
    reference.brokering = reference.hours[:, BROKER_EFFORT]
    organisations.written = reference.written_quarter
    reference.support = usual_support(policy.terms(Outlook))
    world.plan.hours_shift = draw(Decision.HOURS_ROUNDING, 0, np.arange(count))

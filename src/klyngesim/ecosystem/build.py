"""Building a world: the register, the institutions and the state at 2021Q1."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.initial import inherit, spending_rate
from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.population_plan import demography, firm_cells, institution_plan, traits
from klyngesim.ecosystem.processes.applications import size_table
from klyngesim.ecosystem.processes.belief_and_staff import reference_support
from klyngesim.ecosystem.processes.decay_and_demography import BACKGROUND_ROUNDING
from klyngesim.ecosystem.processes.money_in import FIRST_YEARS, horizon_quarters, split_accounts
from klyngesim.ecosystem.processes.policy import actors, initiatives
from klyngesim.ecosystem.processes.presence import presence_shares
from klyngesim.ecosystem.processes.record import YEAR_SUMS
from klyngesim.ecosystem.processes.recruitment import ROLES
from klyngesim.ecosystem.proposals import ProposalTable
from klyngesim.ecosystem.reference import reference_values
from klyngesim.ecosystem.rows import Contacts, Episodes, Projects, Relations, Ties
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.ecosystem.state import Environment, Institutions, Organisations, Staff, World
from klyngesim.ecosystem.tally import Tally
from klyngesim.ecosystem.targeting import background_weights, targeting
from klyngesim.evidence import tables
from klyngesim.exact import total
from klyngesim.population.institutions import INSTITUTION_TYPES
from klyngesim.population.register import Register
from klyngesim.scenario.schema import Scenario
from klyngesim.streams import Decision, Floats, Streams


def build_staff(reference: dict[str, Floats], most: float, policy: Values) -> Staff:
    """Posts: room for ``most`` times the reference, filled up to what turnover leaves."""
    posts = reference["staff_posts"]
    slots = np.ceil(posts * most).astype(np.int64) + 12
    organisation = np.repeat(np.arange(len(posts)), slots)
    first = np.concatenate(([0], np.cumsum(slots)))
    number = np.arange(len(organisation)) - first[organisation]
    vacant = policy.num("staff.exit_year") / 4.0 * policy.num("staff.hiring_quarters")
    filled = number < np.rint(posts / (1.0 + vacant))[organisation]
    return Staff(
        organisation=organisation,
        number=number,
        filled=filled,
        since=np.full(len(organisation), -1),
        vacant_until=1 + number % max(1, round(policy.num("staff.hiring_quarters"))),
        holder=filled.astype(np.int64),
        first_slot=first,
        portfolio_slots=posts.astype(np.int64),
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
    reference = reference_values(policy)
    aims = targeting(policy, register, role, reference["firm_participants"])
    reference |= {"export_pull": aims.pull, "contact_roles": aims.contacts, "role_answers": aims.answers}
    plan = institution_plan(policy)
    aware = np.full(len(INSTITUTION_TYPES), policy.num("institutions.awareness"))
    horizon = np.array(horizon_quarters(policy))
    start, size = initiatives(streams, periods, policy)
    skill = streams.uniform(Decision.ORGANISATION_EFFECT, 0, np.arange(count))
    world = World(
        settings=settings,
        streams=streams,
        register=register,
        contacts=Contacts(1 << 17),
        relations=Relations(1 << 17),
        ties=Ties(1 << 13),
        episodes=Episodes(1 << 13),
        projects=Projects(1 << 12),
        staff=build_staff(reference, 2.0, policy),
        organisations=Organisations(
            ids=ids,
            stronghold=np.arange(count),
            open=np.ones(count, dtype=np.bool_),
            vacant_until=np.zeros(count, dtype=np.int64),
            funded=np.ones((count, 2), dtype=np.bool_),
            period_start=np.zeros((count, 2), dtype=np.int64),
            period_end=np.tile(horizon, (count, 1)),
            mandate_start=np.zeros(count, dtype=np.int64),
            short_quarters=np.zeros(count, dtype=np.int64),
            reach=reference["reach"],
            loyalty=reference["loyalty"],
            joining=reference["joining"],
            year_effect=year_effects(streams, count, periods, policy.num("organisation.year_spread")),
            reference=reference,
            support=np.zeros((count, 2)),
            liquidity=np.ones(count),
            score_recent=np.ones(count),
            quality=1.0 + policy.num("organisation.skill_spread") * (2.0 * skill - 1.0),
        ),
        institutions=Institutions(
            plan=plan,
            used=np.zeros(plan.units),
            awareness=aware,
            seen=np.zeros((count, len(plan.kind)), dtype=np.bool_),
        ),
        environment=Environment(start=start, size=size, reference_actors=1.0),
        ledger=Ledger(
            count,
            periods,
            spending_rate(split_accounts(policy), reference["grant_quarter"], policy.num("grant.ufs_share")),
        ),
        tally=Tally(count),
        policy=policy,
        expected=settings.expected(scenario.start),
        proposals=ProposalTable.build(aims.weight.reshape(-1, aims.weight.shape[-1])),
        background=ProposalTable.build(background_weights(policy, register)),
        cell_role=role,
        scale=scenario.scale,
        periods=periods,
        contact_of_row=np.zeros(register.rows, dtype=np.int32),
        relation_of=np.zeros((1 << 17, count), dtype=np.int32),
        banned=banned,
    )
    running = policy.num("initiative.life_years") / policy.num("initiative.years_between")
    world.environment.reference_actors = count + policy.num("environment.support_actors") + running
    world.plan = starting_plan(world, policy, aware)
    world.calendar = calendar(streams, count, periods)
    inherit(world)
    world.environment.actors = actors(world, policy, 0)
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


def starting_plan(world: World, policy: Values, aware: Floats) -> dict[str, Floats]:
    """Running totals and fixed shifts that the quarters build on."""
    count, reference = world.count, world.organisations.reference
    draw = world.streams.uniform
    shift = draw(Decision.ACTIVITY_ROUNDING, 0, np.arange(4 * count)).reshape(count, 4)
    kinds = len(INSTITUTION_TYPES)
    zero = np.zeros(count)
    contacts = reference["hours"][:, 0] / policy.vec("recruitment.hours_per_contact") * reference["reach"]
    reference["proposals"] = np.ceil(contacts[:, None] * reference["contact_roles"])
    world.plan = {"usual_awareness": aware}
    presence = presence_shares(world)
    events = reference["activities_quarter"][:, :2].sum(axis=1)
    external = total(reference["external_quarter"]) + reference["project_cash_quarter"]
    return {
        **{name: zero for name in (*YEAR_SUMS, "last_year_pairs", "year_private", "year_ufs")},
        "grant_cut": np.ones((count, 2)),
        "late_award": np.zeros((count, 2)),
        "activities_done": np.zeros((count, 4)),
        "activities_shift": shift,
        "applications_done": zero,
        "hours_shift": draw(Decision.HOURS_ROUNDING, 0, np.arange(count)),
        "capacity_of_year": np.zeros(world.institutions.plan.units),
        "presence_done": np.zeros((count, kinds)),
        "presence_shift": draw(Decision.PRESENCE_ROUNDING, 0, np.arange(kinds * count)).reshape(count, kinds),
        "presence": presence,
        "presence_at_start": presence,
        "usual_awareness": aware,
        "usual_presence": total(presence * events[:, None], axis=0),
        "usual_support": np.full(count, reference_support(policy)),
        "support_ratio": np.ones(count),
        "external_year": 4.0 * external,
        "own_income": reference["own_income_quarter"],
        "award_sizes": size_table(policy.num("external.award_spread"), policy.num("external.award_skew")),
        "private_ratio": np.ones(count),
        "score_history": np.zeros((4, 3, count)),
        "score_start": np.zeros((3, count)),
        "year_presence": np.zeros((count, kinds)),
        "institutions_ever": np.zeros(count + 1),
        "seen": np.zeros(count + 1),
        "seen_once": np.zeros(count + 1),
    }

"""Building a world: the register, the institutions and the state at 2021Q1."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.initial import inherit, spending_rate
from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.processes.applications import size_table
from klyngesim.ecosystem.processes.belief_and_staff import reference_support
from klyngesim.ecosystem.processes.money_in import horizon_quarters, split_accounts
from klyngesim.ecosystem.processes.policy import actors, initiatives
from klyngesim.ecosystem.processes.presence import presence_shares
from klyngesim.ecosystem.proposals import ProposalTable
from klyngesim.ecosystem.reference import reference_values
from klyngesim.ecosystem.rows import Contacts, Episodes, Projects, Relations, Ties
from klyngesim.ecosystem.settings import Settings, Values
from klyngesim.ecosystem.state import Environment, Institutions, Organisations, Staff, World
from klyngesim.ecosystem.tally import Tally
from klyngesim.ecosystem.targeting import SIZE_NAMES, background_weights, targeting
from klyngesim.evidence import tables
from klyngesim.evidence.derived import marlog_stronghold_firms, stronghold_export_shares
from klyngesim.exact import total
from klyngesim.population.demography import Demography
from klyngesim.population.institutions import INSTITUTION_TYPES, InstitutionPlan, plan_institutions
from klyngesim.population.register import FirmTraits, Register
from klyngesim.population.strongholds import FOREIGN, SIZES, CellPlan, plan_cells, size_shares
from klyngesim.scenario.schema import Scenario
from klyngesim.streams import Decision, Floats, Streams

_FLOORS = (0.0, 10.0, 50.0, 250.0, 10.0)
_CEILINGS = (10.0, 50.0, 250.0, 0.0, 250.0)  # definition of the size classes (F172-F175); large: firms.largest


def firm_cells(policy: Values, organisations: tuple[str, ...], scale: float) -> CellPlan:
    """Table 1 spread over strongholds and size classes."""
    kinds = tables.firm_population()
    firms = np.array([kind.firms for kind in kinds], dtype=np.float64)
    employees = np.array([kind.employees for kind in kinds], dtype=np.float64)
    sizes = np.array([policy.num(f"firms.{name}") for name in ("small", "medium", "large")])
    shares = size_shares(sizes, firms, employees, mean_employees(policy))
    counted = np.append(policy.vec("stronghold.firms"), marlog_stronghold_firms())
    return plan_cells(
        (*organisations, "marlog"),
        counted,
        firms.astype(np.int64),
        shares,
        round(policy.num("firms.support_links")),
        round(policy.num("firms.foreign_pool")),
        scale,
    )


def traits(policy: Values, cells: CellPlan) -> FirmTraits:
    """Traits of firms from the parameters and Table 4's export shares by stronghold."""
    skew = np.array([policy.num(f"firms.skew_{name}") for name in SIZE_NAMES])
    floor = np.array(_FLOORS)
    ceiling = np.array(_CEILINGS)
    ceiling[3] = policy.num("firms.largest")
    other = policy.num("firms.exporter_other")
    printed = stronghold_export_shares()
    by_stronghold = np.array([printed.get(name, other) for name in cells.strongholds])
    by_group = np.concatenate((by_stronghold, by_stronghold, [other, 1.0]))
    by_size = np.array([*(policy.num(f"firms.exporter_ratio_{name}") for name in SIZE_NAMES[:SIZES]), 1.0])
    exporter = np.minimum(0.95, by_group[cells.group] * by_size[cells.size_class])
    return FirmTraits(
        employee_floor=floor,
        employee_span=ceiling - floor,
        employee_skew=skew,
        readiness_mean=np.array([policy.num(f"firms.readiness_{name}") for name in SIZE_NAMES]),
        readiness_spread=policy.num("firms.readiness_spread"),
        exporter_bonus=policy.num("firms.exporter_bonus"),
        exporter_by_cell=np.where(cells.size_class == FOREIGN, 0.0, exporter),
        regional_share=policy.num("firms.regional_share"),
        startup_share=policy.num("firms.startup_share"),
        startup_quarters=round(4 * policy.num("firms.startup_years")),
    )


def mean_employees(policy: Values) -> Floats:
    """Mean employees of micro, small, medium and large firms, from 4,096 points of their quantile curves."""
    from klyngesim.population.register import employees_rule

    points = (np.arange(4096) + 0.5) / 4096
    means = []
    for size, name in enumerate(SIZE_NAMES[:SIZES]):
        ceiling = _CEILINGS[size] or policy.num("firms.largest")
        floor, span = np.array(_FLOORS[size]), np.array(ceiling - _FLOORS[size])
        drawn = employees_rule(points, floor, span, np.array(policy.num(f"firms.skew_{name}")))
        means.append(float(total(drawn)) / len(points))
    return np.array(means)


def demography(policy: Values) -> Demography:
    """Life tables from the evidence; years three and four lie on the line between the second and fifth."""
    first, second, fifth = (policy.num(f"firms.survival_{age}") for age in ("1y", "2y", "5y"))
    step = (second - fifth) / 3.0
    young = np.array([first, second, second - step, second - 2.0 * step, fifth])
    closing = np.array([policy.num(f"firms.closing_{name}") for name in ("small", "medium", "large")])
    return Demography(young, policy.num("firms.entry_year"), closing, policy.num("firms.growth_year"))


def institution_plan(policy: Values) -> InstitutionPlan:
    """Institutions and their units."""
    numbers = [round(policy.num(f"institutions.number_{name}")) for name in INSTITUTION_TYPES]
    units = [round(policy.num(f"institutions.units_{name}")) for name in INSTITUTION_TYPES]
    return plan_institutions(np.array(numbers), np.array(units))


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
    aims = targeting(policy, register, role)
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
    inherit(world)
    world.environment.actors = actors(world, policy, 0)
    return world


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
    names = ("year_pairs", "year_firms", "year_startup_pairs", "year_startups", "year_own", "year_returned")
    return {
        **{name: zero for name in (*names, "last_year_pairs", "year_private", "year_ufs")},
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

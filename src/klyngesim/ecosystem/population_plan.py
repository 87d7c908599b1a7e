"""What the parameters say about the population: cells of the register, traits, lives and institutions."""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.reference import over
from klyngesim.ecosystem.settings import Values
from klyngesim.evidence import tables
from klyngesim.evidence.derived import marlog_stronghold_firms, stronghold_export_shares, stronghold_medians
from klyngesim.exact import total
from klyngesim.population.demography import Demography
from klyngesim.population.institutions import INSTITUTION_TYPES, InstitutionPlan, plan_institutions
from klyngesim.population.strongholds import SIZE_NAMES, SIZES, CellPlan, plan_cells, size_shares
from klyngesim.population.traits import FirmTraits, employees_rule, exporter_rule
from klyngesim.streams import Floats

_FLOORS = (0.0, 10.0, 50.0, 250.0, 10.0)
_CEILINGS = (10.0, 50.0, 250.0, 0.0, 250.0)  # definition of the size classes (F172-F175); large: firms.largest


def firm_cells(policy: Values, organisations: tuple[str, ...], scale: float) -> CellPlan:
    """Table 1 spread over strongholds and size classes."""
    kinds = tables.firm_population()
    firms = np.array([kind.firms for kind in kinds], dtype=np.float64)
    employees = np.array([kind.employees for kind in kinds], dtype=np.float64)
    sizes = policy.nums("firms.*", ("small", "medium", "large"))
    shares = size_shares(sizes, firms, employees, mean_employees(policy))
    counted = np.append(policy.vec("stronghold.firms"), marlog_stronghold_firms())
    return plan_cells(
        (*organisations, "marlog"),
        counted,
        firms.astype(np.int64),
        shares,
        stronghold_sizes(policy, organisations, counted),
        round(policy.num("firms.support_links")),
        round(policy.num("firms.foreign_pool")),
        scale,
    )


def stronghold_sizes(policy: Values, organisations: tuple[str, ...], counted: Floats) -> Floats:
    """Firms with ten or more employees in each stronghold relative to all strongholds alike, MARLOG's last, shape (S,).

    Follows the median employees of Table 4's non-participants over their mean, weighted with the firms ``counted``;
    1 where Table 4 has no row.
    """
    printed = stronghold_medians()
    told = np.array([name in printed for name in organisations])
    medians = np.array([printed.get(name, 1.0) for name in organisations])
    weight = counted[: len(told)] * told
    whole = total(weight * medians)
    beyond = over(medians * total(weight), whole) - 1.0
    known = told & (whole > 0.0)
    return np.append(np.where(known, 1.0 + policy.num("firms.stronghold_sizes") * beyond, 1.0), 1.0)


def traits(policy: Values, cells: CellPlan) -> FirmTraits:
    """Traits of firms from the parameters and Table 4's export shares by stronghold."""
    skew = policy.nums("firms.skew_*", SIZE_NAMES)
    floor = np.array(_FLOORS)
    ceiling = np.array(_CEILINGS)
    ceiling[3] = policy.num("firms.largest")
    other = policy.num("firms.exporter_other")
    printed = stronghold_export_shares()
    by_stronghold = np.array([printed.get(name, other) for name in cells.strongholds])
    by_group = np.concatenate((by_stronghold, by_stronghold, [other, 0.0]))
    odds = np.append(policy.nums("firms.exporter_odds_*", SIZE_NAMES[:SIZES]), 0.0)
    return FirmTraits(
        employee_floor=floor,
        employee_span=ceiling - floor,
        employee_skew=skew,
        readiness_mean=policy.nums("firms.readiness_*", SIZE_NAMES),
        readiness_spread=policy.num("firms.readiness_spread"),
        exporter_bonus=policy.num("firms.exporter_bonus"),
        exporter_by_cell=exporter_rule(by_group[cells.group], odds[cells.size_class]),
        regional_share=policy.num("firms.regional_share"),
        startup_share=policy.num("firms.startup_share"),
        startup_quarters=round(4 * policy.num("firms.startup_years")),
    )


def mean_employees(policy: Values) -> Floats:
    """Mean employees of micro, small, medium and large firms, from 4,096 points of their quantile curves."""
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
    first, second, fifth = policy.nums("firms.survival_*", ("1y", "2y", "5y"))
    step = (second - fifth) / 3.0
    young = np.array([first, second, second - step, second - 2.0 * step, fifth])
    closing = policy.nums("firms.closing_*", ("small", "medium", "large"))
    return Demography(young, policy.num("firms.entry_year"), closing, policy.num("firms.growth_year"))


def institution_plan(policy: Values) -> InstitutionPlan:
    """Institutions and their units."""
    numbers = policy.nums("institutions.number_*", INSTITUTION_TYPES)
    units = policy.nums("institutions.units_*", INSTITUTION_TYPES)
    return plan_institutions(np.rint(numbers).astype(np.int64), np.rint(units).astype(np.int64))

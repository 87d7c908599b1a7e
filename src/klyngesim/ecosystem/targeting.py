"""Whom organisations contact: weights of cells by role, size and willingness, frozen at the start of a run.

The report says who took part, not who was asked. Contacts are weighed so that those who are expected to say yes have
the roles of Figures 7 and 9 (firms abroad, of the own stronghold, of supporting industries, from elsewhere), and that
organisations differ in large and medium firms as Figure 5 shows. The common level of size selection is fitted.
"""

from __future__ import annotations

import numpy as np

from klyngesim.ecosystem.processes.recruitment import answer_rule, exporter_ratios
from klyngesim.ecosystem.reference import over, relative
from klyngesim.ecosystem.settings import Values
from klyngesim.exact import total
from klyngesim.population.register import Register
from klyngesim.population.strongholds import FOREIGN, LARGE, MAIN, MEDIUM, MICRO, SMALL
from klyngesim.streams import Floats, Ints

SIZE_NAMES = ("micro", "small", "medium", "large", "foreign")
ROLE_NAMES = ("main", "supporting", "outside", "foreign")


def contact_weights(policy: Values, register: Register, role: Ints) -> tuple[Floats, Floats]:
    """Weight of each cell in the contacts of each organisation, and the organisations' pull on exporters.

    Args:
        policy: parameters at the start.
        register: firms by cell.
        role: role of each cell for each organisation, in the order of `ROLE_NAMES`, shape (O, cells).

    Returns:
        (weights, shape (O, cells); what the exporter ratio of an organisation is relative to the common one, (O,)).
    """
    shares = np.stack([policy.vec(f"recruitment.{name}_share") for name in ROLE_NAMES], axis=1)
    mass = np.tile(firm_weights(policy, register), (len(role), 1))
    size = register.plan.size_class
    # First as if all organisations selected alike; their effects are what the report shows beyond that.
    alike = np.full(len(role), policy.num("recruitment.exporter_ratio"))
    exporting, others = expected_answers(policy, register, alike)
    expected = role_weights(mass, exporting + others, shares, role) * (exporting + others)
    mass = mass * size_effects(policy, by_group(expected, size, len(SIZE_NAMES)))[:, size]
    own = mass * (role == MAIN)
    pull = export_effects(policy, over(total(own * exporting), total(own * others)))
    exporting, others = expected_answers(policy, register, exporter_ratios(float(alike[0]), pull))
    return role_weights(mass, exporting + others, shares, role), pull


def background_weights(policy: Values, register: Register) -> Floats:
    """Weight of each cell among Danish firms that find institutions by themselves, shape (1, cells)."""
    danish = register.plan.size_class != FOREIGN
    return np.asarray((firm_weights(policy, register) * danish)[None, :])


def firm_weights(policy: Values, register: Register) -> Floats:
    """Firms alive at the start times the common weight of their size, shape (cells,)."""
    weight = np.array([policy.num(f"recruitment.weight_{name}") for name in SIZE_NAMES])
    return np.asarray(register.alive_at_start * weight[register.plan.size_class])


def expected_answers(policy: Values, register: Register, exporter_ratio: Floats) -> tuple[Floats, Floats]:
    """Chance that a stranger of each cell is an exporter and says yes, or another and says yes; shapes (O, cells).

    Taken at the mean readiness of the size class; ``exporter_ratio`` has shape (O,).
    """
    traits, base = register.traits, policy.num("recruitment.answer_base")
    penalty = policy.num("recruitment.regional_penalty") * (1.0 - policy.num("local.partners"))
    ready = traits.readiness_mean[register.plan.size_class]
    far = traits.regional_share

    def answers(exporter: float) -> Floats:
        readiness = np.minimum(1.0, ready + exporter * traits.exporter_bonus)
        near_and_far = [
            answer_rule(readiness, np.array(exporter), np.array(away), 1.0, base, exporter_ratio[:, None], penalty)
            for away in (0.0, 1.0)
        ]
        return (1.0 - far) * near_and_far[0] + far * near_and_far[1]

    exporting = traits.exporter_by_cell
    return exporting * answers(1.0), (1.0 - exporting) * answers(0.0)


def role_weights(mass: Floats, answers: Floats, shares: Floats, role: Ints) -> Floats:
    """Weights of cells that give those who say yes the shares of roles, spread over a role's cells by mass.

    Args:
        mass: firms times their weight, shape (O, cells).
        answers: expected chance of a yes, shape (O, cells).
        shares: share of each role among those who say yes, shape (O, 4).
        role: role of each cell, shape (O, cells).

    Returns:
        shape (O, cells); a role without firms has no weight.
    """
    said_yes = zip(role, mass * answers, strict=True)
    yes = np.stack([np.bincount(row, found, len(ROLE_NAMES)).astype(np.float64) for row, found in said_yes])
    each = over(shares, yes)
    return np.asarray(mass * each[np.arange(len(role))[:, None], role])


def by_group(values: Floats, group: Ints, count: int) -> Floats:
    """Sums of values by group, shape (O, count), from shape (O, cells)."""
    return np.stack([np.bincount(group, row, count) for row in values])


def size_effects(policy: Values, expected: Floats) -> Floats:
    """Organisation effects on the weights of sizes, shape (O, 5): what Figure 5 shows beyond the common selection.

    Odds of a large (medium) firm against one with fewer than 50 employees, as printed, over those expected if every
    organisation selected alike; relative to the mean of the organisations, so that the level stays to be fitted.

    Args:
        policy: parameters; how much of the difference is theirs to keep is `organisation.effect_spread`.
        expected: those expected to say yes by size class under common weights, shape (O, 5).
    """
    printed = {LARGE: policy.vec("participants.large_share"), MEDIUM: policy.vec("participants.medium_share")}
    rest = np.maximum(0.0, 1.0 - printed[LARGE] - printed[MEDIUM])
    small = total(expected[:, [MICRO, SMALL]])
    effect = np.ones_like(expected)
    for size, share in printed.items():
        odds = over(over(share, rest), over(expected[:, size], small))
        effect[:, size] = relative(odds, policy.num("organisation.effect_spread"))
    return effect


def export_effects(policy: Values, expected: Floats) -> Floats:
    """Organisation effects on exporters, shape (O,): what Table 4 shows beyond the common ratio and the sizes.

    Odds of an exporter among participants of the own stronghold, as printed, over ``expected`` odds, relative to the
    mean; 1 where Table 4 tells nothing.
    """
    share = policy.vec("participants.export_share")
    told = (share > 0.0) & (expected > 0.0)
    if not told.any():
        return np.ones_like(expected)
    effect = np.ones_like(expected)
    odds = over(share, 1.0 - share)[told] / expected[told]
    effect[told] = relative(odds, policy.num("organisation.effect_spread"))
    return effect

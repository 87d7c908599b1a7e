"""The mix of activities of an organisation: its shares by type, what can be held of them, and what a mix costs.

Shares are those of Figure 10. What cannot be held goes to the other types, so that no money is set aside for nothing.
"""

from __future__ import annotations

import numpy as np

from klyngesim.compiled import loop, rule
from klyngesim.ecosystem.settings import Values
from klyngesim.ecosystem.state import APPLICATION, DISSEMINATION, INTERNATIONALISATION, PROJECT
from klyngesim.ecosystem.tables import Bools
from klyngesim.streams import Floats

TYPES = ("dissemination", "internationalisation", "application", "project")
"""Types of activity in the order of their codes."""

SHORTEST_PERIOD = 0.5
"""Years of a grant period in which a pilot can start and end."""


@rule
def mix_cost_rule(mix: Floats, usual: Floats, cost_weight: Floats) -> float:
    """Money for a mix of activities over that for the usual one, such that no type has fewer activities than in that.

    At least 1; a type that is given up altogether needs no money. All three are by type, shape (4,).
    """
    more, now, then = 1.0, 0.0, 0.0
    for kind in range(len(TYPES)):
        now += mix[kind] * cost_weight[kind]
        then += usual[kind] * cost_weight[kind]
        if mix[kind] > 0.0:
            more = max(more, usual[kind] / mix[kind])
    return max(1.0, now * more / then) if then > 0.0 else 1.0


def activity_mix(policy: Values) -> Floats:
    """Shares of activities by type, shape (O, 4): dissemination takes what the others leave."""
    other = [policy.vec(f"activity_mix.{name}") for name in TYPES[1:]]
    together = other[0] + other[1] + other[2]
    squeeze = np.where(together > 1.0, together, 1.0)
    parts = [part / squeeze for part in other]
    return np.stack([np.maximum(0.0, 1.0 - together / squeeze), *parts], axis=1)


@rule
def possible_rule(kind: int, group: float, apply_hours: float, project_hours: float, pilots_paid: bool) -> bool:
    """Whether an organisation can hold a type of activity at all.

    Internationalisation needs a group size (Table 6 is blank for some), applications and projects need a share of the
    hours, and projects a grant that pays them (`pilots_paid`).
    """
    if kind == INTERNATIONALISATION:
        return group > 0.0
    if kind == APPLICATION:
        return apply_hours > 0.0
    return kind != PROJECT or (project_hours > 0.0 and pilots_paid)


def pilots_paid(policy: Values) -> bool:
    """Whether the grant pays pilots, over a period that is long enough for one."""
    return policy.num("grant.broad_only") <= 0.0 and policy.num("grant.horizon_years") >= SHORTEST_PERIOD


@loop
def held_mix(mix: Floats, possible: Bools) -> Floats:
    """Shares of activities by type without those that cannot be held, shape (4,).

    Their share goes to the others in proportion, and to dissemination where there are no others.
    """
    rest, whole, fewer = np.zeros(len(mix)), 0.0, False
    for kind in range(len(mix)):
        if possible[kind]:
            rest[kind] = mix[kind]
            whole += mix[kind]
        elif mix[kind] > 0.0:
            fewer = True
    if not fewer:
        return mix.copy()
    if whole <= 0.0:
        rest[DISSEMINATION] = 1.0
        return rest
    return rest / whole

"""Whom organisations contact: how contacts are spread over roles, sizes and exporters, frozen at the start of a run.

The report says who took part, not who was asked. Contacts are spread so that those who are expected to say yes have
the roles of Figures 7 and 9 (own stronghold, supporting industries, elsewhere, abroad), and that organisations differ
in large and medium firms as Figure 5 and in exporters as Table 4 shows. The common levels of selection are fitted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from klyngesim.compiled import elementwise, loop
from klyngesim.ecosystem.processes.recruitment import Answers, answer_rule, exporter_ratio
from klyngesim.ecosystem.reference import over, relative
from klyngesim.ecosystem.settings import Values
from klyngesim.exact import total
from klyngesim.population.register import Register
from klyngesim.population.strongholds import FOREIGN, LARGE, MAIN, MEDIUM, MICRO, SIZE_NAMES, SMALL
from klyngesim.streams import Floats, Ints

ROLE_NAMES = ("main", "supporting", "outside", "foreign")
_ROUNDS = 6  # after which the effects of the baseline move by less than a hundredth


@dataclass(frozen=True)
class Targeting:
    """How an organisation spreads its contacts.

    Attributes:
        weight: of every cell inside its role, 0 outside it, shape (O, 4, cells); roles as in `ROLE_NAMES`.
        contacts: share of contacts by role, shape (O, 4).
        answers: expected chance of a yes by role, shape (O, 4).
        pull: what an organisation's exporter ratio less one is relative to the common one, shape (O,).
    """

    weight: Floats
    contacts: Floats
    answers: Floats
    pull: Floats


def targeting(policy: Values, register: Register, role: Ints, participants: Floats) -> Targeting:
    """Spreads the contacts of every organisation.

    Args:
        policy: parameters at the start.
        register: firms by cell.
        role: role of each cell for each organisation, in the order of `ROLE_NAMES`, shape (O, cells).
        participants: firms that took part in 2021-2023, shape (O,).
    """
    size = register.plan.size_class
    mass = np.tile(firm_weights(policy, register), (len(role), 1))
    # First as if all organisations selected alike; their effects are what the report shows beyond that.
    alike = np.full(len(role), policy.num("recruitment.exporter_ratio"))
    exporting, others = expected_answers(policy, register, alike)
    shares = role_shares(policy)
    alive = register.alive_at_start.astype(np.float64)

    def expected(effect: Floats) -> Floats:
        spread = by_role(mass * effect[:, size], exporting + others, shares, role)
        came = met_rule(willing(spread, exporting + others) * participants[:, None], alive)
        return by_group(came, size, len(SIZE_NAMES))

    mass = mass * size_effects(policy, expected)[:, size]
    own = mass * (role == MAIN)
    pull = export_effects(policy, over(total(own * exporting), total(own * others)))
    exporting, others = expected_answers(policy, register, elementwise(exporter_ratio)(alike, pull))
    return replace(by_role(mass, exporting + others, shares, role), pull=pull)


def role_shares(policy: Values) -> Floats:
    """Shares of roles among those who say yes, shape (O, 4)."""
    return np.stack([policy.vec(f"recruitment.{name}_share") for name in ROLE_NAMES], axis=1)


def background_weights(policy: Values, register: Register) -> Floats:
    """Weight of each cell among Danish firms that find institutions by themselves, shape (1, cells)."""
    danish = register.plan.size_class != FOREIGN
    return np.asarray((firm_weights(policy, register) * danish)[None, :])


def firm_weights(policy: Values, register: Register) -> Floats:
    """Firms alive at the start times the common weight of their size, shape (cells,)."""
    weight = policy.nums("recruitment.weight_*", SIZE_NAMES)
    return np.asarray(register.alive_at_start * weight[register.plan.size_class])


def expected_answers(policy: Values, register: Register, ratio: Floats) -> tuple[Floats, Floats]:
    """Chance that a stranger of each cell is an exporter and says yes, or another and says yes; shapes (O, cells).

    Taken at the mean readiness of the size class; ``ratio``, exporters' chance over others', has shape (O,).
    """
    traits, terms = register.traits, policy.terms(Answers)
    ready = traits.readiness_mean[register.plan.size_class]
    far = traits.regional_share

    def chances(exporter: float) -> Floats:
        readiness = np.minimum(1.0, ready + exporter * traits.exporter_bonus)
        near, away = (answers_by_cell(readiness, exporter, place, ratio, terms) for place in (0.0, 1.0))
        return (1.0 - far) * near + far * away

    exporting = traits.exporter_by_cell
    return exporting * chances(1.0), (1.0 - exporting) * chances(0.0)


@loop
def answers_by_cell(readiness: Floats, exporter: float, regional: float, ratio: Floats, terms: Answers) -> Floats:
    """Chance that a firm of each cell says yes to each organisation at the start, shape (O, cells)."""
    chance = np.empty((len(ratio), len(readiness)))
    for organisation in range(len(ratio)):
        for cell in range(len(readiness)):
            chance[organisation, cell] = answer_rule(
                readiness[cell], exporter, regional, 1.0, terms.base, ratio[organisation], terms.regional_penalty
            )
    return chance


def by_role(mass: Floats, answers: Floats, shares: Floats, role: Ints) -> Targeting:
    """Contacts that give those who say yes the shares of roles, spread over a role's cells by mass.

    Args:
        mass: firms times their weight, shape (O, cells).
        answers: expected chance of a yes, shape (O, cells).
        shares: share of each role among those who say yes, shape (O, 4).
        role: role of each cell, shape (O, cells).

    Returns:
        Contacts by role, none for a role without firms; the pull is 1.
    """
    inside = role[:, None, :] == np.arange(len(ROLE_NAMES))[:, None]
    weight = np.where(inside, mass[:, None, :], 0.0)
    whole = total(weight)
    weight = over(weight, np.broadcast_to(whole[:, :, None], weight.shape))
    chance = total(weight * answers[:, None, :])
    asked = over(shares, chance)
    contacts = over(asked, np.broadcast_to(total(asked)[:, None], asked.shape))
    return Targeting(weight, contacts, chance, np.ones(len(role)))


def willing(spread: Targeting, answers: Floats) -> Floats:
    """Share of each cell among those who say yes, shape (O, cells)."""
    yes = total((spread.contacts[:, :, None] * spread.weight).transpose(0, 2, 1)) * answers
    return over(yes, total(yes)[:, None])


def met_rule(wanted: Floats, firms: Floats) -> Floats:
    """Different firms that ``wanted`` takings of firms from a cell meet: all where firms abound, never more than exist.

    A cell of N firms gives n·N / (n + N) different ones, half of it when as many are wanted as there are: an
    assumption, which only the organisation effects on sizes rest on.
    """
    return over(wanted * firms, wanted + firms)


def by_group(values: Floats, group: Ints, count: int) -> Floats:
    """Sums of values by group, shape (O, count), from shape (O, cells)."""
    return np.stack([np.bincount(group, row, count) for row in values])


def size_effects(policy: Values, expect: Callable[[Floats], Floats]) -> Floats:
    """Organisation effects on the weights of sizes, shape (O, 5): what Figure 5 shows beyond the common selection.

    Odds of a large (medium) firm against one with fewer than 50 employees, as printed, over those expected if every
    organisation selected alike; relative to the mean of the organisations, so that the level stays to be fitted. Where
    the large firms of a stronghold run out, more weight does not bring as many more of them; so the effects are found
    in rounds, until the expected odds stand in the printed proportions.

    Args:
        policy: parameters; how much of the difference is theirs to keep is `organisation.effect_spread`.
        expect: firms expected to come by size class under given effects, both of shape (O, 5).
    """
    printed = {LARGE: policy.vec("participants.large_share"), MEDIUM: policy.vec("participants.medium_share")}
    rest = np.maximum(0.0, 1.0 - printed[LARGE] - printed[MEDIUM])
    effect = np.ones((len(rest), len(SIZE_NAMES)))
    for _ in range(_ROUNDS):
        expected = expect(effect)
        small = total(expected[:, [MICRO, SMALL]])
        for size, share in printed.items():
            effect[:, size] *= told_effects(over(share, rest), over(expected[:, size], small), 1.0)
    spread = policy.num("organisation.effect_spread")
    for size, share in printed.items():
        told = (share > 0.0) & (rest > 0.0) & (expected[:, size] > 0.0) & (small > 0.0)
        effect[:, size] = told_effects(effect[:, size] * told, np.ones(len(told)), spread)
    return effect


def export_effects(policy: Values, expected: Floats) -> Floats:
    """Organisation effects on exporters, shape (O,): what Table 4 shows beyond the common ratio and the sizes.

    Odds of an exporter among participants of the own stronghold, as printed, over ``expected`` odds, relative to the
    mean; 1 where Table 4 tells nothing.
    """
    share = policy.vec("participants.export_share")
    return told_effects(over(share, 1.0 - share), expected, policy.num("organisation.effect_spread"))


def told_effects(printed: Floats, expected: Floats, spread: float) -> Floats:
    """Printed over expected odds relative to their mean, shape (O,); 1, and out of the mean, where either is 0.

    ``spread`` is how much of the difference from the mean is kept.
    """
    told = (printed > 0.0) & (expected > 0.0)
    effect = np.ones_like(expected)
    effect[told] = relative(printed[told] / expected[told], spread)
    return effect

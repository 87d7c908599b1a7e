"""Rival rules and the null model against the patterns: what is kept, what is rejected, what the data cannot tell apart.

Every rival has parameters of its own, fitted by a short procedure (`calibration.rival_fit`). The rules in force are
fitted twice by the same procedure, so that a rival is compared with its like; the most elements that change sides
between those two and the shipped posterior is what chance does. The null model runs with the shipped posterior.
Verdicts: *not told apart*, when no more elements change sides than by chance; otherwise *rejected*, when a group that
the rules in force cover to at least 80 % is covered to less, and *told apart* when no group is lost. (Before rivals
were fitted, every run had the same draws, a lost group alone rejected and a single changed element told apart.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from klyngesim.calibration.naive import naive
from klyngesim.calibration.null_model import null_draws
from klyngesim.calibration.settings import CalibrationSettings
from klyngesim.calibration.simulate import FIRST_SEED, draws_of, simulate_all
from klyngesim.calibration.targets import Target
from klyngesim.calibration.verdicts import COVERAGE_AIM, Fit, GroupFit, fit_table, group_table
from klyngesim.runs.jobs import OnProgress
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.template import Template
from klyngesim.streams import Floats

Values = Mapping[str, Scalar]
Change = Callable[[Values], dict[str, Scalar]]
"""What a rival sets, from the values in force."""

IN_FORCE = "rules in force"
REFITTED = ("rules in force, fitted as the rivals are", "rules in force, fitted so again")
NULL = "null model (means only)"
OFFSET = 500_000
"""Distance of the rivals' seeds from those of the validation."""


def _number(values: Values, name: str) -> float:
    value = values[name]
    assert isinstance(value, float | int)
    return float(value)


def _join_by_chance(values: Values) -> dict[str, Scalar]:
    """Joining at the chance of the usual trust, whatever the trust."""
    usual = _number(values, "membership.join_trust") * _number(values, "membership.usual_trust")
    return {"membership.join_trust": 0.0, "membership.join_base": _number(values, "membership.join_base") + usual}


RIVALS: Mapping[str, tuple[str, Change]] = {
    "everybody who wants a seat gets one": ("attendance", lambda _: {"attendance.rule": "demand"}),
    "firms return by need, not by trust": ("attendance", lambda _: {"attendance.return_rule": "need"}),
    "calls are not capped": ("drop-out", lambda _: {"calls.success_rule": "fixed"}),
    "no second chance in the funnel": (
        "drop-out",
        lambda _: {"application.try_again": 0.0, "pilot.grounds_application": 0.0},
    ),
    "joining does not depend on trust": ("membership", _join_by_chance),
    "renewal does not depend on trust": ("membership", lambda _: {"membership.renewal_trust": 0.0}),
}
"""Rival rules: what they say, the decision they are about, and what they set."""


@dataclass(frozen=True)
class Rival:
    """One row of rivals.csv: a group of patterns under one variant.

    ``coverage``: share of the group's elements met; ``in_force``: the same under the rules in force; ``changed``:
    elements that change sides; ``undefined``: elements that the variant cannot express; ``error``: root mean square of
    the standardised errors, each capped at 3; ``verdict``: of the variant over all groups.
    """

    variant: str
    decision: str
    group: str
    elements: int
    coverage: float
    in_force: float
    changed: int
    undefined: int
    error: float
    verdict: str


def rivals(
    template: Template,
    targets: Sequence[Target],
    draws: Sequence[Values],
    discrepancy: Mapping[str, float],
    unexplained: Mapping[str, float],
    processes: int = 1,
    on_progress: OnProgress | None = None,
    settings: CalibrationSettings | None = None,
) -> tuple[Rival, ...]:
    """Fits and runs every rival, runs the null model, and compares them with the rules in force group by group.

    ``template``: of the scenario, up to 2023Q4. ``discrepancy``: by observable, that draws were weighed with;
    ``unexplained``: that they show, standard deviations in tolerances. ``settings``: of the calibration that the draws
    come from; None (no posterior) = rivals are not fitted anew.
    """
    keys = tuple(target.key for target in targets)
    usual = template.scenario.values
    jobs = draws_of(draws, keys, template, FIRST_SEED + OFFSET)
    tried = {**dict.fromkeys(REFITTED, ("all", _nothing)), **RIVALS} if settings is not None else dict(RIVALS)
    for number, (name, (_, change)) in enumerate(tried.items(), start=1):

        def under(draw: Values, change: Change = change) -> Values:
            return {**draw, **change({**usual, **draw})}

        own: Sequence[Values] = [under(draw) for draw in draws]
        if settings is not None:
            # Only here are emulators and chains needed, which come with the extra "calibrate".
            from klyngesim.calibration.rival_fit import refit

            known = [{key: _number(draw, key) for key in draw} for draw in draws]
            seed = FIRST_SEED + (1 + number) * OFFSET
            own = refit(name, under, known, template, targets, discrepancy, settings, seed, processes, on_progress)
        jobs += draws_of(own, keys, template, FIRST_SEED + OFFSET)
    runs = simulate_all(jobs, processes, on_progress)
    blocks = np.stack([run.observed for run in runs]).reshape(-1, len(draws), len(keys))
    variants = {name: (decision, blocks[n]) for n, (name, (decision, _)) in enumerate(tried.items(), start=1)}
    variants[NULL] = ("all", null_draws(draws, keys, template))
    return compared(targets, blocks[0], variants, unexplained)


def _nothing(_: Values) -> dict[str, Scalar]:
    """The rules in force change nothing."""
    return {}


def compared(
    targets: Sequence[Target],
    in_force: Floats,
    variants: Mapping[str, tuple[str, Floats]],
    unexplained: Mapping[str, float],
) -> tuple[Rival, ...]:
    """Rows of all variants from their simulated draws, each of shape (draws, targets).

    ``in_force``: of the shipped posterior; rivals are compared with the first of `REFITTED` that is there.
    ``unexplained``: by the rules in force, granted to every rival too.
    """
    guesses = naive(targets)

    def judged(values: Floats) -> tuple[tuple[Fit, ...], tuple[GroupFit, ...]]:
        fits = fit_table(targets, values, guesses, {}, unexplained)
        return fits, group_table(targets, fits, fits, guesses)

    tables = {IN_FORCE: judged(in_force)} | {name: judged(values) for name, (_, values) in variants.items()}
    own = [tables[name][0] for name in (IN_FORCE, *REFITTED) if name in tables]
    by_chance = max((changed_sides(targets, *pair) for pair in combinations(own, 2)), default=0)
    rows = []
    for name, (fits, groups) in tables.items():
        alike = IN_FORCE if name == NULL or REFITTED[0] not in tables else REFITTED[0]
        base, base_groups = tables[IN_FORCE if name in REFITTED else alike]
        known = name == IN_FORCE or name in REFITTED
        limit = 0 if name == NULL else by_chance
        word = "in force" if known else verdict(base_groups, groups, changed_sides(targets, base, fits), limit)
        decision = variants[name][0] if name in variants else "all"
        pairs = zip(base_groups, groups, strict=True)
        rows += [_row(name, decision, mine, theirs, base, fits, targets, word) for mine, theirs in pairs]
    return tuple(rows)


def changed_sides(targets: Sequence[Target], fits: Sequence[Fit], other: Sequence[Fit]) -> int:
    """Counted elements that are inside in one table and outside in the other."""
    return sum(t.counts and a.inside != b.inside for t, a, b in zip(targets, fits, other, strict=True))


def verdict(groups: Sequence[GroupFit], theirs: Sequence[GroupFit], changed: int, by_chance: int) -> str:
    """``rejected``, ``told apart`` or ``not told apart``; see the module."""
    if changed <= by_chance:
        return "not told apart"
    least = COVERAGE_AIM[0]
    lost = any(one.coverage >= least > two.coverage for one, two in zip(groups, theirs, strict=True))
    return "rejected" if lost else "told apart"


def _row(
    name: str,
    decision: str,
    usual: GroupFit,
    own: GroupFit,
    fits: Sequence[Fit],
    other: Sequence[Fit],
    targets: Sequence[Target],
    word: str,
) -> Rival:
    chosen = [n for n, target in enumerate(targets) if target.group == usual.group and target.counts]
    errors = np.array([other[n].standardised_error for n in chosen])
    known = np.isfinite(errors) & np.array([np.isfinite(other[n].median) for n in chosen])
    capped = np.clip(errors[known], -3.0, 3.0)
    return Rival(
        variant=name,
        decision=decision,
        group=usual.group,
        elements=usual.elements,
        coverage=own.coverage,
        in_force=usual.coverage,
        changed=sum(fits[n].inside != other[n].inside for n in chosen),
        undefined=int(np.count_nonzero(~known)),
        error=float(np.sqrt(np.mean(capped**2))) if known.any() else float("nan"),
        verdict=word,
    )

"""Writes docs/generated/fit.md: how well the shipped posterior meets the printed figures; for ``make docs``.

Runs what ``klyngesim validate --deep`` runs, some 2,300 simulations. Every number on the page comes from them.
"""

import sys
from collections.abc import Iterable, Sequence

from klyngesim.calibration.dropout import DropOut
from klyngesim.calibration.held_out import CENTRE
from klyngesim.calibration.inputs import Input
from klyngesim.calibration.leave_one_out import HeldOut
from klyngesim.calibration.rivals import Rival
from klyngesim.calibration.settings import read_settings
from klyngesim.calibration.targets import GROUPS
from klyngesim.calibration.validation import DEEP, Depth, Validation, deepen, read_basis, validate
from klyngesim.calibration.verdicts import Fit
from klyngesim.posterior import read_leaning
from klyngesim.runs.pool import usable_cores

DRAWS = 100
WORST = 12
SETTINGS = read_settings()
BY_HAND = frozenset(name for names in SETTINGS.by_hand.values() for name in names)
"""Targets that numbers were set to by hand."""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def groups(found: Validation) -> str:
    """Coverage and width by group of patterns, and the groups that nothing is left of."""
    columns = (
        "group", "elements", "inside", "coverage", "width", "naive", "width", "without discrepancy", "near", "aim",
    )  # fmt: skip
    left = {row.group for row in found.groups}
    gone = ", ".join(group for group in GROUPS if group not in left)
    rows = table(
        columns,
        (
            (
                row.group, str(row.elements), str(row.inside), f"{row.coverage:.0%}", f"{row.width:.1f}",
                f"{row.naive_coverage:.0%}", f"{row.naive_width:.1f}", f"{row.bare_coverage:.0%}", str(row.near),
                row.aim,
            )
            for row in found.groups
        ),
    )  # fmt: skip
    return f"{rows}\n\nWholly built in, so that nothing of them counts: {gone}."


def printed(fit: Fit) -> str:
    """The printed value or range."""
    if fit.observed is not None:
        return f"{fit.observed:,.4g}"
    return " to ".join("…" if end is None else f"{end:,.4g}" for end in (fit.observed_low, fit.observed_high))


def inside_of(fits: Iterable[Fit]) -> str:
    """``3 of 5 (2 without discrepancy)``: how many are inside."""
    rows = list(fits)
    bare = sum(fit.bare_inside for fit in rows)
    return f"{sum(fit.inside for fit in rows)} of {len(rows)} ({bare} without discrepancy)"


def blind(found: Validation) -> str:
    """What was used to set numbers by hand and what was held out, in words."""
    counted = [fit for fit in found.fits if fit.counted]
    trends = [fit for fit in counted if fit.group == "trend"]
    medians = [fit for fit in counted if fit.target.startswith("employees.")]
    used = inside_of(fit for fit in trends if fit.target in BY_HAND)
    unused = inside_of(fit for fit in trends if fit.target not in BY_HAND)
    fitted = inside_of(fit for fit in medians if fit.role == "calibration")
    held = inside_of(fit for fit in medians if fit.role == "validation")
    return (
        f"Inside are, of the trends used to set numbers by hand, {used}, of the others {unused}; of the median "
        f"sizes of Table 4 that were fitted to {fitted}, of those held out {held}."
    )


def misses(found: Validation) -> str:
    """Elements by distance, the furthest first, with the reason where there is one."""
    counted = [fit for fit in found.fits if fit.counted]
    counted.sort(key=lambda fit: -abs(fit.standardised_error))
    rows = (
        (
            fit.target, "by hand" if fit.target in BY_HAND else fit.role, printed(fit),
            f"{fit.median:,.4g} ({fit.low:,.4g} to {fit.high:,.4g})",
            "yes" if fit.inside else "**no**", f"{fit.standardised_error:+.1f}", fit.miss,
        )
        for fit in counted[:WORST]
    )  # fmt: skip
    return table(("element", "role", "printed", "model, 90 %", "inside", "error, sd", "why"), rows)


def percent(low: float, middle: float, high: float) -> str:
    """``50 % (45 to 55)``."""
    return f"{middle:.0%} ({100 * low:.0f} to {100 * high:.0f})"


def inputs(found: Validation) -> str:
    """Inputs by kind: how many are in the model as printed, and what the runs make of them."""
    kinds: dict[str, list[Input]] = {}
    for row in found.inputs:
        kinds.setdefault(row.target.split(".")[0].replace("_", " "), []).append(row)
    cells = []
    for kind, rows in kinds.items():
        ratios = sorted((row.mean_over_given, row.target) for row in rows if row.mean_over_given is not None)
        furthest = max(ratios, key=lambda one: abs(one[0] - 1.0))
        span = f"{ratios[0][0]:.2f} to {ratios[-1][0]:.2f}" if len(ratios) > 1 else f"{ratios[0][0]:.2f}"
        exact = sum(row.reproduced for row in rows)
        cells.append((kind, str(len(rows)), str(exact), span, f"{furthest[1]} {furthest[0]:.2f}"))
    return table(("input", "printed", "as printed in the model", "runs over given", "furthest"), cells)


def dropout(rows: Sequence[DropOut]) -> str:
    """The transitions for all firms and organisations together."""
    cells = (
        (
            row.transition.replace("_", " "), f"{row.episodes:,.0f}", f"{row.still_there:.0%}",
            percent(row.low, row.median, row.high),
            percent(row.prior_low, row.prior_median, row.prior_high), row.verdict,
            f"{row.per_tenth_hidden:+.1f}", "" if row.as_registered is None else f"{row.as_registered:.0%}",
        )
        for row in rows
        if row.firm_class == "all" and row.organisation == "all"
    )  # fmt: skip
    columns = (
        "transition", "entered", "still there", "drop-out", "before the data", "verdict", "points per 10 points hidden",
        "as registered",
    )  # fmt: skip
    return table(columns, cells)


def held_out(depth: Depth) -> str:
    """Error and coverage over organisations left out one by one, of the model and of its benchmarks."""
    rows = (
        (
            row.quantity, row.predictor, f"{row.log_rmse:.3f} ({row.low:.2f} to {row.high:.2f})", f"{row.coverage:.0%}",
            f"{row.width:.2f}", f"{row.ratio:.2f} ({row.ratio_low:.2f} to {row.ratio_high:.2f})", row.verdict,
        )
        for row in depth.scores
    )  # fmt: skip
    columns = ("what", "told by", "log-RMSE", "inside 90 %", "width", "model over it", "the model is")
    return table(columns, rows)


def single(rows: Sequence[HeldOut]) -> str:
    """Every organisation left out, with what the benchmarks say of it."""
    cells = (
        (
            row.organisation, row.quantity, f"{row.observed:,.0f}",
            f"{row.median:,.0f} ({row.low:,.0f} to {row.high:,.0f})", "yes" if row.inside else "**no**",
            f"{row.grant:,.0f}", f"{row.seats:,.0f}", f"{row.both:,.0f}",
        )
        for row in rows
    )  # fmt: skip
    return table(("left out", "what", "printed", "model, 90 %", "inside", "grant", "seats", "both"), cells)


def fewest(rows: Sequence[HeldOut]) -> str:
    """How many equal draws are left when an organisation's own figures are taken out of the likelihood."""
    worst = min(rows, key=lambda row: row.effective)
    return f"{worst.effective:.1f} ({worst.organisation})"


def told(rows: dict[str, float]) -> str:
    """Fitted parameters whose posterior leans on a bound of its prior, with the sentence on why."""
    cells = [
        (name, f"{place:.2f}", SETTINGS.leaning.get(name, "**no sentence yet**"))
        for name, place in rows.items()
        if name in SETTINGS.parameters
    ]
    return table(("parameter", "mean place in the prior (0-1)", "why"), cells) if cells else "None."


def rivals(rows: Sequence[Rival]) -> str:
    """Coverage by group under every variant."""
    names = list(dict.fromkeys(row.group for row in rows))
    variants = list(dict.fromkeys(row.variant for row in rows))
    cells = {(row.variant, row.group): row for row in rows}
    lines = []
    for variant in variants:
        own = [cells[variant, name] for name in names]
        shown = [f"{row.coverage:.0%}" + (f" ({row.undefined} not defined)" if row.undefined else "") for row in own]
        lines.append((variant, own[0].decision, *shown, own[0].verdict))
    return table(("variant", "decision", *names, "verdict"), lines)


def page(found: Validation, depth: Depth) -> str:
    """The whole page."""
    return f"""# How well the calibrated model meets the report

Written by `docs/build_fit.py` from {found.draws} draws of the shipped posterior on seeds that nothing was fitted on
(`klyngesim validate --deep`). **The fit says nothing about the effects of horizon, fees or number of actors**: none of
them varied in 2021-2023.

## By group of patterns
Intervals hold the posterior, the seeds, each target's tolerance and the model's discrepancy as these draws
show it; the column *without discrepancy* leaves the last one out. Widths are means in tolerances. *naive*: a model
without agents. *near*: elements that the median meets within the tolerance alone; a group that is covered though fewer
than half of its elements inside are near is covered *by width*: its middle is off. The aim is a coverage of 80-97 %
with intervals no wider than the naive ones. Nothing that is built in is in this table: roles are exclusive.

{groups(found)}

{blind(found)}

## The {WORST} elements furthest off

{misses(found)}

## Inputs
What the model is given, read from the world at 2021Q1 before its first quarter; these count in no group. *runs over
given*: mean of the draws over the figure that went in. Runs make something else of it where vacancies, cash, failures
and matched ideas have a say (`inputs.csv` has every row).

{inputs(found)}

## Drop-out
Of the episodes that entered a stage in 2021-2023 and have left it by the end of 2027, the share that dropped out, all
firms and organisations (by class and organisation: `dropout.csv`). *still there*: share of those that entered that has
not left and counts as neither. Who is rejected and tries again has not dropped out. The report prints none of these.
*informed by data*: at most half as wide as before on the logit scale.
*as registered*: when applications that the programme does not register count as drop-out.

{dropout(found.dropout)}

## Organisations left out one by one
An organisation's participants and members are taken out of the inputs, and its figures out of the likelihood: the
draws are weighed anew without them, and {DRAWS} are still worth {fewest(depth.held_out)} or more. In the place of its
counts others are drawn: participants around what {CENTRE["participants"]} say together, members around what the
{CENTRE["members"]} says, as far apart as the other twelve are from what these say of them. The model adds what rooms,
hours and years make of them, so that the question is whether it is worse than what it was told. Log-RMSE over the 13
organisations with 90 % intervals from resampling them, share of them inside 90 % intervals, and the mean width of
these (logarithm of high over low). *grant*: Table 7; *seats*: activities, mix and group sizes, which the model is
given. The model's own row compares it with the best of the three. Better is reported, not required; worse by over ten
per cent fails.

{held_out(depth)}

{single(depth.held_out)}

## Parameters that lean on a bound
Fitted parameters whose posterior mean lies in the outer tenth of its prior.

{told(read_leaning())}

## Rival rules and the null model
Coverage by group on {DEEP} draws. Every rival has parameters of its own, fitted to the same targets by a short
procedure; it is compared with the rules in force fitted by the same procedure. *not told apart*: no more elements
change sides than between the shipped posterior and the rules in force fitted twice more, which is chance. Otherwise
*rejected*: a group covered to at least 80 % by the rules in force is covered to less; or *told apart*. The null model
has the shipped posterior. Where it does as well, a spreadsheet would have done.

{rivals(depth.rivals)}
"""


if __name__ == "__main__":
    jobs = usable_cores()
    basis = read_basis()
    found = validate(basis, DRAWS, jobs)
    sys.stdout.write(page(found, deepen(basis, found, jobs)))

"""Writes the pages of docs/generated/ that tell how well the model starts and how far it drifts; for ``make docs``.

Usage: ``python docs/build_checks.py population > docs/generated/population.md``, likewise ``drift``. Every number on
the pages comes from a register built, or runs made, while the page is written.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from checks.drift import FLAT, guards, initial_drift, links_per_firm
from checks.funnel_drift import FOLLOWED, dropout_guards, stay_guards
from checks.guard import Guard
from checks.marginal import READY, Marginal
from checks.marginals import marginals

from klyngesim.ecosystem.model import Ecosystem
from klyngesim.population.strongholds import LARGE, MEDIUM
from klyngesim.posterior import pick, read_posterior
from klyngesim.results.records import RunResult
from klyngesim.scenario.loading import load, read_template

SEEDS = range(1, 21)
DRAWS, LINKED = 12, 4


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def number(value: float) -> str:
    """A value with the digits that matter: counts whole, the rest with three."""
    if value != value:
        return "not known"
    if abs(value) >= 1000.0 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3f}"


def missed(bad: Sequence[str], good: str) -> str:
    """The list of what does not hold, or the sentence that everything does."""
    return "\n".join(f"- {line}" for line in bad) if bad else good


def population_page(rows: Sequence[Marginal]) -> str:
    """The page of marginals: what is missed first, then every row."""
    bad = [
        f"**{row.marginal}** ({row.source}): {number(row.observed)} observed, {number(row.synthetic)} in the register. "
        f"The observation: {row.perimeter}."
        for row in rows
        if not row.within
    ]
    cells = [
        (
            row.marginal,
            row.source,
            number(row.observed),
            number(row.synthetic),
            f"{row.error:+.1%}" if row.measure == "relative" else f"{row.error:+.3f}",
            f"{row.tolerance:.1%}" if row.measure == "relative" else f"{row.tolerance:g}",
            "yes" if row.within else "**no**",
            row.perimeter,
            row.reason,
        )
        for row in rows
    ]
    return "\n\n".join(
        (
            "# The synthetic population against what is known",
            "Written by `docs/build_checks.py population` from the register of the baseline at full scale, seed 1. "
            "Tolerances stand in `docs/checks` with their reasons; errors and tolerances in per "
            "cent are relative to the observation, others are differences in its unit. A firm counts as "
            f"innovation-ready at a readiness of {READY:g}.",
            f"{sum(row.within for row in rows)} of {len(rows)} rows are within their tolerance.",
            "## What is missed",
            missed(bad, "Nothing."),
            "## Every marginal",
            table(
                (
                    "marginal",
                    "source",
                    "observed",
                    "synthetic",
                    "error",
                    "tolerance",
                    "within",
                    "perimeter of the observation",
                    "reason for the tolerance",
                ),
                cells,
            ),
        )
    )


def guard_table(rows: Sequence[Guard]) -> str:
    """A table of guards."""
    return table(
        ("guard", "value", "bounds", "holds", "source"),
        [(row.guard, number(row.value), bounds(row), "yes" if row.holds else "**no**", row.source) for row in rows],
    )


def bounds(row: Guard) -> str:
    """The bounds of a guard in words."""
    if row.high == float("inf"):
        return f"{row.low:.3g} or more"
    return f"{row.low:.3g} to {row.high:.3g}"


def drift_page(initial: Sequence[Guard], later: Sequence[Guard], drawn: Sequence[Guard]) -> str:
    """The page of guards: what fails first, then the tables; ``drawn``: all guards under draws of the posterior."""
    rows = [*initial, *later]
    bad = [
        f"{row.guard}: {number(row.value)}, bounds {bounds(row)}{where}."
        for part, where in ((rows, ""), (drawn, " (draws of the posterior)"))
        for row in part
        if not row.holds
    ]
    return "\n\n".join(
        (
            "# Drift of the untouched baseline",
            "Written by `docs/build_checks.py drift` from runs of the baseline at full scale, means over seeds "
            f"{SEEDS.start}-{SEEDS.stop - 1}. Bounds stand in `docs/checks`. Changes are relative: 0.1 is "
            "ten per cent.",
            f"{sum(row.holds for row in rows)} of {len(rows)} guards hold under the central values, "
            f"{sum(row.holds for row in drawn)} of {len(drawn)} over {DRAWS} draws of the posterior.",
            "## What does not hold",
            missed(bad, "Everything holds."),
            "## Initialisation: 2021-2024 with flat prices and years alike",
            guard_table(initial),
            "## The long run: 2021-2034 as shipped",
            guard_table(later),
            f"## The same under the posterior: {DRAWS} draws, one seed each",
            f"Means over the draws; organisations per firm are those of the first {LINKED} draws on one seed.",
            guard_table(drawn),
        )
    )


def runs(*settings: str) -> list[RunResult]:
    """One run of the baseline for every seed."""
    case = load("baseline", settings)
    return [Ecosystem(case, seed).run() for seed in SEEDS]


def drawn_runs(*settings: str) -> list[RunResult]:
    """One run of the baseline for every one of some draws of the posterior, each on a seed of its own."""
    numbers = enumerate(pick(DRAWS), start=SEEDS.start)
    template, draws = read_template("baseline", settings), read_posterior()
    return [Ecosystem(template.at(defaults=draws[draw]), seed).run() for seed, draw in numbers]


def links(draw: int = 0) -> dict[str, float]:
    """Organisations that a medium and a large firm took part in over 2021-2023, first seed, under a draw."""
    scenario = read_template("baseline", ["period.end=2023Q4"]).at(defaults=read_posterior()[draw])
    model = Ecosystem(scenario, SEEDS.start)
    model.run()
    world = model.world
    plan = world.register.plan
    firms = {code: int(plan.firms[plan.size_class == code].sum()) for code in (MEDIUM, LARGE)}
    each = links_per_firm(world.contacts.size[world.relations.contact], world.relations.years, firms)
    return {"medium": each[MEDIUM], "large": each[LARGE]}


def population() -> str:
    """Builds the register and tells how it fits."""
    world = Ecosystem(load("baseline"), SEEDS.start).world
    return population_page(marginals(world.register, world.policy))


def drift() -> str:
    """Runs the baseline and tells how far it drifts."""
    each = [links(draw) for draw in pick(DRAWS)[:LINKED]]
    mean = {name: sum(found[name] for found in each) / len(each) for name in each[0]}
    drawn = (*initial_drift(drawn_runs(*FLAT)), *long_run(drawn_runs, mean))
    return drift_page(initial_drift(runs(*FLAT)), long_run(runs, links()), drawn)


def long_run(make: Callable[..., list[RunResult]], linked: Mapping[str, float]) -> tuple[Guard, ...]:
    """All guards of the long run, those on cohorts from runs that follow them to the end."""
    shipped = make()
    return (*guards(shipped, linked), *stay_guards(shipped), *dropout_guards(make(FOLLOWED)))


PAGES: dict[str, Callable[[], str]] = {"population": population, "drift": drift}


def main(arguments: Sequence[str]) -> int:
    """Prints the page named on the command line."""
    if len(arguments) != 1 or arguments[0] not in PAGES:
        print(f"usage: python docs/build_checks.py {'|'.join(PAGES)}", file=sys.stderr)
        return 2
    sys.stdout.buffer.write((PAGES[arguments[0]]() + "\n").encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

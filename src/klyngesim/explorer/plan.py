"""What a page is to be made of: a sweep file with levers and its presets, checked as a whole before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from klyngesim.comparisons.pairs import opened
from klyngesim.errors import InputError
from klyngesim.explorer.bases import Coding
from klyngesim.explorer.buttons import Button, button
from klyngesim.scenario.faults import Fault, ScenarioFaults
from klyngesim.scenario.limits import LARGEST_SEED
from klyngesim.scenario.scalars import tidy
from klyngesim.scenario.template import Template
from klyngesim.seeds import generator, number_of
from klyngesim.sweeps.design import Design
from klyngesim.sweeps.emulators import FEWEST_POINTS, need_sklearn
from klyngesim.sweeps.file import Sweep, read_sweep, seen_from
from klyngesim.sweeps.methods.lhs import LatinHypercube
from klyngesim.sweeps.points import require_design
from klyngesim.sweeps.runs import design_of
from klyngesim.sweeps.schema import ExploreKeys

MOST_LEVERS = 8
MOST_OUTCOMES = 8


@dataclass(frozen=True)
class Plan:
    """What is to be run.

    Attributes:
        sweep: of one scenario, levers first among its factors.
        keys: what the file says of the page.
        templates: the scenario and the presets, to be compared.
        buttons: of the presets.
        design: points that the surrogates are fitted to.
        held_out: points that they are tested on.
    """

    sweep: Sweep
    keys: ExploreKeys
    templates: tuple[Template, ...]
    buttons: tuple[Button, ...]
    design: Design
    held_out: Design

    @property
    def coding(self) -> Coding:
        """Of the factors."""
        return Coding.of(self.sweep.factors)

    @property
    def first_seeds(self) -> tuple[int, int]:
        """First seeds of the points and of those held out; the presets' pairs have those before them."""
        first = self.templates[0].scenario.seed + self.keys.pairs
        return first, first + len(self.design) * self.sweep.file.replicates

    @property
    def trade_off(self) -> tuple[str, str]:
        """The two outcomes to weigh against each other."""
        one, other = self.keys.trade_off or self.sweep.file.outcomes[:2]
        return one, other

    @property
    def extends(self) -> str:
        """The scenario that is as today, as the sweep file names it."""
        return named(self.sweep)

    @property
    def beside(self) -> str:
        """The sweep file beside which a setting of the page is to be saved; empty where it may lie anywhere."""
        return Path(self.sweep.inputs[0][0]).name if Path(self.extends).suffix in (".yaml", ".yml") else ""

    @property
    def runs(self) -> int:
        """Runs at the most: pairs at all points, and the presets with what they are compared with."""
        points = len(self.design) + len(self.held_out)
        return 2 * points * self.sweep.file.replicates + len(self.templates) * self.keys.pairs


def read_plan(path: Path) -> Plan:
    """The plan in a sweep file.

    Raises:
        ScenarioFaults: the file, or a point of its design, is wrong, or it is no sweep for a page; with what to type.
        InputError: a preset cannot be compared with the scenario.
    """
    sweep = read_sweep(path)
    faults = list(_faults(sweep, str(path)))
    keys = sweep.file.explore
    if faults or keys is None:
        raise ScenarioFaults(faults)
    design = thinned(design_of(sweep), sweep.file.seed)
    # With another number of points these are others too, so that no number is chosen by its test.
    purpose = f"points held out beside {len(design)} of {sweep.file.replicates}"
    chance = number_of(sweep.file.seed, purpose)
    held_out = thinned(LatinHypercube().design(sweep.factors, keys.held_out, chance), chance)
    for points in (design, held_out):
        require_design(points, sweep.templates, sweep.standing, str(path))
    sources = [seen_from(path, name) for name in (named(sweep), *keys.presets)]
    today, *presets = templates = opened(sources, sweep.file.set, keys.pairs)
    buttons = tuple(button(one, today, sweep.factors) for one in presets)
    plan = Plan(sweep, keys, templates, buttons, design, held_out)
    if plan.first_seeds[1] + len(held_out) * sweep.file.replicates > LARGEST_SEED:
        raise InputError(
            f"{path}: seed: {plan.templates[0].scenario.seed} leaves too few seeds above it; take a smaller"
        )
    return plan


def named(sweep: Sweep) -> str:
    """The first scenario, as the file names it."""
    found = sweep.file.scenario
    return found if isinstance(found, str) else found[0]


def thinned(design: Design, seed: int) -> Design:
    """The same points with some levers back to as today: one lever moved is as likely as two, or all of them.

    Points of a Latin hypercube move all levers at once, which hardly anybody does with a page.
    """
    chance = generator(seed, "levers as today")
    dated = [column for column, one in enumerate(design.factors) if one.dated is not None]
    places = design.places.copy()
    for row in places:
        for column in chance.permutation(dated)[chance.integers(1, len(dated) + 1) :]:
            one = design.factors[column]
            assert one.prior is not None  # a lever is a number
            row[column] = one.place(one.prior.mode)
    return Design(design.method, design.factors, places)


def _faults(sweep: Sweep, file: str) -> Iterator[Fault]:
    """What a sweep lacks to become a page, or has too much of."""
    asked = sweep.file
    if asked.explore is None:
        yield Fault(file, "explore", "missing", "what the page needs: explore: {presets: [r3-ten-years], pairs: 20}")
    if not any(one.dated for one in sweep.factors):
        levers = "levers: {grant.budget_factor: {low: 0.5, high: 1.5, from: 2025Q1}}"
        yield Fault(
            file, "levers", "none", f"1 to {MOST_LEVERS} levers, such as {levers}; klyngesim sweep runs it as it is"
        )
    if len(asked.levers) > MOST_LEVERS:
        yield Fault(
            file, "levers", f"{len(asked.levers)} of them", f"at most {MOST_LEVERS}: a page has a slider for each"
        )
    if len(sweep.scenarios) > 1:
        names = ", ".join(one.name for one in sweep.scenarios[1:])
        allowed = f"one, which is as today; the others are buttons: explore: {{presets: [{names}]}}"
        yield Fault(file, "scenario", f"{len(sweep.scenarios)} of them", allowed)
    if sweep.method.name != LatinHypercube.name or sweep.points < FEWEST_POINTS:
        allowed = f"lhs, with samples for {FEWEST_POINTS} points or more: surrogates are fitted to them"
        yield Fault(file, "method", f"{asked.method}, {sweep.points} points", allowed)
    if asked.dummy:
        yield Fault(file, "dummy", "true", "dummy: false, for luck is in the bands")
    if any(one.kind == "switch" for one in sweep.factors):
        yield Fault(
            file, "switches", ", ".join(asked.switches), "none: a page has levers and assumptions that are numbers"
        )
    if len(asked.outcomes) > MOST_OUTCOMES:
        yield Fault(
            file, "outcomes", f"{len(asked.outcomes)} of them", f"at most {MOST_OUTCOMES}: a page has a chart for each"
        )
    for place, name in enumerate(asked.explore.trade_off or () if asked.explore else ()):
        if name not in asked.outcomes:
            yield Fault(file, f"explore.trade_off[{place}]", name, f"an outcome of the sweep; add {name} to outcomes")
    yield from _ranges(sweep, file)
    try:
        need_sklearn()
    except ImportError as error:
        yield Fault(file, "explore", str(error), "")


def _ranges(sweep: Sweep, file: str) -> Iterator[Fault]:
    """Ranges that leave out the value from which a slider starts."""
    for one in sweep.factors:
        if one.prior is not None and not one.prior.low <= one.prior.mode <= one.prior.high:
            key = "levers" if one.dated else "parameters"
            allowed = f"a range with the usual value {tidy(one.prior.mode)} in it, where the slider starts"
            yield Fault(file, f"{key}.{one.id}", f"{tidy(one.prior.low)} to {tidy(one.prior.high)}", allowed)

"""What a page is made of, with outcomes that are known instead of runs: no model is run."""

import numpy as np
import pytest

from klyngesim.comparisons.differences import intervals, paired
from klyngesim.comparisons.pairs import Runs
from klyngesim.explorer.explored import explore
from klyngesim.explorer.pairs import Pairs
from klyngesim.explorer.plan import read_plan
from klyngesim.explorer.presets import Preset, Presets
from klyngesim.results.windows import complete_years, windows_of
from klyngesim.runs.executors import HERE
from klyngesim.scenario.periods import year

AS_TODAY = np.array([8000.0, 3000.0, 50.0, 0.7, 60.0, 13.0])


class Known:
    """A world in which outcomes answer in proportion from the year of the first lever on."""

    def __init__(self, plan, missing=(), lowest=0.1):
        scenario = plan.sweep.scenarios[0]
        self.plan, self.missing, self.lowest = plan, missing, lowest
        self.years = np.array(complete_years(scenario.start, scenario.quarters))
        self.start = min(year(one.dated.period) for one in plan.sweep.factors if one.dated)

    def points(self, sweep, design, first_seed, *ways):
        """As `run_points`; the outcomes that are missing have no value where the first lever is lowest."""
        values = np.array([[design.values(n)[one.id] for one in design.factors] for n in range(len(design))])
        coded = self.plan.coding(values)
        levers = coded[:, : self.plan.coding.levers]
        chance = np.random.default_rng(first_seed)
        luck = 0.002 * chance.standard_normal((len(values), len(self.years), 6)) * levers.any(axis=1)[:, None, None]
        later = (self.years >= self.start)[None, :, None]
        moved = (0.1 * levers.sum(axis=1) + 0.05 * levers[:, 0] * coded[:, -1])[:, None, None]
        assumed = 1.0 + 0.05 * coded[:, -1][:, None, None] + 0.01 * chance.standard_normal((len(values), 1, 1))
        today = np.broadcast_to(AS_TODAY * assumed, (len(values), len(self.years), 6)).copy()
        after = today + AS_TODAY * later * (moved + luck)
        place = self.plan.sweep.factors[0].prior.place
        for name in self.missing:
            gone = [place(value) < self.lowest for value in values[:, 0]]
            after[np.ix_(gone, self.years >= self.start, [sweep.file.outcomes.index(name)])] = np.nan
        return Pairs(values, after, today, tuple(range(first_seed, first_seed + len(values))), ())

    def presets(self, plan, *ways):
        """As `run_presets`; each takes about a tenth; the last has no value where values are missing."""
        names = plan.sweep.file.outcomes
        luck = 1.0 + 0.001 * np.random.default_rng(1).standard_normal((plan.keys.pairs, len(self.years), 1))
        today, found = AS_TODAY * luck, []
        inside = self.years >= 2025
        for place, button in enumerate(plan.buttons):
            moved = today * np.where((self.years >= self.start)[:, None], 0.9 + 0.01 * place, 1.0)
            for name in self.missing if place == len(plan.buttons) - 1 else ():
                moved[:, inside, names.index(name)] = np.nan
            means = [values[:, inside].mean(axis=1).T for values in (today, moved)]
            own = {name: paired(means[0][at], means[1][at]) for at, name in enumerate(names)}
            found.append(Preset(button, intervals(today, moved), own))
        scenarios = tuple(one.scenario for one in plan.templates)
        return Presets(tuple(found), today.mean(axis=0), Runs(scenarios, tuple(windows_of(scenarios[0]))))


def explored(folder, text, missing=(), lowest=0.1):
    """Everything that a page of a sweep file shows, in a `Known` world."""
    path = folder / "known.yaml"
    path.write_text(text, encoding="utf-8")
    plan = read_plan(path)
    known = Known(plan, missing, lowest)
    with pytest.MonkeyPatch.context() as patch:
        for name, instead in (("run_points", known.points), ("run_presets", known.presets)):
            patch.setattr(f"klyngesim.explorer.explored.{name}", instead)
        patch.setattr("klyngesim.explorer.explored.require_values", lambda *ways: None)
        return explore(plan, None, HERE)

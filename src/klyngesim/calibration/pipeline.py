"""A calibration from the first wave to the shipped posterior; every stage is kept and none is done twice.

Stages: ``wave-1`` ... ``wave-n`` (history matching), ``chains`` (MCMC on the last emulator), ``verdict`` (draws
simulated again on fresh seeds and weighed), ``recovery`` (known parameters looked for), ``check`` (pyABC).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from klyngesim.calibration import abc_check, diagnostics, recovery
from klyngesim.calibration.correction import correct
from klyngesim.calibration.history_matching import Matching, Pool, match, walk_from_pool
from klyngesim.calibration.misfit import Yardstick
from klyngesim.calibration.settings import CalibrationSettings
from klyngesim.calibration.simulate import Report, Simulator, simulate_stage
from klyngesim.calibration.store import Store
from klyngesim.calibration.targets import Target
from klyngesim.files import write_whole
from klyngesim.posterior import DIAGNOSTICS, FILE, leaning, write_posterior
from klyngesim.results.hashing import file_hash, json_hash
from klyngesim.results.versions import how_to_install, package_version
from klyngesim.scenario.registryfile import DATA
from klyngesim.scenario.schema import Scenario
from klyngesim.streams import Floats


class Calibration:
    """One calibration.

    Args:
        settings: what to do.
        targets: those with the role calibration are fitted.
        store: what has been done.
        simulator: the model.
        jobs: processes.
        report: called with the progress.
    """

    def __init__(
        self,
        settings: CalibrationSettings,
        targets: Sequence[Target],
        store: Store,
        simulator: Simulator,
        jobs: int = 1,
        report: Report | None = None,
    ) -> None:
        self.settings, self.store, self.simulator = settings, store, simulator
        self.jobs, self.report = jobs, report
        self.space = settings.space
        self.yardstick = Yardstick.of(settings.fitted(targets))

    def run(self) -> dict[str, Any]:
        """Does what is left to do, writes posterior and diagnostics into the store's directory, returns the latter."""
        settings, store = self.settings, self.store
        matched = match(settings, self.yardstick, self._simulate)
        chains = store.result("chains")
        if chains is None:
            chains = self._chains(matched)
            store.keep("chains", chains)
        drawn = np.array(chains.pop("draws"))
        seeds = [settings.verdict_seeds(draw) for draw in range(settings.verdict.draws)]
        points, runs, seconds = self._simulate("verdict", lambda: drawn, seeds)
        kept = correct(
            points, runs, matched.emulator, self.yardstick, matched.discrepancy, settings.shipped, settings.seed
        )
        chosen = [self.space.values(points[place]) for place in kept.chosen]
        draws = list(zip(kept.weight.tolist(), chosen, strict=True))
        central = self.space.values(kept.central)
        _, central_runs, _ = self._simulate("central", lambda: self.space.point(central)[None], seeds[:1])
        write_posterior(store.directory / FILE, central, draws)
        fitted = diagnostics.posterior(self.space, points[kept.chosen], kept.weight)
        second = self._check(matched)
        found = {
            "targets": len(self.yardstick),
            "parameters": list(self.space.ids),
            "waves": matched.report,
            "discrepancy_sd": diagnostics.by_kind(self.yardstick, np.sqrt(matched.discrepancy)),
            "chains": chains,
            "verdict": diagnostics.verdict(
                self.yardstick, points, runs, central_runs[0], matched.emulator, kept, seconds
            ),
            "posterior": fitted,
            "leaning": list(leaning(fitted)),
            "recovery": self._recovery(matched),
            "check": {**second, "posterior_less_check_sd": diagnostics.agreement(fitted, second)},
        }
        text = json.dumps(found, indent=2, allow_nan=False) + "\n"
        write_whole(store.directory / DIAGNOSTICS, text)
        return found

    def _simulate(
        self, stage: str, wanted: Callable[[], Floats], seeds: Sequence[Sequence[int]]
    ) -> tuple[Floats, Floats, float]:
        """Candidates and runs of a stage, begun with the candidates wanted unless it was begun before."""
        points = self.store.design(stage)
        if points is None:
            points = wanted()
            self.store.begin(stage, points)
        seeds, targets = seeds[: len(points)], len(self.yardstick)
        values, seconds = simulate_stage(
            self.store, stage, self.space, seeds, self.simulator, targets, self.jobs, self.report
        )
        return points, self.yardstick.bent(values), seconds

    def _chains(self, matched: Matching) -> dict[str, Any]:
        """MCMC on the last emulator: how it mixed, and the draws to be simulated again, rounded as they are shipped."""
        density = matched.left.posterior(matched.emulator, matched.discrepancy)
        work = self.settings.chains
        chains = walk_from_pool(density, Pool(matched.points, matched.pool.share), work, self.settings.seed, "chains")
        thinned = chains.thinned(self.settings.verdict.draws)
        return {
            "acceptance": round(chains.acceptance, 4),
            "autocorrelation_steps": dict(zip(self.space.ids, chains.autocorrelation.round(1).tolist(), strict=True)),
            "effective_sample_size": round(chains.effective, 1),
            "steps": len(chains.points),
            "walkers": work.walkers,
            "draws": [self.space.point(self.space.values(point)).tolist() for point in thinned],
        }

    def _recovery(self, matched: Matching) -> dict[str, Any]:
        """Recovery and coverage, once."""
        found = self.store.result(recovery.STAGE)
        if found is None:
            work, seed = self.settings.recovery, self.settings.seed
            trials = recovery.recover(
                matched.prior, self.yardstick, matched.points, matched.runs, work, seed, self.report
            )
            found = recovery.report_of(trials, self.space.ids)
            self.store.keep(recovery.STAGE, found)
        assert isinstance(found, dict)
        return found

    def _check(self, matched: Matching) -> dict[str, Any]:
        """PyABC from the space that the last wave was drawn from, once; a note when pyABC is not installed."""
        found = self.store.result(abc_check.STAGE)
        if found is None:
            if not abc_check.installed():
                return {"skipped": f"pyABC is not installed; {how_to_install('check')}"}
            box = np.stack((matched.points.min(axis=0), matched.points.max(axis=0)))
            found = abc_check.check(
                self.simulator,
                self.space,
                self.yardstick,
                matched.discrepancy,
                box,
                self.settings.check,
                self.store.directory / "check.sqlite",
                self.settings.seed,
                self.jobs,
                self.report,
            )
            self.store.keep(abc_check.STAGE, found)
        assert isinstance(found, dict)
        return found


def identity_of(settings: CalibrationSettings, targets: Sequence[Target], scenario: Scenario) -> dict[str, Any]:
    """Everything that simulations and design depend on, as plain data: what a store belongs to."""
    plain = settings.plain()
    del plain["rivals"], plain["leaning"]  # belong to the judgement
    return {
        "settings": plain,
        "scenario": json_hash(scenario.resolved()),
        "targets": [
            [target.id, target.observable, target.cluster, target.group, *map(str, target.bounds), target.tolerance]
            for target in settings.fitted(targets)
        ],
        "parameters": file_hash(DATA / "parameters.csv"),
        "version": package_version(),
    }

"""A calibration from the first wave to the shipped posterior; every stage is kept and none is done twice.

Stages: ``wave-1`` ... ``wave-n`` (history matching), ``chains`` (MCMC on the last emulator), ``verdict`` (draws
simulated again on fresh seeds and weighed), ``recovery`` (known parameters looked for), ``check`` (pyABC).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from klyngesim.calibration import abc_check, recovery
from klyngesim.calibration.chance import sobol
from klyngesim.calibration.correction import Corrected, correct
from klyngesim.calibration.emulator import Emulator, fit_emulator
from klyngesim.calibration.misfit import Yardstick, discrepancies, log_likelihood
from klyngesim.calibration.posterior import FILE, write_posterior
from klyngesim.calibration.sampling import Walk, walk
from klyngesim.calibration.settings import CalibrationSettings
from klyngesim.calibration.simulate import Report, Simulator, simulate_stage
from klyngesim.calibration.store import Store
from klyngesim.calibration.targets import Target
from klyngesim.calibration.waves import Pool, SpaceLeft, cut_with, describe, design, first_pool
from klyngesim.streams import Floats

DIAGNOSTICS = "diagnostics.json"
_UNIFORM_SD = 12.0**-0.5


@dataclass
class Matched:
    """What the waves come to: space left before and after the last one, its emulator, and its candidates."""

    before: SpaceLeft
    left: SpaceLeft
    pool: Pool
    emulator: Emulator
    points: Floats
    runs: Floats
    report: list[dict[str, Any]]


class Calibration:
    """One calibration.

    Args:
        settings: what to do.
        targets: those with the role calibration are fitted.
        store: what has been done.
        simulator: the model.
        jobs: processes.
        report: hears the progress.
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
        self.yardstick = Yardstick.of([target for target in targets if target.role == "calibration"])

    def run(self) -> dict[str, Any]:
        """Does what is left to do, writes posterior and diagnostics into the store's directory, returns the latter."""
        matched = self.waves()
        discrepancy = discrepancies(matched.emulator(matched.pool.points), self.yardstick)
        chains = self.store.result("chains")
        if chains is None:
            chains = self._chains_result(self.chains(matched, discrepancy))
            self.store.keep("chains", chains)
        seeds = [self.settings.verdict_seeds(draw) for draw in range(self.settings.verdict.draws)]
        runs, seconds = self._simulate("verdict", np.array(chains.pop("draws")), seeds)
        points = self.store.design("verdict")
        assert points is not None  # just simulated
        kept = correct(
            points, runs, matched.emulator, self.yardstick, discrepancy, self.settings.shipped, self.settings.seed
        )
        self._write(points, kept)
        found = {
            "targets": len(self.yardstick),
            "parameters": list(self.space.ids),
            "waves": matched.report,
            "discrepancy_sd": self._by_kind(np.sqrt(discrepancy)),
            "chains": chains,
            "verdict": self._verdict_report(points, runs, matched.emulator, discrepancy, kept, seconds),
            "posterior": self._posterior_report(points[kept.chosen], kept.weight),
            "recovery": self._recovery(matched),
            "check": self._check(matched),
        }
        text = json.dumps(found, indent=2, allow_nan=False) + "\n"
        (self.store.directory / DIAGNOSTICS).write_text(text, encoding="utf-8")
        return found

    def waves(self) -> Matched:
        """History matching."""
        settings, dimensions = self.settings, len(self.space)
        left, pool = SpaceLeft(self.yardstick), first_pool(dimensions, settings.seed)
        before, emulator = left, None
        points, runs = np.zeros((0, dimensions)), np.zeros((0, settings.seeds_per_candidate, len(self.yardstick)))
        reports = []
        for wave, count in enumerate(settings.waves):
            stage = f"wave-{wave + 1}"
            wanted = sobol(count, dimensions, settings.seed, stage) if wave == 0 else None
            if wanted is None and self.store.design(stage) is None:
                wanted = design(pool, count, settings.seed, stage)
            seeds = [settings.candidate_seeds(wave, candidate) for candidate in range(count)]
            fresh, seconds = self._simulate(stage, wanted, seeds)
            # Earlier candidates still in the running help the emulator; the others would only distract it.
            still = left.contains(points) if len(points) else np.zeros(0, dtype=np.bool_)
            fresh_points = self.store.design(stage)
            assert fresh_points is not None  # just simulated
            points, runs = np.concatenate((points[still], fresh_points)), np.concatenate((runs[still], fresh))
            emulator = fit_emulator(points, runs, settings.seed, stage)
            before = left
            left, pool, found = cut_with(left, emulator, pool, settings.cut_off, settings.seed, stage)
            reports.append(
                {
                    "candidates": len(fresh),
                    "in_emulator": len(points),
                    "seconds_per_simulation": round(seconds / (len(fresh) * settings.seeds_per_candidate), 4),
                    "not_defined": float(np.isnan(fresh).mean()),
                    **found,
                    **describe(emulator, self.yardstick),
                }
            )
        return Matched(before, left, pool, emulator, fresh_points, fresh, reports)

    def chains(self, matched: Matched, discrepancy: Floats) -> Walk:
        """MCMC on the last emulator, inside the space left."""
        work = self.settings.chains

        def density(points: Floats) -> Floats:
            found = log_likelihood(matched.emulator(points), self.yardstick, discrepancy)
            return np.where(matched.left.contains(points), found, -np.inf)

        pool = matched.pool.points
        likely = log_likelihood(matched.emulator(pool), self.yardstick, discrepancy)
        best = pool[np.argsort(-likely)[: 4 * work.walkers]]
        return walk(density, best, work.walkers, work.steps, work.burn_in, self.settings.seed, "chains")

    def _simulate(
        self, stage: str, wanted: Floats | None, seeds: Sequence[Sequence[int]]
    ) -> tuple[Floats, float]:
        """Runs of a stage on the bent scale, begun with the candidates wanted unless it was begun before."""
        if self.store.design(stage) is None:
            assert wanted is not None
            self.store.begin(stage, wanted)
        points = self.store.design(stage)
        assert points is not None
        values, seconds = simulate_stage(
            self.store, stage, self.space, seeds[: len(points)], self.simulator, len(self.yardstick), self.jobs, self.report
        )
        return self.yardstick.bent(values), seconds

    def _chains_result(self, chains: Walk) -> dict[str, Any]:
        """What is kept of the chains: how they mixed, and the draws to be simulated again, rounded as shipped."""
        thinned = chains.thinned(self.settings.verdict.draws)
        return {
            "acceptance": round(chains.acceptance, 4),
            "autocorrelation_steps": dict(zip(self.space.ids, chains.autocorrelation.round(1).tolist(), strict=True)),
            "effective_sample_size": round(chains.effective, 1),
            "steps": len(chains.points),
            "walkers": self.settings.chains.walkers,
            "draws": [self.space.point(self.space.values(point)).tolist() for point in thinned],
        }

    def _verdict_report(
        self, points: Floats, runs: Floats, emulator: Emulator, discrepancy: Floats, kept: Corrected, seconds: float
    ) -> dict[str, Any]:
        """How the draws did on fresh seeds, and what the correction cost."""
        miss = self.yardstick.miss(runs)
        within = (np.abs(miss) <= 1.0).mean(axis=(0, 1))
        central = self.yardstick.by_kind(miss[kept.central] ** 2).mean(axis=0)
        surprise = (runs.mean(axis=1) - emulator(points).mean) / np.sqrt(
            emulator.error + emulator.noise / runs.shape[1] + 1e-12
        )
        return {
            "draws": len(points),
            "kept": len(kept.chosen),
            "seeds_per_draw": runs.shape[1],
            "seconds_per_simulation": round(seconds / (runs.shape[0] * runs.shape[1]), 4),
            "effective_before": round(kept.effective, 1),
            "effective_kept": round(kept.effective_kept, 1),
            "emulator_error_over_expected": round(float(np.sqrt((surprise**2).mean())), 3),
            "runs_within_tolerance": self._by_kind(self.yardstick.by_kind(within)),
            "central_root_mean_square_miss": self._by_kind(np.sqrt(central)),
            "discrepancy_variance_share": round(float((discrepancy > 0.0).mean()), 3),
        }

    def _posterior_report(self, points: Floats, weight: Floats) -> dict[str, Any]:
        """Median, 90 % interval and what the data did to the prior, by parameter."""
        found = {}
        for column, prior in enumerate(self.space.priors):
            places = points[:, column]
            low, median, high = (float(x) for x in _quantiles(places, weight, (0.05, 0.5, 0.95)))
            mean = np.average(places, weights=weight)
            spread = float(np.sqrt(np.average((places - mean) ** 2, weights=weight)))
            found[prior.id] = {
                "median": prior.value(median),
                "low": prior.value(low),
                "high": prior.value(high),
                "sd_ratio": round(spread / _UNIFORM_SD, 4),
                "mean_place": round(float(mean), 4),
            }
        return found

    def _by_kind(self, numbers: Floats) -> dict[str, float]:
        return dict(zip(self.yardstick.kinds, np.asarray(numbers).round(4).tolist(), strict=True))

    def _write(self, points: Floats, kept: Corrected) -> None:
        """Writes posterior.csv."""
        draws = [
            (float(weight), self.space.values(points[place]))
            for place, weight in zip(kept.chosen, kept.weight, strict=True)
        ]
        write_posterior(self.store.directory / FILE, self.space.values(points[kept.central]), draws)

    def _recovery(self, matched: Matched) -> dict[str, Any]:
        """Recovery and coverage, once."""
        found = self.store.result(recovery.STAGE)
        if found is None:
            work, seed = self.settings.recovery, self.settings.seed
            trials = recovery.recover(matched.before, matched.points, matched.runs, work, seed, self.report)
            found = recovery.report_of(trials, self.space.ids)
            self.store.keep(recovery.STAGE, found)
        assert isinstance(found, dict)
        return found

    def _check(self, matched: Matched) -> dict[str, Any]:
        """PyABC from the space that the last wave was drawn from, once; a note when pyABC is not installed."""
        found = self.store.result(abc_check.STAGE)
        if found is None:
            if not abc_check.installed():
                return {"skipped": 'pyABC is not installed; pip install "klyngesim[calibrate]" adds it'}
            box = np.stack((matched.points.min(axis=0), matched.points.max(axis=0)))
            found = abc_check.check(
                self.simulator,
                self.space,
                self.yardstick,
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


def _quantiles(values: Floats, weight: Floats, levels: Sequence[float]) -> Floats:
    """Weighted quantiles, linear between the middles of the weights."""
    order = np.argsort(values)
    middle = (np.cumsum(weight[order]) - 0.5 * weight[order]) / weight.sum()
    return np.interp(levels, middle, values[order])


def identity_of(settings: CalibrationSettings, targets: Sequence[Target]) -> dict[str, Any]:
    """Everything that simulations and design depend on, as plain data: what a store belongs to."""
    from klyngesim.results.hashing import file_hash
    from klyngesim.results.versions import package_version
    from klyngesim.scenario.registryfile import DATA

    return {
        "settings": settings.plain(),
        "targets": [
            [target.id, target.observable, target.cluster, target.group, *map(str, target.bounds), target.tolerance]
            for target in targets
            if target.role == "calibration"
        ],
        "parameters": file_hash(DATA / "parameters.csv"),
        "version": package_version(),
    }

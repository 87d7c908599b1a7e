"""Settings of a calibration, read from YAML and checked as a whole: ``calibration/settings.yaml`` unless told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from klyngesim.calibration.targets import Target
from klyngesim.posterior import shipped_file
from klyngesim.priors import Space
from klyngesim.scenario.checks import SMALLEST_SCALE
from klyngesim.scenario.documents import Document
from klyngesim.scenario.faults import Fault, ScenarioFaults, nearest
from klyngesim.scenario.layers import Origin
from klyngesim.scenario.limits import LARGEST_SEED, seeds_fault
from klyngesim.scenario.models import Strict, Whole, validated, with_lines
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import show
from klyngesim.scenario.yamlsafe import read

MOST_COMMON = 12
"""Most parameters that all organisations have in common; more could not be told apart (referee's rule)."""

Count = Annotated[Whole, Field(ge=1, le=10_000)]
Steps = Annotated[Whole, Field(ge=0, le=1_000_000)]
Candidates = Annotated[Whole, Field(ge=10, le=100_000)]
Seed = Annotated[Whole, Field(ge=0, le=LARGEST_SEED)]
Reason = Annotated[str, Field(min_length=20, max_length=1_000)]


class Chains(Strict):
    """Work of the MCMC: walkers, steps of each, and the steps thrown away at the start."""

    walkers: Annotated[Whole, Field(ge=4, le=10_000)]
    steps: Annotated[Steps, Field(ge=1)]
    burn_in: Steps


class Verdict(Strict):
    """Draws simulated again on seeds that nothing else uses: ``first_seed`` and those that follow it."""

    draws: Annotated[Whole, Field(ge=2, le=100_000)]
    seeds_per_draw: Count
    first_seed: Annotated[Seed, Field(ge=1)]


class Recovery(Chains):
    """Trials in which known parameters are to be found again."""

    trials: Count


class RivalFits(Chains):
    """Work of fitting a rival rule: candidates, and how much wider than the posterior they spread."""

    candidates: Candidates
    wider: Annotated[float, Field(ge=1, le=100)]


class Check(Strict):
    """pyABC from the last wave: accepted candidates per generation, and generations."""

    population: Annotated[Whole, Field(ge=2, le=100_000)]
    generations: Count


class CalibrationSettings(Strict):
    """Everything that a calibration depends on besides the targets; see ``calibration/settings.yaml``.

    `period_end` is the quarter up to which the observables of the report describe a run; no other can be observed.
    `parameters` maps parameter ids to the reason why they are fitted, and what tells them; `by_hand` maps others to the
    ids of the targets that they were set to; `leaning` says of every fitted parameter whose posterior leans on a bound
    of its prior why that is so.
    """

    scenario: Annotated[str, Field(min_length=1)]
    period_end: Literal["2023Q4"]
    population_scale: Annotated[float, Field(ge=SMALLEST_SCALE, le=1)]
    parameters: Annotated[dict[str, Reason], Field(min_length=1, max_length=MOST_COMMON)]
    by_hand: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    leaning: dict[str, Reason] = Field(default_factory=dict)
    cut_off: Annotated[float, Field(gt=0, le=100)]
    waves: Annotated[list[Candidates], Field(min_length=1, max_length=20)]
    seeds_per_candidate: Count
    seed: Seed
    chains: Chains
    verdict: Verdict
    shipped: Annotated[Whole, Field(ge=1, le=100_000)]
    recovery: Recovery
    rivals: RivalFits
    check: Check

    @property
    def space(self) -> Space:
        """The fitted parameters with their priors. ValueError names every one that has none."""
        return Space.of([*self.parameters], registry())

    def fitted(self, targets: Sequence[Target]) -> list[Target]:
        """The targets of the likelihood: those for calibration that no number was set to by hand.

        Raises:
            ScenarioFaults: `by_hand` names a target that is not for calibration.
        """
        open_to_fit = {target.id: target for target in targets if target.role == "calibration"}
        used = {name for names in self.by_hand.values() for name in names}
        wrong = sorted(used - set(open_to_fit))
        if wrong:
            what = "a target with the role calibration"
            raise ScenarioFaults(Fault("by_hand", "", *_instead(name, open_to_fit, what)) for name in wrong)
        return [target for name, target in open_to_fit.items() if name not in used]

    def candidate_seeds(self, stage: int, candidate: int) -> list[int]:
        """Run seeds of a candidate of a wave (counted from 0): its own, the same every time."""
        before = sum(self.waves[:stage]) + candidate
        return [1 + before * self.seeds_per_candidate + k for k in range(self.seeds_per_candidate)]

    def verdict_seeds(self, draw: int) -> list[int]:
        """Fresh run seeds of a draw; those of the first one serve the central draw too."""
        first = self.verdict.first_seed + draw * self.verdict.seeds_per_draw
        return [first + k for k in range(self.verdict.seeds_per_draw)]

    def plain(self) -> dict[str, Any]:
        """The settings as plain data."""
        found = json.loads(self.model_dump_json())
        assert isinstance(found, dict)
        return found


def read_settings(path: Path | None = None, quick: bool = False) -> CalibrationSettings:
    """Settings from a file, by default the shipped ones; ``quick`` applies the file's section of that name.

    Raises:
        ScenarioFaults: the file cannot be read or something in it is wrong, in either section; names every fault.
    """
    file = shipped_file("settings.yaml") if path is None else path
    try:
        document = read(file)
    except ScenarioFaults as refused:
        raise ScenarioFaults(refused.faults) from None
    data = dict(document.data)
    changes = data.pop("quick", {})
    if not isinstance(changes, dict):
        wrong = Fault(document.file, "quick", show(changes), "a mapping of settings that --quick changes")
        changes = {}
        document = replace(document, faults=(*document.faults, wrong))
    shipped = dict(read(shipped_file("settings.yaml")).data)
    shipped.pop("quick", None)
    usual, faults = _checked(replace(document, data=data), shipped)
    tried, more = _checked(replace(document, data={**data, **changes}, faults=()), shipped)
    # What --quick changes is judged with the rest of the file, and told where it stands.
    faults += [
        replace(fault, path=f"quick.{fault.path}", line=None)
        for fault in more
        if re.split(r"[.\[]", fault.path)[0] in changes
    ]
    settings = tried if quick else usual
    if faults or settings is None:
        raise ScenarioFaults(with_lines(document, faults))
    return settings


_FOLLOW: Mapping[str, tuple[str, ...]] = {
    "parameters": ("by_hand", "chains", "recovery", "rivals"),
    "waves": ("verdict",),
    "seeds_per_candidate": ("verdict",),
}
"""Keys that are judged by another one: nothing can be said of them where that one is wrong."""


def _checked(document: Document, stand_ins: Mapping[str, Any]) -> tuple[CalibrationSettings | None, list[Fault]]:
    """The settings, and everything that is wrong with them; what follows from a wrong key is told with that key."""
    settings, wrong, faults = validated(CalibrationSettings, document, {}, stand_ins)
    if settings is None:
        return None, faults
    hushed = wrong.union(*(keys for key, keys in _FOLLOW.items() if key in wrong))
    more = [one for one in _problems(settings, document.file) if re.split(r"[.\[]", one.path)[0] not in hushed]
    return settings, [*faults, *more]


def _instead(word: str, known: Iterable[str], what: str) -> tuple[str, str, str | None]:
    """What a fault says of an unknown word: the word, what may stand there, and what was probably meant."""
    return word, what, nearest(word, known)


def _problems(settings: CalibrationSettings, file: str) -> Iterator[Fault]:
    """What single fields do not show."""
    known, fitted = registry(), settings.parameters
    others = {name for name in known if name not in fitted}
    for name in settings.by_hand:
        if name not in others:
            yield Fault(file, f"by_hand.{name}", *_instead(name, others, "a registered parameter that is not fitted"))
    try:
        dimensions = len(settings.space)
    except ValueError as error:
        yield from (Fault(file, "parameters", line, "") for line in str(error).splitlines())
        return
    worked: dict[str, Chains] = {"chains": settings.chains, "recovery": settings.recovery, "rivals": settings.rivals}
    for name, chains in worked.items():
        if chains.walkers < 2 * dimensions or chains.walkers % 2:
            allowed = f"an even number of at least {2 * dimensions}"
            yield Fault(file, f"{name}.walkers", str(chains.walkers), allowed)
        if chains.burn_in >= chains.steps:
            allowed = f"fewer than {name}.steps ({chains.steps})"
            yield Fault(file, f"{name}.burn_in", str(chains.burn_in), allowed)
    yield from _seed_problems(settings, file)


def _seed_problems(settings: CalibrationSettings, file: str) -> Iterator[Fault]:
    """Seeds of waves and verdict that there are not, or that both would use."""
    verdict, needed = settings.verdict, settings.verdict.draws * settings.verdict.seeds_per_draw
    last = settings.candidate_seeds(len(settings.waves) - 1, settings.waves[-1] - 1)[-1]
    at = Origin(file, "verdict.first_seed")
    for fault in (seeds_fault(Origin(file, "waves"), 1, last), seeds_fault(at, verdict.first_seed, needed)):
        if fault is not None:
            yield fault
    if verdict.first_seed <= last:
        yield Fault(file, at.path, str(verdict.first_seed), f"above {last}, the waves' last seed")

"""Settings of a calibration, read from YAML and checked as a whole: ``calibration/settings.yaml`` unless told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from klyngesim.calibration.place import shipped_file
from klyngesim.calibration.space import Space
from klyngesim.calibration.targets import Target
from klyngesim.scenario.faults import ScenarioFaults, nearest
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.yamlsafe import read

MOST_COMMON = 12
"""Most parameters that all organisations have in common; more could not be told apart (referee's rule)."""

Count = Annotated[int, Field(ge=1)]
Reason = Annotated[str, Field(min_length=20)]


class SettingsRefused(ValueError):
    """The settings are wrong; the text has one line per fault."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chains(_Strict):
    """Work of the MCMC: walkers, steps of each, and the steps thrown away at the start."""

    walkers: Annotated[int, Field(ge=4)]
    steps: Count
    burn_in: Annotated[int, Field(ge=0)]


class Verdict(_Strict):
    """Draws simulated again on seeds that nothing else uses: ``first_seed`` and those that follow it."""

    draws: Annotated[int, Field(ge=2)]
    seeds_per_draw: Count
    first_seed: Annotated[int, Field(ge=1)]


class Recovery(Chains):
    """Trials in which known parameters are to be found again."""

    trials: Count


class RivalFits(Chains):
    """Work of fitting a rival rule: candidates, and how much wider than the posterior they spread."""

    candidates: Annotated[int, Field(ge=10)]
    wider: Annotated[float, Field(ge=1)]


class Check(_Strict):
    """pyABC from the last wave: accepted candidates per generation, and generations."""

    population: Annotated[int, Field(ge=2)]
    generations: Count


class CalibrationSettings(_Strict):
    """Everything that a calibration depends on besides the targets; see ``calibration/settings.yaml``.

    `parameters` and `organisation_effects` map parameter ids to the reason why they are fitted; `by_hand` maps others
    to the ids of the targets that they were set to.
    """

    scenario: str
    period_end: str
    population_scale: Annotated[float, Field(gt=0, le=1)]
    parameters: Annotated[dict[str, Reason], Field(min_length=1, max_length=MOST_COMMON)]
    organisation_effects: Annotated[dict[str, Reason], Field(max_length=1)]
    by_hand: dict[str, Annotated[list[str], Field(min_length=1)]] = {}
    cut_off: Annotated[float, Field(gt=0)]
    waves: Annotated[list[Annotated[int, Field(ge=10)]], Field(min_length=1)]
    seeds_per_candidate: Count
    seed: Annotated[int, Field(ge=0)]
    chains: Chains
    verdict: Verdict
    shipped: Annotated[int, Field(ge=1)]
    recovery: Recovery
    rivals: RivalFits
    check: Check

    @property
    def space(self) -> Space:
        """The fitted parameters with their priors. ValueError names every one that has none."""
        return Space.of([*self.parameters, *self.organisation_effects], registry())

    def fitted(self, targets: Sequence[Target]) -> list[Target]:
        """The targets of the likelihood: those for calibration that no number was set to by hand.

        Raises:
            SettingsRefused: `by_hand` names a target that is not for calibration.
        """
        open_to_fit = {target.id: target for target in targets if target.role == "calibration"}
        used = {name for names in self.by_hand.values() for name in names}
        wrong = sorted(used - set(open_to_fit))
        if wrong:
            what = "a target with the role calibration"
            raise SettingsRefused("\n".join(f"by_hand: {name}: {_instead(name, open_to_fit, what)}" for name in wrong))
        return [target for name, target in open_to_fit.items() if name not in used]

    def candidate_seeds(self, stage: int, candidate: int) -> list[int]:
        """Run seeds of a candidate of a wave (counted from 0): its own, the same every time."""
        before = sum(self.waves[:stage]) + candidate
        return [1 + before * self.seeds_per_candidate + k for k in range(self.seeds_per_candidate)]

    def verdict_seeds(self, draw: int) -> list[int]:
        """Fresh run seeds of a draw (0 = central)."""
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
        SettingsRefused: the file cannot be read or something in it is wrong; names every fault.
    """
    file = shipped_file("settings.yaml") if path is None else path
    try:
        data = dict(read(file).data)
    except ScenarioFaults as faults:
        raise SettingsRefused(str(faults)) from None
    changes = data.pop("quick", {})
    if not isinstance(changes, dict):
        raise SettingsRefused(f"{file}: quick: {changes!r}; allowed: a mapping of settings that --quick changes")
    try:
        settings = CalibrationSettings.model_validate({**data, **(changes if quick else {})})
    except ValidationError as error:
        lines = [f"{file}: {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise SettingsRefused("\n".join(lines)) from None
    problems = _problems(settings)
    if problems:
        raise SettingsRefused("\n".join(f"{file}: {problem}" for problem in problems))
    return settings


def _instead(word: str, known: Iterable[str], what: str) -> str:
    """What to type instead of an unknown word."""
    near = nearest(word, known)
    return f"is not {what}" + (f"; did you mean {near}?" if near else "")


def _problems(settings: CalibrationSettings) -> list[str]:
    """What single fields do not show."""
    known, fitted = registry(), {*settings.parameters, *settings.organisation_effects}
    others = {name for name in known if name not in fitted}
    found = [
        f"by_hand: {name}: {_instead(name, others, 'a registered parameter that is not fitted')}"
        for name in settings.by_hand
        if name not in others
    ]
    try:
        dimensions = len(settings.space)
    except ValueError as error:
        return [f"parameters: {line}" for line in str(error).splitlines()]
    if dimensions != len(settings.parameters) + len(settings.organisation_effects):
        found.append("a parameter stands in both parameters and organisation_effects")
    worked: dict[str, Chains] = {
        "chains": settings.chains,
        "recovery": settings.recovery,
        "rivals": settings.rivals,
    }
    for name, chains in worked.items():
        if chains.walkers < 2 * dimensions or chains.walkers % 2:
            found.append(f"{name}.walkers: {chains.walkers}; allowed: an even number of at least {2 * dimensions}")
        if chains.burn_in >= chains.steps:
            found.append(f"{name}.burn_in: {chains.burn_in}; allowed: fewer than {name}.steps ({chains.steps})")
    last = settings.candidate_seeds(len(settings.waves) - 1, settings.waves[-1] - 1)[-1]
    if settings.verdict.first_seed <= last:
        found.append(f"verdict.first_seed: {settings.verdict.first_seed}; allowed: above {last}, the waves' last seed")
    return found

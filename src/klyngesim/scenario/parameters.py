"""The registry: every number and choice of the model, read from ``data/parameters.csv``.

A row says what a parameter is, where its value comes from, how certain it is, whether it may differ between
organisations or change over time, and which mechanisms of the report (M ids) it carries. A faulty registry is a fault
of the package, not of the user, and raises `RegistryError`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from klyngesim.scenario.scalars import (
    Plain,
    Scalar,
    finite,
    nearest_step,
    on_step,
    plain_unit,
    resolve,
    show,
    step_of,
    tidy,
)
from klyngesim.scenario.sources import Evidence
from klyngesim.scenario.suggestions import numbers_meant, suggested_number, truth_meant

FILE_KEYS = (
    "name", "title", "question", "source", "extends", "period", "population", "replicates", "seed",
    "parameters", "mechanisms", "clusters", "timeline",
)  # fmt: skip
"""The keys of a scenario file. No parameter id starts with one, so that ``--set`` is never ambiguous."""

GRADES = ("printed", "computed", "external", "inferred", "assumed")
"""Where a value comes from, most certain first."""

DISTRIBUTIONS = ("fixed", "uniform", "loguniform", "triangular", "choice")
"""Shapes of uncertainty between low and high; the mode of a triangle is the default."""

SCOPES = ("programme", "organisation")
"""Whether a parameter has one value or may differ between cluster organisations."""

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_CITED = re.compile(r"#[0-9]+|\b[AEFLM][0-9]+\b|\b(?:Table|Figure|Box) [0-9]+\b")


_PER_ONE = ("share", "ratio", "probability", "strength", "trust")  # units in which 1 is 100 per cent
_MILLIONS = "mio. kr."


class RegistryError(ValueError):
    """The registry itself is faulty; the text has one line per fault."""


@dataclass(frozen=True)
class Parameter:
    """One row of the registry.

    id: dotted; unit: text, which also says whether there are steps (see `steps`); default: as written (number, word,
    reference or ``table:NAME``); low, high: bounds, both included, None = none; choices: allowed words of a
    categorical parameter; distribution, grade, scope: see the constants of this module; source: report or evidence id;
    dated: whether the timeline may set it; ways: levers of the report that it sets and how (``L08=10`` a value,
    ``L11+``, ``L21-``, ``L18~`` more, less, either than today); mechanisms: M ids; neutral: value at which its
    mechanisms are off, None = not switchable here; note: one line.
    """

    id: str
    unit: str
    default: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    distribution: str
    grade: str
    source: str
    scope: str
    dated: bool
    ways: tuple[str, ...]
    mechanisms: tuple[str, ...]
    neutral: Scalar | None
    note: str
    evidence: Evidence = field(repr=False, compare=False)

    @property
    def levers(self) -> tuple[str, ...]:
        """Ids of the report's levers that it sets."""
        return tuple(re.split(r"[=+~-]", way, maxsplit=1)[0] for way in self.ways)

    @property
    def step(self) -> float | None:
        """Step between allowed values, counted from zero: 1 for whole numbers; None where there is none."""
        return None if self.choices else step_of(self.unit)

    @property
    def is_table(self) -> bool:
        """Whether the default is a table with one value per organisation."""
        return self.default.startswith("table:")

    @property
    def by_organisation(self) -> bool:
        """Whether single organisations may have their own value."""
        return self.scope == "organisation"

    @property
    def allowed(self) -> str:
        """What may be set, in words: ``a number from 0 to 1 (share)``."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        kind = "a whole number" if self.step == 1.0 else "a number"
        if self.low is not None and self.high is not None:
            kind += f" from {tidy(self.low)} to {tidy(self.high)}"
        elif self.low is not None:
            kind += f" of at least {tidy(self.low)}"
        elif self.high is not None:
            kind += f" of at most {tidy(self.high)}"
        if self.step not in (None, 1.0):
            kind += f" in steps of {self.step:g}"
        unit = plain_unit(self.unit)
        return f"{kind} ({unit})" if unit else kind

    def default_values(self) -> float | str | dict[str, float]:
        """The default: a number, a word, or one number per organisation. Raises RegistryError if it has none."""
        if self.choices:
            return self.default
        try:
            if self.is_table:
                return {name: float(value) for name, value in self.evidence.table(self.default[6:]).items()}
            return _number(self.default, self.evidence)
        except ValueError as error:
            raise RegistryError(f"{self.id}: default: {error}") from None

    def validate(self, value: object) -> str | None:
        """Why ``value`` may not be set, or None when it may."""
        if self.choices:
            return None if isinstance(value, str) and value in self.choices else f"{show(value)} is no choice"
        number = finite(value)
        if number is None:
            return f"{show(value)} is not a finite number"
        if not on_step(number, self.step):
            return f"{show(value)} is {'not a whole number' if self.step == 1.0 else f'no step of {self.step:g}'}"
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            return f"{show(value)} is out of range"
        return None

    def clean(self, value: object) -> Scalar:
        """A valid value as it is stored: a float or a word. Raises ValueError for one that is not valid."""
        reason = self.validate(value)
        if reason is not None:
            raise ValueError(f"{self.id}: {reason}; allowed: {self.allowed}")
        if isinstance(value, str):
            return value
        number = finite(value)
        assert number is not None  # validate() has refused everything else
        return number + 0.0  # -0.0 becomes 0.0, so that equal values are also written equally


class Registry(Mapping[str, Parameter]):
    """All parameters by id, in the order of the file, with the evidence their defaults rest on.

    mechanisms: status (modelled, partly, not modelled) of every mechanism of the report by M id.
    """

    def __init__(self, parameters: Mapping[str, Parameter], mechanisms: Mapping[str, str], evidence: Evidence) -> None:
        self._parameters = dict(parameters)
        self.mechanisms = dict(mechanisms)
        self.evidence = evidence
        self._defaults: dict[str, float | str | dict[str, float]] = {}

    def __getitem__(self, key: str) -> Parameter:
        return self._parameters[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    @property
    def organisations(self) -> tuple[str, ...]:
        """Ids of the cluster organisations in model order."""
        return self.evidence.organisations()

    @property
    def organisation_names(self) -> Mapping[str, str]:
        """Every name under which an organisation or its stronghold is printed, its id among them, with the id."""
        return {**self.evidence.organisation_names(), **{name: name for name in self.organisations}}

    def default(self, key: str) -> float | str | dict[str, float]:
        """The default of a parameter, worked out once."""
        if key not in self._defaults:
            self._defaults[key] = self[key].default_values()
        return self._defaults[key]

    def with_defaults(self, values: Mapping[str, float]) -> "Registry":
        """The same registry with other default numbers. ValueError names the first that is not allowed."""
        changed = {key: replace(self[key], default=repr(self[key].clean(value))) for key, value in values.items()}
        found = Registry({**self._parameters, **changed}, self.mechanisms, self.evidence)
        found._defaults = {key: value for key, value in self._defaults.items() if key not in changed}
        return found

    def carriers(self, mechanism: str) -> tuple[Parameter, ...]:
        """The parameters that are set to neutral when a mechanism is switched off."""
        return tuple(p for p in self.values() if p.neutral is not None and mechanism in p.mechanisms)

    def switchable(self) -> tuple[str, ...]:
        """The M ids that can be switched off, sorted."""
        return tuple(sorted({m for p in self.values() if p.neutral is not None for m in p.mechanisms}))

    def problems(self) -> list[str]:
        """What is wrong between registry and evidence: defaults out of bounds, unknown ids, incomplete tables."""
        return [f"{p.id}: {problem}" for p in self.values() for problem in self._problems_of(p)]

    def _problems_of(self, parameter: Parameter) -> Iterator[str]:
        try:
            default = self.default(parameter.id)
        except RegistryError as error:
            yield str(error)
            return
        if isinstance(default, dict):
            if tuple(default) != self.organisations:
                yield "the default table does not have one value per organisation, in model order"
            values: list[object] = list(default.values())
        else:
            values = [default]
        yield from (f"default: {r}" for value in values if (r := parameter.validate(value)) is not None)
        for identifier in (*parameter.levers, *parameter.mechanisms, *_CITED.findall(parameter.source)):
            if not self.evidence.known(identifier):
                yield f"unknown id {identifier}"
        yield from (f"{m} is not in mechanisms.csv" for m in parameter.mechanisms if m not in self.mechanisms)


@cache
def registry() -> Registry:
    """The registry shipped with the package, read once."""
    from klyngesim.scenario.registryfile import load_registry

    return load_registry()


def _number(text: str, evidence: Evidence) -> float:
    plain = resolve(text.strip())
    if isinstance(plain, str):
        return evidence.number(text)
    number = finite(plain)
    if number is None:
        raise ValueError(f"{text!r} is not a number")
    return number


def check_id(text: str) -> str | None:
    """What is wrong with a parameter id, or None."""
    if _ID.fullmatch(text) is None:
        return f"{text!r} is not a dotted id in lower case"
    first = text.partition(".")[0]
    return f"{text!r} starts like the key {first!r} of a scenario file" if first in FILE_KEYS else None


def number_or_none(text: str, evidence: Evidence) -> float | None:
    """A bound of the registry: empty for none, else a number or a reference. Raises ValueError."""
    return _number(text, evidence) if text.strip() else None


def suggested_value(parameter: Parameter, value: Plain, near: str | None) -> str | None:
    """The value that was probably meant, None if that cannot be told.

    It is the nearest word of a choice, a number written in another way, the nearest step, a ratio in per cent, or
    millions in kroner.
    """
    if parameter.choices:
        truth = truth_meant(value) if set(parameter.choices) == {"on", "off"} else None
        return near if truth is None else "on" if truth else "off"

    def fits(number: float) -> bool:
        return parameter.validate(number) is None

    flag = parameter.step == 1.0 and (parameter.low, parameter.high) == (0.0, 1.0)
    written = [number for number in (finite(value), *numbers_meant(value, parameter.unit)) if number is not None]
    likely = [nearest_step(number, parameter.step) for number in written]
    likely += [number / 100.0 for number in written if parameter.unit.startswith(_PER_ONE) and abs(number) > 1.0]
    likely += [number / 1e6 for number in written if parameter.unit.startswith(_MILLIONS) and abs(number) >= 1e5]
    other = next((tidy(number) for number in likely if fits(number)), None)
    return suggested_number(value, fits, flag, parameter.unit) or other

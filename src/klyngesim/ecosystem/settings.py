"""The parameters in force: what a scenario means in each quarter, and what everybody expects of the quarters ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np

from klyngesim.evidence.derived import table
from klyngesim.packed import pack
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.schema import Lever, Scenario
from klyngesim.streams import Floats

Value = float | str
Terms = TypeVar("Terms", bound=NamedTuple)


class Values:
    """Parameter values of one quarter: programme-wide ones, and lists of those that differ between organisations."""

    def __init__(
        self, common: Mapping[str, Value], by_organisation: Mapping[str, list[Value]], organisations: int
    ) -> None:
        self._common = common
        self._split = {key: np.array(row, dtype=np.float64) for key, row in by_organisation.items()}
        self._count = organisations
        self._filled: dict[str, Floats] = {}
        self._families: dict[tuple[str, tuple[str, ...]], Floats] = {}
        self._terms: dict[Any, Any] = {}

    def num(self, key: str) -> float:
        """A programme-wide number."""
        return float(self._common[key])

    def nums(self, family: str, names: tuple[str, ...]) -> Floats:
        """Programme-wide numbers: ``family`` with each name in place of its ``*``; do not write into it."""
        if (family, names) not in self._families:
            self._families[family, names] = np.array([self.num(family.replace("*", name)) for name in names])
        return self._families[family, names]

    def word(self, key: str) -> str:
        """A programme-wide choice."""
        return str(self._common[key])

    def terms(self, kind: type[Terms]) -> Terms:
        """The parameters that a named tuple declares for the loops of a step, read when they are first asked for."""
        if kind not in self._terms:
            self._terms[kind] = pack(kind(*(one.read(self) for one in kind._field_defaults.values())))
        return cast(Terms, self._terms[kind])

    def vec(self, key: str) -> Floats:
        """A number per organisation, shape (organisations,); do not write into it."""
        if key in self._split:
            return self._split[key]
        if key not in self._filled:
            self._filled[key] = np.full(self._count, self.num(key))
        return self._filled[key]


@dataclass(frozen=True)
class Parameter:
    """How the field of a named tuple of parameters is read from the values of a quarter."""

    read: Callable[[Values], Any]


def number(key: str) -> Any:
    """Declares a programme-wide number."""
    return Parameter(lambda values: values.num(key))


def numbers(family: str, names: tuple[str, ...]) -> Any:
    """Declares programme-wide numbers of a family, see `Values.nums`; shape (names,)."""
    return Parameter(lambda values: values.nums(family, names))


def rounded(key: str) -> Any:
    """Declares a programme-wide whole number."""
    return Parameter(lambda values: round(values.num(key)))


def quarters(key: str) -> Any:
    """Declares years as whole quarters."""
    return Parameter(lambda values: round(4 * values.num(key)))


def each(key: str) -> Any:
    """Declares a number of each organisation, shape (O,)."""
    return Parameter(lambda values: values.vec(key))


def each_of(family: str, names: tuple[str, ...]) -> Any:
    """Declares numbers of a family for each organisation, shape (O, names)."""
    return Parameter(lambda values: np.stack([values.vec(family.replace("*", name)) for name in names], axis=1))


def chosen(key: str, word: str) -> Any:
    """Declares whether a choice is ``word``."""
    return Parameter(lambda values: values.word(key) == word)


def worked_out(make: Callable[[Values], Any]) -> Any:
    """Declares what a function makes of several parameters."""
    return Parameter(make)


def with_choices(scenario: Scenario) -> dict[str, dict[str, Value]]:
    """Values by organisation under the scenario's reading of ambiguous tables (``choices.*``, A2, A6, A10).

    A value that the scenario sets itself stays.
    """
    chosen = {key: str(value) for key, value in scenario.values.items() if key.startswith("choices.")}
    found = {name: dict(values) for name, values in scenario.organisation_values.items()}
    usual_choice = {key: registry()[key].default for key in chosen}
    for parameter in registry().values():
        if not parameter.is_table or chosen == usual_choice:
            continue
        name = parameter.default.removeprefix("table:")
        usual, read = table(name), table(name, chosen)
        for organisation in usual:
            if found[organisation][parameter.id] == usual[organisation]:
                found[organisation][parameter.id] = read[organisation]
    return found


class Settings:
    """Values by quarter of a resolved scenario, for organisations (their ids) in model order."""

    def __init__(self, scenario: Scenario, organisations: tuple[str, ...]) -> None:
        self._scenario = scenario
        self._organisations = organisations
        self._cache: dict[tuple[int, ...], Values] = {}
        self._outlooks: dict[tuple[int, ...], list[tuple[int, Values]]] = {}
        self._by_organisation = with_choices(scenario)

    def at(self, period: int) -> Values:
        """Values in force in a quarter."""
        return self._with(n for n, lever in enumerate(self._scenario.timeline) if lever.start <= period)

    def expected(self, period: int) -> Values:
        """Values that actors expect to hold from now on: levers in force and levers announced."""
        return self._with(n for n, lever in enumerate(self._scenario.timeline) if lever.announced <= period)

    def budget_ends(self, period: int) -> Floats:
        """Quarter from which each organisation has no budget, as known in ``period``; infinite if none is announced."""
        ends, later = np.full(len(self._organisations), np.inf), np.inf
        for start, values in reversed(self._known(period)):
            budget = values.num("grant.budget_mkr_year") * values.num("grant.budget_factor")
            none = budget * values.vec("grant.organisation_factor") <= 0.0
            # Only a budget that stays away counts as its end.
            ends = np.where(none & (ends == later), float(max(period, start)), ends)
            later = float(max(period, start))
            if start <= period:
                break
        return ends

    def evaluated_from(self, period: int) -> int:
        """Quarter from which evaluations are counted: the first one in which the rule holds, as known in ``period``.

        0 for a rule that always held and where there is none; it may lie ahead for a rule that is announced. A rule
        that was repealed and comes back counts anew.
        """
        since: int | None = None
        for start, values in self._known(period):
            if start > period and since is not None:
                break
            if values.num("evaluation.every_years") <= 0.0:
                since = None
            elif since is None:
                since = start
        return since or 0

    def _known(self, period: int) -> list[tuple[int, Values]]:
        """What actors know in ``period`` of the values from each quarter on: levers in force and levers announced."""
        known = tuple(n for n, lever in enumerate(self._scenario.timeline) if lever.announced <= period)
        if known not in self._outlooks:
            starts = {n: self._scenario.timeline[n].start for n in known}
            self._outlooks[known] = [
                (start, self._with(n for n in known if starts[n] <= start)) for start in sorted({0, *starts.values()})
            ]
        return self._outlooks[known]

    def _with(self, chosen: Iterable[int]) -> Values:
        key = tuple(chosen)
        if key not in self._cache:
            levers = sorted((self._scenario.timeline[n] for n in key), key=lambda lever: lever.start)
            self._cache[key] = self._build(levers)
        return self._cache[key]

    def _build(self, levers: list[Lever]) -> Values:
        common: dict[str, Value] = dict(self._scenario.values)
        split: dict[str, list[Value]] = {}
        count = len(self._organisations)
        for place, name in enumerate(self._organisations):
            for key, value in self._by_organisation.get(name, {}).items():
                split.setdefault(key, [common.get(key, 0.0)] * count)[place] = value
        for lever in levers:
            for key, value in lever.values.items():
                if lever.cluster is None:
                    common[key] = value
                    split.pop(key, None)
                else:
                    if key not in split:
                        split[key] = [common[key]] * count
                    split[key][self._organisations.index(lever.cluster)] = value
        return Values(common, split, count)

"""Two lives of one firm on the same seed, in two scenarios: the quarter in which they part, and why.

A parting is explained three ways: by the dated values that differ by then, by worlds in which a single one of them
differs, and by what differs around the firm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from klyngesim.errors import InputError
from klyngesim.experiments.twin import ENVIRONMENT, Difference, Life, differences, first_difference, follow
from klyngesim.scenario.periods import label
from klyngesim.scenario.scalars import Scalar
from klyngesim.scenario.schema import Lever, Scenario

MOST_TRIALS = 12
"""Differing parameters up to which each is tried by itself; a trial takes two runs."""
_BASE = -1  # date of values that hold from the start
_OF_INSTITUTIONS = ("partnership", "engagements")
_MEET = ("open", "seats", "willing", "hours_retain", "live", "attention", "private_ratio")
_IDEA = ("open", "hours_broker", "institutions", "projects", "applications", "staff", *_OF_INSTITUTIONS)
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "open": ("open",),
    "contact": ("open", "contacts", "hours_recruit", "attention"),
    "staff": ("open", "posts", "staff", "support_ufs", "support_deb", "grant_mkr"),
    "member": ("open", "fee_level", "support_ufs", "support_deb"),
    **dict.fromkeys(("trust", "known"), ("staff", *_MEET)),
    **dict.fromkeys(("times", "readiness", "hours"), _MEET),
    **dict.fromkeys(("idea", "partner", "tie", "strength"), _IDEA),
}
"""Measures that enter the rule which moves a trait; the rest acts through them."""


class DatedDifference(NamedTuple):
    """A value that A and B do not share from ``start`` (-1 = the beginning) until they do again, None = to the end."""

    parameter: str
    cluster: str | None
    start: int
    announced: int
    until: int | None
    a: Scalar | None
    b: Scalar | None


class Around(NamedTuple):
    """A measure around the firm that differs; ``before``: in the quarter before already."""

    place: str
    measure: str
    a: float
    b: float
    before: bool


class Trial(NamedTuple):
    """Whether a world has parted from A: ``alone``, A with a parameter of B; ``without``, B with that one of A."""

    parameter: str
    cluster: str | None
    alone: bool
    without: bool


class Parting(NamedTuple):
    """The first quarter (``period``, -1 = from the beginning) in which two lives differ, and why.

    differences: of the state as it ends; before: of the state a quarter earlier; levers: dated values that differ
    and were in force or announced; trials: what each does by itself, none beyond `MOST_TRIALS`; channel: measures
    around the firm that differ and enter the rules behind ``differences``; upstream: others at the same places.
    """

    period: int
    differences: tuple[Difference, ...]
    before: tuple[Difference, ...]
    levers: tuple[DatedDifference, ...]
    trials: tuple[Trial, ...]
    channel: tuple[Around, ...]
    upstream: tuple[Around, ...]


class Twin(NamedTuple):
    """Two lives of one firm; ``first``: any number differs, ``visible``: more than a level does. None = never."""

    a: Life
    b: Life
    first: Parting | None
    visible: Parting | None


def in_force(scenario: Scenario, parameter: str, cluster: str | None, period: int) -> Scalar | None:
    """Value of a parameter in a quarter (-1: at the start) for the programme or one organisation; None without one."""
    own = scenario.organisation_values.get(cluster, {}) if cluster else {}
    value = own.get(parameter, scenario.values.get(parameter))
    for lever in scenario.timeline:
        if lever.start <= period and lever.cluster in (None, cluster):
            value = lever.values.get(parameter, value)
    return value


def _points(scenario: Scenario) -> dict[tuple[str, str | None, int], int]:
    """Every value that is set: parameter, organisation and first quarter, with the quarter of its announcement."""
    found: dict[tuple[str, str | None, int], int] = {(key, None, _BASE): _BASE for key in scenario.values}
    for cluster, values in scenario.organisation_values.items():
        found |= {(key, cluster, _BASE): _BASE for key in values}
    return found | {(key, v.cluster, v.start): v.announced for v in scenario.timeline for key in v.values}


def dated_differences(a: Scenario, b: Scenario, period: int) -> tuple[DatedDifference, ...]:
    """Values that A and B do not share, in force or announced in either by a quarter; earliest announcement first."""
    one, other = _points(a), _points(b)
    found = []
    for point in dict.fromkeys([*one, *other]):
        parameter, cluster, start = point
        announced = min(points[point] for points in (one, other) if point in points)
        values = tuple(in_force(scenario, parameter, cluster, start) for scenario in (a, b))
        if announced > period or (values[0] == values[1] and one.get(point, announced) == other.get(point, announced)):
            continue
        later = sorted(s for key, place, s in {*one, *other} if (key, place) == (parameter, cluster) and s > start)
        again = [s for s in later if in_force(a, parameter, cluster, s) == in_force(b, parameter, cluster, s)]
        found.append(DatedDifference(parameter, cluster, start, announced, next(iter(again), None), *values))
    return tuple(sorted(found, key=lambda lever: (lever.announced, lever.start)))


def with_parameter_of(scenario: Scenario, donor: Scenario, parameter: str, cluster: str | None) -> Scenario:
    """A scenario in which one parameter, of the programme or of one organisation, is what it is in another one."""

    def set_here(source: Scenario, wanted: bool) -> list[Lever]:
        found = []
        for lever in source.timeline:
            chosen = {k: v for k, v in lever.values.items() if ((k, lever.cluster) == (parameter, cluster)) == wanted}
            found += [replace(lever, values=chosen)] if chosen else []
        return found

    timeline = sorted(set_here(scenario, False) + set_here(donor, True), key=lambda v: (v.start, v.cluster is not None))
    values, own = dict(scenario.values), {name: dict(found) for name, found in scenario.organisation_values.items()}
    target = values if cluster is None else own.setdefault(cluster, {})
    origin = donor.values if cluster is None else donor.organisation_values.get(cluster, {})
    target.pop(parameter, None)
    target.update({parameter: origin[parameter]} if parameter in origin else {})
    return replace(scenario, timeline=tuple(timeline), values=values, organisation_values=own)


def compare(a: Scenario, b: Scenario, unique_id: int, seed: int) -> Twin:
    """Follows a firm (``unique_id`` of the agents) in two scenarios on one seed. Raises InputError."""
    for name, one, other in (
        ("population.scale", a.scale, b.scale),
        ("period.start", label(a.start), label(b.start)),
        ("period.end", label(a.end), label(b.end)),
    ):
        if one != other:
            said = f"{name} is {one} in A ({a.name}) and {other} in B ({b.name})"
            raise InputError(f"{said}; give both the same, for instance with --set {name}={one}")
    lives = follow(a, seed, unique_id), follow(b, seed, unique_id)
    quarters = [first_difference(lives[0].states, lives[1].states, levels) for levels in (True, False)]
    last = max((period for period in quarters if period is not None), default=-2)
    levers = dated_differences(a, b, last)
    single = dict.fromkeys((lever.parameter, lever.cluster) for lever in levers)
    tried = {
        key: [follow(with_parameter_of(*pair, *key), seed, unique_id, last) for pair in ((a, b), (b, a))]
        for key in (single if len(single) <= MOST_TRIALS else ())
    }
    first, visible = (
        None if period is None else _parting(lives, period, levels, levers, tried)
        for period, levels in zip(quarters, (True, False), strict=True)
    )
    return Twin(*lives, first, visible)


def _parting(
    lives: tuple[Life, Life],
    period: int,
    levels: bool,
    levers: Sequence[DatedDifference],
    tried: Mapping[tuple[str, str | None], Sequence[Life]],
) -> Parting:
    known = tuple(lever for lever in levers if lever.announced <= period)
    trials = []
    for key in dict.fromkeys((lever.parameter, lever.cluster) for lever in known if tried):
        parted = [first_difference(lives[0].states, life.states, levels) for life in tried[key]]
        trials.append(Trial(*key, *(quarter is not None and quarter <= period for quarter in parted)))
    now = [life.states[period + 1] for life in lives]
    differ = differences(now[0], now[1], levels)
    before = differences(lives[0].states[period], lives[1].states[period]) if period >= 0 else ()
    everybody = {relation.organisation for state in now for relation in state.relations}
    behind = {name for found in differ for name in ({found.trait.organisation} - {""} or everybody)} | {ENVIRONMENT}
    measures = {measure for found in differ for measure in CHANNELS.get(found.trait.aspect, ())}
    channel, upstream, differing = [], [], _around(lives, period)
    closed = {entry.place for entry in differing if entry.measure == "open"}
    for entry in differing:
        if entry.place in closed and entry.measure != "open":
            continue  # nothing else is left of it
        if entry.measure in measures and (entry.place in behind or entry.measure in _OF_INSTITUTIONS):
            channel.append(entry)
        elif entry.place in behind:
            upstream.append(entry)
    return Parting(period, differ, before, known, tuple(trials), tuple(channel), tuple(upstream))


def _around(lives: tuple[Life, Life], period: int) -> list[Around]:
    """Measures that both worlds have and that differ in a quarter or, if not then, in the one before."""
    found, quarters = [], [quarter for quarter in (period, period - 1) if quarter >= 0]
    for key in lives[0].around[period] if quarters else ():
        pairs = [(lives[0].around[n].get(key), lives[1].around[n].get(key)) for n in quarters]
        apart = [(one, other) for one, other in pairs if one is not None and other is not None and one != other]
        if apart:
            found.append(Around(*key, *apart[0], before=len(pairs) > 1 and pairs[1][0] != pairs[1][1]))
    return found

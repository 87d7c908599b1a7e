"""Random scenarios: any registered parameter anywhere within its bounds, levers, overrides, mechanisms off."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import Parameter, registry
from klyngesim.scenario.scalars import nearest_step
from tests.bookkeeping.watched import ORGANISATIONS, scenario

PARAMETERS = tuple(registry().values())
DATED = tuple(parameter for parameter in PARAMETERS if parameter.dated)
OWN = tuple(parameter for parameter in PARAMETERS if parameter.by_organisation)
SWITCHABLE = tuple(registry().switchable())


@st.composite
def values(draw: st.DrawFn, parameter: Parameter) -> float | str:
    """A value that may be set, the bounds themselves more often than their share."""
    if parameter.choices:
        return draw(st.sampled_from(parameter.choices))
    assert parameter.low is not None and parameter.high is not None
    part = draw(st.sampled_from((0.0, 1.0, 0.1, 0.35, 0.7)))
    value = min(parameter.high, parameter.low + part * (parameter.high - parameter.low))
    return nearest_step(value, parameter.step)


@st.composite
def settings_of(draw: st.DrawFn, among: tuple[Parameter, ...], most: int) -> dict[str, float | str]:
    """Values of up to ``most`` different parameters."""
    chosen = draw(st.lists(st.sampled_from(among), unique_by=lambda parameter: parameter.id, max_size=most))
    return {parameter.id: draw(values(parameter)) for parameter in chosen}


@st.composite
def worlds(draw: st.DrawFn, noise: int = 6, quarters: int = 12) -> dict[str, Any]:
    """Arguments of `watched.scenario` for a random small world."""
    off = draw(st.lists(st.sampled_from(SWITCHABLE), unique=True, max_size=2))
    carried = {p.id for p in PARAMETERS if set(p.mechanisms) & set(off)}
    free = tuple(parameter for parameter in PARAMETERS if parameter.id not in carried)
    timeline = []
    starts = draw(st.lists(st.integers(1, quarters - 1), unique=True, max_size=2))
    for start in sorted(starts):
        among = tuple(parameter for parameter in DATED if parameter.id not in carried)
        change = draw(settings_of(among, 2))
        if change:
            announced = draw(st.integers(0, start))
            timeline.append({"from": label(start), "announced": label(announced), "set": change})
    own = tuple(parameter for parameter in OWN if parameter.id not in carried)
    clusters = {
        name: found
        for name in draw(st.lists(st.sampled_from(ORGANISATIONS), unique=True, max_size=2))
        if (found := draw(settings_of(own, 2)))
    }
    case = {
        "parameters": draw(settings_of(free, noise)),
        "scale": draw(st.sampled_from((0.001, 0.003, 0.01))),
        "end": label(quarters - 1),
        "timeline": timeline,
        "clusters": clusters,
        "disable": tuple(off),
    }
    assume(allowed(case))
    return case


def allowed(case: dict[str, Any]) -> bool:
    """Whether a scenario passes: some values that are each within their bounds are refused together."""
    try:
        scenario(**case)
    except ScenarioFaults:
        return False
    return True


def label(period: int) -> str:
    """The quarter as scenario files write it."""
    return f"{2021 + period // 4}Q{period % 4 + 1}"

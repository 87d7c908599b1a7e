"""Which methods take which factors: the table in docs/sweeping.md, held against what is read, laid and refused."""

import ast
import re
from pathlib import Path

import pytest

import klyngesim.sweeps
from klyngesim.scenario.faults import ScenarioFaults
from klyngesim.scenario.parameters import registry
from klyngesim.sweeps.file import read_sweep
from klyngesim.sweeps.methods import METHODS
from klyngesim.sweeps.points import numbers_and_switches
from klyngesim.sweeps.runs import design_of, require_points

DOC = Path(__file__).resolve().parents[2] / "docs" / "sweeping.md"
HEAD = f"| factor | such as | {' | '.join(METHODS)} |"
SIZE = {"morris": "samples: 4", "sobol": "samples: 8", "lhs": "samples: 9", "table": "table: points.csv"}


def rows():
    """(factor, ids, answer by method) as the page has them."""
    lines = DOC.read_text(encoding="utf-8").split(HEAD)[1].splitlines()[2:]
    for line in lines[: lines.index("")]:
        factor, such_as, *answers = (cell.strip() for cell in line.strip("|").split("|"))
        yield factor, re.findall("`([^`]*)`", such_as), dict(zip(METHODS, answers, strict=True))


CASES = [(factor, name, *answer) for factor, ids, answers in rows() for name in ids for answer in answers.items()]


def swept(folder, name, method, key, span, scenario="baseline"):
    """The sweep over one factor; a table has its ends, or off and on."""
    low, high = span or (0, 1)
    if span is None and name in registry() and not registry()[name].choices:
        low, high = registry()[name].low, registry()[name].high
    (folder / "points.csv").write_text(f"{name}\n{low}\n{high}\n", encoding="utf-8")
    since = ", from: 2025Q1" if key == "levers" else ""
    asked = f"{{{name}: {{low: {low}, high: {high}{since}}}}}" if span else f"[{name}]"
    lines = ["name: s", f"scenario: {scenario}", f"method: {method}", f"{key}: {asked}", "outcomes: [members]"]
    lines += ["set: [population.scale=0.01, period.end=2025Q4]", SIZE.get(method, "levels: 4")]
    (folder / "s.yaml").write_text("\n".join(lines), encoding="utf-8")
    return read_sweep(folder / "s.yaml")


def values_of(sweep):
    """What the factor is at every point, none of which is refused."""
    require_points(sweep, "s.yaml")
    laid = design_of(sweep)
    found = []
    for point in map(laid.point, range(len(laid))):
        values, on = numbers_and_switches(point, sweep.standing)
        found.append(({**values, **{one.id: value for one, value in point if one.dated is not None}}, on))
    return found


def test_the_page_has_every_kind_of_parameter():
    ids = [name for _, names, _ in rows() for name in names]
    kinds = {"distribution": set(), "step": set(), "table": set(), "dated": set(), "choice": set()}
    for one in (registry()[name] for name in ids if name in registry()):
        kinds["distribution"].add(one.distribution == "fixed")
        kinds["step"].add(one.step)
        kinds["table"].add(one.is_table)
        kinds["dated"].add(one.dated)
        kinds["choice"].add(bool(one.choices))
    assert kinds["step"] == {one.step for one in registry().values()}
    assert all(len(found) > 1 for found in kinds.values())


@pytest.mark.parametrize(("factor", "name", "method", "answer"), CASES, ids=lambda text: text[:24].replace(" ", "-"))
def test_a_method_takes_what_the_page_says(tmp_path, factor, name, method, answer):
    scenario = "[baseline, r3-ten-years]" if "sets itself" in factor else "baseline"
    key = {"switch": "switches", "lever": "levers"}.get(answer, "parameters")
    if answer == "no":
        with pytest.raises(ScenarioFaults, match="it cannot be varied: "):
            swept(tmp_path, name, method, key, None, scenario)
        return
    span = (0.25, 8) if answer == "lever" and registry().default(name) else (0, 8) if answer == "lever" else None
    if answer == "range":
        with pytest.raises(ScenarioFaults, match="its distribution is fixed; give it a range"):
            swept(tmp_path, name, method, key, None, scenario)
        default = float(registry().default(name))
        span = (0.5 * default, 2.0 * default)
    found = values_of(swept(tmp_path, name, method, key, span, scenario))
    if answer == "switch":
        assert {tuple(on) for _, on in found} == {(), (name,)}
        return
    numbers = [values[name] for values, _ in found]
    assert len(set(numbers)) > 1
    assert all(registry()[name].validate(value) is None for value in numbers)
    assert span is None or all(span[0] <= value <= span[1] for value in numbers)


def test_points_that_cannot_stand_are_named_before_a_run(tmp_path):
    weights = [f"effort.{name}" for name in ("recruit", "retain", "broker", "apply", "project")]
    ranges = ", ".join(f"{name}: {{low: 0, high: 0.5}}" for name in weights)
    lines = ["name: s", "scenario: baseline", "method: grid", "levels: 2", "dummy: false", f"parameters: {{{ranges}}}"]
    lines += ["outcomes: [members]", "set: [population.scale=0.01, period.end=2025Q4]"]
    (tmp_path / "s.yaml").write_text("\n".join(lines), encoding="utf-8")
    sweep = read_sweep(tmp_path / "s.yaml")
    with pytest.raises(ScenarioFaults) as refused:
        require_points(sweep, "s.yaml")
    (fault,) = refused.value.faults
    assert str(fault).startswith("s.yaml: point 0: parameters: effort.recruit, ") and "are all 0" in str(fault)


def test_a_range_of_steps_begins_and_ends_on_steps(tmp_path):
    for name, span in (("grant.horizon_years", (2.1, 8)), ("staff.hiring_quarters", (1.5, 4))):
        with pytest.raises(ScenarioFaults, match=r"in steps of (0\.25|1)"):
            swept(tmp_path, name, "lhs", "parameters", span)


def test_only_its_own_file_knows_a_method_by_its_name():
    names = set(METHODS) - {"table"}  # which is a key of the sweep file as well
    room = Path(klyngesim.sweeps.__file__).parent
    for path in [path for path in room.rglob("*.py") if path.parent.name != "methods"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not names & {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}, path

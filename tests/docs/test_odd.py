"""The model description keeps step with the code: parameters, draws, steps, mechanisms and levers are all there."""

import ast
import re
from fnmatch import fnmatchcase

import pytest

from klyngesim.evidence.catalogue import policy_levers
from klyngesim.scenario.levers import by_policy_lever
from klyngesim.scenario.parameters import registry
from klyngesim.streams import Decision
from tests.docs.pages import read
from tests.static.sources import PACKAGE, modules

TEXT = read("docs/odd.md")
NAMED = set(re.findall(r"`([^`\n]+)`", TEXT))
PATTERNS = [name for name in NAMED if "*" in name]
ELEMENTS = (
    "## 1 Purpose and patterns",
    "## 2 Entities, state variables and scales",
    "## 3 Process overview and scheduling",
    "## 4 Design concepts",
    "## 5 Initialisation",
    "## 6 Input data",
    "## 7 Submodels",
)
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing", "Interaction",
    "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


def ids(letter, text):
    """Ids such as M004 in a text; a range M012-M014 stands for all of its ids."""
    found = set()
    for first, last in re.findall(rf"({letter}\d+)(?:-({letter}\d+))?", text):
        width = len(first) - 1
        found |= {f"{letter}{n:0{width}d}" for n in range(int(first[1:]), int((last or first)[1:]) + 1)}
    return found


def test_ranges_of_ids_are_read():
    assert ids("M", "M002, M012-M014") == {"M002", "M012", "M013", "M014"}


def test_the_seven_elements_and_eleven_concepts_stand_in_their_order():
    places = [TEXT.index(f"\n{element}\n") for element in ELEMENTS]
    assert places == sorted(places)
    concepts = TEXT[places[3] : places[4]]
    starts = [concepts.index(f"\n**{name}.**") for name in CONCEPTS]
    assert starts == sorted(starts)


def test_every_parameter_is_named():
    missing = [key for key in registry() if key not in NAMED and not any(fnmatchcase(key, p) for p in PATTERNS)]
    assert not missing


def test_every_parameter_named_exists():
    like = [name for name in NAMED if re.fullmatch(r"[a-z_]+\.[a-z0-9_*]+", name)]
    other = {"population.scale", "model.agents", "model.agents_by_type"}
    unknown = [name for name in like if name not in other and not any(fnmatchcase(key, name) for key in registry())]
    assert len(like) > 200
    assert not unknown


def test_every_draw_that_the_model_makes_is_listed():
    made = {
        node.attr
        for name, tree in modules()
        if name != "streams.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Decision"
    }
    assert len(made) > 50
    assert made <= NAMED
    assert not [name for name in NAMED if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", name) and name not in Decision.__members__]


def test_the_steps_stand_in_the_order_of_the_quarter():
    source = (PACKAGE / "ecosystem" / "quarter.py").read_text(encoding="utf-8")
    numbered = [int(number) for number in re.findall(r"#\s+(\d+) ", source)]
    table = TEXT[TEXT.index(ELEMENTS[2]) : TEXT.index(ELEMENTS[3])]
    assert numbered == list(range(1, 15))
    assert [int(number) for number in re.findall(r"^\| (\d+) ", table, re.MULTILINE)] == numbered


@pytest.mark.parametrize("column", ["modelled", "partly", "not modelled"])
def test_the_summary_of_mechanisms_agrees_with_the_registry(column):
    table = TEXT[TEXT.index("| area | modelled") :].split("\n\n")[0].splitlines()[2:]
    place = ["modelled", "partly", "not modelled"].index(column) + 2
    shown = set().union(*(ids("M", row.split("|")[place]) for row in table))
    assert shown == {m for m, status in registry().mechanisms.items() if status == column}


def test_the_levers_without_parameters_are_the_ones_named():
    said = TEXT[TEXT.index("set all but these:") :].split("\n\n")[0]
    # The means of an aim, in brackets after it, are levers that do have parameters.
    said = re.sub(r"\([^)]*\)", "", said)
    assert ids("L", said) == {lever.id for lever in policy_levers()} - set(by_policy_lever())


def test_mechanisms_count_as_modelled_when_they_can_be_switched_off():
    modelled = {m for m, status in registry().mechanisms.items() if status == "modelled"}
    assert modelled == set(registry().switchable())


def test_the_draws_stand_once_and_have_an_id():
    table = TEXT[TEXT.index("| decision | id | decides |") :].split("\n\n")[0].splitlines()[2:]
    listed = [name for row in table for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])]
    assert sorted(listed) == sorted(set(listed))
    assert len(listed) == len([name for name in NAMED if name in Decision.__members__])
    assert all(row.split("|")[2].strip() for row in table)


def test_what_can_be_switched_off_is_modelled_and_where_exists():
    import csv

    from klyngesim.scenario.registryfile import DATA

    with (DATA / "mechanisms.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    status = {row["id"]: row["status"] for row in rows}
    assert [m for m in registry().switchable() if status[m] != "modelled"] == []
    for row in rows:
        assert row["why"].endswith(".") and len(row["why"]) < 200
        places = (PACKAGE / "ecosystem" / row["where"], PACKAGE / row["where"])
        assert any(path.is_file() for path in places) == (row["status"] != "not modelled"), row["id"]

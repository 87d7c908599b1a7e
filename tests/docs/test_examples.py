"""The examples run, and show what they say they show."""

import importlib.util
import re

import pytest

from tests.docs.pages import read
from tests.static.sources import ROOT

FILES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def example(name):
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "examples" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_lists_every_example():
    assert sorted(re.findall(r"^\| `(\w+\.py)` \|", read("examples/README.md"), re.MULTILINE)) == FILES


def test_members_of_acting_agents_are_few_at_first_and_the_seed_decides():
    Programme = example("acting_agents").Programme

    def counts(seed):
        programme = Programme(seed=seed)
        found = [programme.members]
        for _ in range(16):
            programme.step()
            found.append(programme.members)
        return found

    assert counts(1) == counts(1) != counts(2)
    assert counts(1)[0] == 0 < counts(1)[-1] < 150


def test_a_firm_is_followed_through_every_quarter():
    lines = example("follow_a_firm").lines("population.scale=0.01")
    assert [line.partition(" |")[0] for line in lines] == [
        f"{year}Q{n}" for year in (2021, 2022, 2023) for n in (1, 2, 3, 4)
    ]
    assert all(re.search(r"\| trust [01]\.\d\d \|", line) for line in lines)


def test_differences_are_paired_by_seed(monkeypatch):
    compared = example("compare_in_python")
    monkeypatch.setattr(compared, "SETTINGS", {"population.scale": 0.01, "period.end": "2026Q4"})
    assert compared.differences("baseline", "members", 2) == [0.0, 0.0]
    assert len(compared.differences("r4-demand-125", "members", 2)) == 2


def test_the_box_has_the_futures_in_which_members_mind_fees(tmp_path):
    discover = example("discover_with_ema")
    known, cost = discover.futures(tmp_path)
    limits, told = discover.box(known, cost)
    inside = known.apply(lambda column: column.between(*limits[column.name])).all(axis=1)
    lost = cost > discover.LOSS
    assert 0 < lost.sum() < len(lost) == 20
    assert told["density"] == lost[inside].mean() >= 0.8
    assert told["coverage"] == lost[inside].sum() / lost.sum() >= 0.8
    minds = known["membership_renewal_elasticity"]
    low, high = limits[minds.name]
    assert low == minds.min() and minds[inside].max() <= high < minds.max()


@pytest.mark.parametrize("name", FILES)
def test_every_example_can_be_run_as_a_file(name):
    assert 'if __name__ == "__main__":' in read(f"examples/{name}")

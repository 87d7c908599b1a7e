import pytest

from klyngesim.scenario import loading
from klyngesim.scenario.faults import ScenarioFaults
from tests.scenario.fakes import REGISTRY, write


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder, with a shipped folder that holds one baseline."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    write(
        shipped,
        "baseline.yaml",
        """\
        name: baseline
        title: {en: Baseline, da: Grundforløb}
        question: What if nothing changes?
        source: ["#1", L01]
        period: {start: 2021Q1, end: 2034Q4}
        population: {scale: 1.0}
        replicates: 20
        seed: 1
        parameters: {social_capital.turnover_base: 0.06}
        """,
    )
    monkeypatch.setattr(loading, "shipped_folder", lambda: shipped)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def load(folder):
    """Load the text of a scenario (or a name that exists) against the small registry."""

    def run(text, *overrides):
        path = write(folder, "case.yaml", text)
        return loading.load(path, overrides, registry=REGISTRY)

    return run


@pytest.fixture
def refused(load):
    """The faults of a scenario that must be refused."""

    def run(text, *overrides):
        with pytest.raises(ScenarioFaults) as caught:
            load(text, *overrides)
        return caught.value.faults

    return run


@pytest.fixture
def fault(refused):
    """The only fault of a scenario that must be refused."""

    def run(text, *overrides):
        faults = refused(text, *overrides)
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]

    return run

"""A dry run: at once, and honest about what its estimate of the time rests on."""

import subprocess
import sys

import pytest

from klyngesim.runs.pace import Pace, said
from klyngesim.scenario import loading, template
from klyngesim.scenario.loading import shipped_folder
from klyngesim.sweeps import cost
from klyngesim.sweeps.file import read_sweep
from tests.cli.commands import environment

FACTORS = "method: lhs\nsamples: 10\nreplicates: 2\nparameters: [trust.gain]\noutcomes: [members]\n"


def read(tmp_path, scenarios, end):
    path = tmp_path / "sweep.yaml"
    text = f"name: s\nscenario: {scenarios}\nset: [population.scale=0.005, period.end={end}]\n{FACTORS}"
    path.write_text(text, encoding="utf-8")
    return read_sweep(path)


def test_a_past_in_common_is_reckoned_once(tmp_path, monkeypatch):
    """R3 parts from the baseline when it is announced, in 2024Q4; what differs from the start shares nothing."""
    (tmp_path / "other.yaml").write_text("name: other\nextends: baseline\nparameters: {trust.decay_quarter: 0.06}\n")
    monkeypatch.setattr(cost, "measured", lambda *_: Pace(3.0, 0.5))
    found = cost.cost(read(tmp_path, "[baseline, r3-ten-years, other.yaml]", "2025Q4"), 2)
    quarters = 20 + 5 + 20
    assert found.seconds == pytest.approx((2 * 3.0 + 0.5 * quarters) / 3)
    assert found.all_seconds == pytest.approx(found.seconds * 10 * 3 * 2 / 2)


@pytest.mark.parametrize("end", ["2021Q4", "2023Q4"])
def test_a_short_run_can_be_timed_too(tmp_path, end):
    found = cost.cost(read(tmp_path, "baseline", end), 1)
    assert 0.0 < found.seconds < 60.0 and found.all_seconds == pytest.approx(found.seconds * 20)


def test_what_the_store_will_take_at_most(tmp_path):
    """One window of 14 rows, 13 of them with moves, and five years, also by organisation; numbers of eight bytes."""
    from klyngesim.results.indicators import IDS
    from klyngesim.results.vocabulary import FIRM_CLASSES, STAGES
    from klyngesim.results.windows import BY_ORGANISATION

    found = cost.cost(read(tmp_path, "baseline", "2025Q4"), 1)
    numbers = 14 * len(IDS) + 13 * len(FIRM_CLASSES) * len(STAGES) + 5 * len(IDS)
    numbers += 5 * 13 * len(BY_ORGANISATION)
    assert found.megabytes == pytest.approx(8 * numbers * 20 / 1e6)


def test_reading_a_sweep_over_everything_assumed_makes_its_scenarios_once(monkeypatch):
    made = []

    def counted(*given):
        made.append(given)
        return merge(*given)

    merge = loading.merge
    for module in (loading, template):
        monkeypatch.setattr(module, "merge", counted)
    sweep = read_sweep(shipped_folder() / "sweeps" / "advice-assumed.yaml")
    assert len(sweep.factors) > 150 and len(made) == len(sweep.scenarios) == 5


def test_a_dry_run_imports_nothing_that_takes_longer_than_it(tmp_path):
    read(tmp_path, "[baseline, r3-ten-years]", "2025Q4")
    code = (
        "import atexit, sys\n"
        "from klyngesim.cli.main import app\n"
        "slow = {'mesa', 'pandas', 'scipy.stats', 'SALib', 'matplotlib'}\n"
        "atexit.register(lambda: print('slow:', *(slow & set(sys.modules)), file=sys.__stdout__))\n"
        "app(['sweep', 'sweep.yaml', '--dry-run'])\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Runs: 40" in done.stdout and done.stdout.splitlines()[-1] == "slow:"


def test_a_time_is_said_as_people_say_it():
    assert [said(seconds) for seconds in (3.0, 89.0)] == [("minute", 1.0)] * 2
    assert [said(seconds) for seconds in (91.0, 7000.0, 7200.0, 9000.0)] == [
        ("minutes", 2),
        ("minutes", 117),
        ("hours", 2.0),
        ("hours", 2.5),
    ]

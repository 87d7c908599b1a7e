"""The benchmark reports what the contract asks for, and its peer does what it says."""

import json
import os
import subprocess
import sys

import pytest

from klyngesim.experiments import plain_mesa

CONTRACT = {
    "run_seconds",
    "plain_mesa_seconds",
    "ratio_to_plain_mesa",
    "plain_mesa_fixed_order_seconds",
    "ratio_to_fixed_order",
    "floor_seconds",
    "ratio_to_floor",
    "peak_mb",
    "uniforms",
    "cpu",
    "scale_ratio",
}


def test_the_peer_steps_every_firm_once_a_quarter(monkeypatch):
    stepped = []
    monkeypatch.setattr(plain_mesa.Firm, "step", lambda firm: stepped.append(firm.unique_id))
    done = []
    model = plain_mesa.run(firms=50, quarters=3, seed=1, on_quarter=done.append)
    assert done == [1, 2, 3]
    assert len(model.agents) == 50
    assert sorted(stepped) == sorted(3 * [firm.unique_id for firm in model.agents])


def test_the_peer_tells_the_same_story_and_is_reproducible():
    model, again, other = (plain_mesa.run(firms=2000, quarters=40, seed=seed) for seed in (1, 1, 2))
    assert (model.participations, model.members) == (again.participations, again.members)
    assert model.participations != other.participations
    assert model.members == sum(firm.member for firm in model.agents) > 0
    assert all(0 <= firm.trust <= 1 and 0 <= firm.readiness <= 1 for firm in model.agents)
    # The load: klyngesim has some 15,000 participations a year among 282,487 firms.
    yearly = model.participations / 10 / 2000 * 282_487
    assert 10_000 < yearly < 20_000


def test_peak_memory_is_that_of_the_command_not_of_its_caller():
    ballast = bytearray(os.urandom(1)) * 300_000_000
    code = "x = bytearray(100_000_000)"
    done = subprocess.run(
        [sys.executable, "-m", "klyngesim.experiments.peak", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(ballast) == 300_000_000
    assert 100e6 < int(done.stdout) < 250e6


def test_peak_memory_passes_a_failure_on():
    command = [sys.executable, "-m", "klyngesim.experiments.peak", sys.executable, "-c", "raise SystemExit(3)"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 3


@pytest.mark.slow
def test_bench_reports_the_contract():
    done = subprocess.run(
        [sys.executable, "-m", "klyngesim", "bench", "--scale", "0.05", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert set(found) >= CONTRACT
    assert found["firms"] == round(0.05 * 282_487)
    assert found["quarters"] == 56
    assert len(found["runs"]) == 5
    assert found["run_seconds"] == sorted(found["runs"])[2]
    # Ratios are printed with two decimals, seconds with four, which is all there is of small ones.
    ratio = found["plain_mesa_seconds"] / found["run_seconds"]
    assert found["ratio_to_plain_mesa"] == pytest.approx(ratio, rel=0.05, abs=0.0055)
    ratio = found["run_seconds"] / found["floor_seconds"]
    assert found["ratio_to_floor"] == pytest.approx(ratio, rel=0.05, abs=0.0055)
    assert found["uniforms"] > 0
    assert found["peak_mb"] > 50
    assert done.stderr == ""

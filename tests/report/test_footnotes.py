"""The small print under a figure of a run, against literal text."""

import pytest

from klyngesim.figures.panels import footer, not_recorded
from klyngesim.report.run_data import Point, RunData

ABOUT = "Scenario: As it is. Simulated 2021–2026, {}. Run id 3f9c. Source: simulation with klyngesim 0.1.0; "
ABOUT += "simulated, not observed."


def run_of(finished, requested=None, scale=1.0, partial=(), **more):
    seeds = {"requested": list(range(requested or finished)), "finished": list(range(finished))}
    scenario = {
        "title": {"en": "As it is", "da": "Som det er"},
        "period": {"start": "2021Q1", "end": "2027Q2"},
        "population": {"scale": scale},
    }
    manifest = {"run_id": "3f9c", "versions": {"klyngesim": "0.1.0"}, "seeds": seeds, "scenario": scenario, **more}
    series = {"members": (Point(2021, 100.0, 90.0, 110.0, finished),)} if finished else {}
    return RunData(manifest, series=series, years=(2021, 2026), partial=partial)


def lines(*args, lang="en", spread="band", extra=()):
    return [line.replace("\u00a0", " ") for line in footer(*args, lang, spread, extra).lines]


@pytest.mark.parametrize(
    ("spread", "said"),
    [
        ("band", "Line = mean; 90 % of 21 runs lie inside the band."),
        ("bars", "Dot = mean; 90 % of 21 runs lie inside the pale bar."),
        ("mean", "Means of 21 runs; the spread between runs is not shown here."),
    ],
)
def test_many_runs_have_a_spread(spread, said):
    assert lines(run_of(21), spread=spread) == [said, ABOUT.format("21 runs (replicates)")]


def test_one_run_has_no_band_and_none_says_nothing_of_it():
    alone = "One run only, so no band: how far chance alone moves the numbers is not known."
    assert lines(run_of(1)) == [alone, ABOUT.format("one run (replicate)")]
    assert lines(run_of(0)) == [ABOUT.format("no finished run")]


def test_runs_with_parameters_of_their_own_say_so():
    drawn = "Every run has calibrated parameters of its own, drawn from the posterior"
    assert drawn in lines(run_of(20, draws=[4, 7]))[0] and drawn in lines(run_of(1, draws=[4]))[0]
    assert drawn not in lines(run_of(20, draws=[0, 0]))[0]


def test_what_makes_a_run_less_than_a_whole_one_is_said():
    found = lines(run_of(4, 5, scale=0.04, partial=(2027,)), lang="da", extra=("Egen note.",))
    assert found[0] == "Egen note."
    assert found[1] == (
        "Linje = gennemsnit; 90 pct. af 4 kørsler ligger inden for båndet. Yderligere 1 kørsel blev ikke gennemført. "
        "En verden til afprøvning: 1 af 25 virksomheder. Dens niveauer er ikke Danmarks. "
        "2027 er udeladt: ikke alle fire kvartaler er simuleret."
    )
    assert "3 further runs did not finish." in lines(run_of(4, 7))[0]
    assert lines(run_of(4, scale=2.0)) == lines(run_of(4))


@pytest.mark.parametrize(
    ("calibrated", "warned"), [({}, True), ({"calibrated": False}, True), ({"calibrated": True}, False)]
)
def test_parameters_that_are_not_calibrated_are_warned_of(calibrated, warned):
    assert footer(run_of(4, **calibrated), "en", "band").warning.startswith("PARAMETERS NOT YET") is warned


def test_what_was_not_recorded_is_named():
    assert not_recorded("en", ()) == ""
    assert not_recorded("en", ("note_total", "runs_none")).startswith("Not recorded: Total external income")

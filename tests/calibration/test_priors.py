"""Priors and settings: what is fitted, and what is refused with all faults at once."""

import json
import math

import numpy as np
import pytest
import yaml

from klyngesim.calibration.settings import MOST_COMMON, ScenarioFaults, read_settings
from klyngesim.calibration.targets import read_targets
from klyngesim.posterior import leaning, read_leaning, shipped_file
from klyngesim.priors import Prior, Space
from klyngesim.scenario.parameters import registry

PRIORS = [
    Prior("a.b", "uniform", 0.5, 1.0, 0.95),
    Prior("a.c", "loguniform", 0.5, 200.0, 14.0),
    Prior("a.d", "triangular", 0.3, 0.7, 0.4),
]


@pytest.mark.parametrize("prior", PRIORS, ids=lambda prior: prior.distribution)
def test_values_and_places_are_each_other_s_inverse(prior):
    for place in np.linspace(0.0, 1.0, 41):
        value = prior.value(float(place))
        assert prior.low <= value <= prior.high
        assert prior.place(value) == pytest.approx(place, abs=2e-3)
    assert (prior.value(0.0), prior.value(1.0)) == (prior.low, prior.high)


def test_distributions_have_their_known_medians():
    assert PRIORS[0].value(0.5) == 0.75
    assert PRIORS[1].value(0.5) == 10.0  # the geometric mean of 0.5 and 200
    # Beyond the mode (quantile 0.25) the triangle's upper branch.
    assert PRIORS[2].value(0.5) == pytest.approx(0.7 - math.sqrt(0.5 * 0.4 * 0.3), rel=1e-3)


def test_what_cannot_be_fitted_is_named_in_full():
    with pytest.raises(ValueError, match=r"no\.such") as caught:
        Space.of(["no.such", "fees.level", "staff.hiring_quarters", "holdback.release"], registry())
    assert len(str(caught.value).splitlines()) == 4


def test_the_shipped_settings_keep_the_referee_s_rule():
    settings = read_settings()
    assert len(settings.parameters) <= MOST_COMMON == 12
    assert "organisation.effect_spread" not in settings.parameters, "what sets organisations apart is built in"
    assert settings.population_scale == 1.0 and settings.cut_off == 3
    quick = read_settings(quick=True)
    assert quick.population_scale < 0.1 and quick.parameters == settings.parameters


def test_seeds_are_used_once():
    settings = read_settings()
    used = [
        seed
        for wave, count in enumerate(settings.waves)
        for candidate in range(count)
        for seed in settings.candidate_seeds(wave, candidate)
    ]
    used += [seed for draw in range(settings.verdict.draws) for seed in settings.verdict_seeds(draw)]
    assert len(set(used)) == len(used)


def test_what_numbers_were_set_to_by_hand_is_not_in_the_likelihood():
    targets, settings = read_targets(), read_settings()
    used = {name for names in settings.by_hand.values() for name in names}
    fitted = {target.id for target in settings.fitted(targets)}
    assert used and not used & fitted
    assert used | fitted == {target.id for target in targets if target.role == "calibration"}


def test_the_shipped_posterior_was_fitted_to_these_targets():
    shipped = json.loads(shipped_file("diagnostics.json").read_text(encoding="utf-8"))
    assert shipped["targets"] == len(read_settings().fitted(read_targets()))
    assert shipped["parameters"] == list(read_settings().parameters)


def test_every_parameter_that_leans_on_a_bound_has_a_sentence_on_why():
    settings = read_settings()
    assert set(read_leaning()) & set(settings.parameters) == set(settings.leaning)


def test_the_outer_tenths_of_a_prior_are_told():
    places = {"low": 0.09, "inside": 0.1, "also": 0.9, "high": 0.95}
    assert leaning({name: {"mean_place": place} for name, place in places.items()}) == {"low": 0.09, "high": 0.95}


def test_targets_of_another_role_cannot_have_been_used_by_hand(tmp_path):
    settings = read_settings(changed(tmp_path, by_hand={"fees.level": ["firms.falling", "firms.then", "firms.ten"]}))
    words = r"firms.falling; allowed: a target.*\n.*firms.then; .*did you mean firms.ten"
    with pytest.raises(ScenarioFaults, match=words):
        settings.fitted(read_targets())


def changed(tmp_path, **changes):
    data = yaml.safe_load(shipped_file("settings.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "settings.yaml"
    path.write_text(yaml.safe_dump({**data, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cut_off": -1, "seed": "x", "waves": [5], "more": 1}, ["cut_off", "seed", "waves[0]", "more"]),
        ({"parameters": {"no.such": "a reason that is long enough"}}, ["no.such: not a registered parameter"]),
        ({"parameters": {"fees.level": "a reason that is long enough"}}, ["fees.level: its distribution is fixed"]),
        ({"parameters": {"membership.join_trust": "short"}}, ["parameters.membership.join_trust"]),
        ({"chains": {"walkers": 7, "steps": 10, "burn_in": 10}}, ["chains.walkers: 7", "chains.burn_in: 10"]),
        ({"verdict": {"draws": 9, "seeds_per_draw": 1, "first_seed": 5}}, ["verdict.first_seed: 5; allowed: above"]),
        (
            {"cut_off": -1, "chains": {"walkers": 64, "steps": 10, "burn_in": 10}},
            ["cut_off: -1", "chains.burn_in: 10; allowed: fewer than chains.steps (10)"],
        ),
        ({"quick": 3}, ["quick: 3"]),
        ({"quick": {"waves": [60, 4], "chain": 3}}, ["quick.waves[1]: 4", "quick.chain", "did you mean chains?"]),
        ({"cut_off": float("inf")}, ["cut_off: +inf"]),
        ({"seed": "5"}, ["seed: '5'; allowed: a whole number"]),
        ({"shipped": True}, ["shipped: true; allowed: a whole number"]),
        ({"period_end": "2022Q4"}, ["period_end: '2022Q4'; allowed: '2023Q4'"]),
        ({"waves": [1000] * 21}, ["waves: a list; allowed: at most 20 entries"]),
        ({"chains": {"walker": 64, "steps": 10, "burn_in": 1}}, ["chains.walker:", "did you mean walkers?"]),
        (
            {"verdict": {"draws": 800, "seeds_per_draw": 3, "first_seed": 2**32 - 2399}},
            [
                "verdict.first_seed: 4294964897; allowed: a seed of at most 4294964896 as the first of 2400: "
                "each run has the next one, up to 4294967295; did you mean 4294964896?"
            ],
        ),
        (
            {"by_hand": {"no.such": ["firms.ten"], "membership.join_trust": ["firms.ten"], "fees.level": []}},
            ["by_hand.fees.level"],
        ),
        (
            {"by_hand": {"no.such": ["firms.ten"], "membership.join_trust": ["firms.ten"]}},
            ["no.such; allowed: a registered parameter", "membership.join_trust; allowed: a registered parameter that"],
        ),
    ],
)
def test_wrong_settings_are_refused_with_every_fault(tmp_path, changes, words):
    with pytest.raises(ScenarioFaults) as caught:
        read_settings(changed(tmp_path, **changes))
    assert all(word in str(caught.value) for word in words)


def test_what_follows_from_a_wrong_key_is_not_told_and_faults_come_in_order_of_lines(tmp_path):
    with pytest.raises(ScenarioFaults) as caught:
        verdict = {"draws": 9, "seeds_per_draw": 1, "first_seed": 5}
        read_settings(changed(tmp_path, waves=[5], verdict=verdict, seed="x"))
    assert [fault.path for fault in caught.value.faults] == ["seed", "waves[0]"]
    lines = [fault.line for fault in caught.value.faults]
    assert lines == sorted(lines)


def test_settings_are_read_with_the_care_of_a_scenario(tmp_path):
    """Keys set twice are told with their line, in the section for --quick as well; the last seed may be used."""
    path = changed(tmp_path, verdict={"draws": 800, "seeds_per_draw": 3, "first_seed": 2**32 - 2400})
    assert read_settings(path).verdict_seeds(799)[-1] == 2**32 - 1
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "cut_off: 1\n", encoding="utf-8")
    line = text.count("\n") + 1
    with pytest.raises(ScenarioFaults, match=rf"settings.yaml:{line}: cut_off: set twice, first in line") as refused:
        read_settings(path)
    assert len(refused.value.faults) == 1


def test_a_file_that_is_not_there_or_no_yaml(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [")
    for name in ("none.yaml", "bad.yaml"):
        with pytest.raises(ScenarioFaults, match=name):
            read_settings(tmp_path / name)


def test_thirteen_common_parameters_are_too_many(tmp_path):
    some = [key for key, item in registry().items() if item.distribution == "uniform" and item.step is None]
    reasons = {key: "a reason that is long enough" for key in some[: MOST_COMMON + 1]}
    with pytest.raises(ScenarioFaults, match=r"parameters: .*at most 12"):
        read_settings(changed(tmp_path, parameters=reasons))

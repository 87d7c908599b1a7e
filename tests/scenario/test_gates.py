"""Settings that take no effect alone, or whose level is scaled away, are told; with what they need they are not."""

import pytest

from klyngesim.scenario.gatelist import EFFORTS, GATES, MEASURES
from klyngesim.scenario.gates import REPLACED
from klyngesim.scenario.interplay import AT_MOST
from klyngesim.scenario.loading import from_mapping, load, shipped
from klyngesim.scenario.parameters import registry
from klyngesim.scenario.scalars import nearest_step
from klyngesim.scenario.scaling import FROM_START, SCALED


def warnings(timeline=(), parameters=None, clusters=None, end="2034Q4"):
    """The sentences on a child of the baseline."""
    data = {"timeline": list(timeline), "parameters": parameters or {}, "clusters": clusters or {}}
    return from_mapping({"extends": "baseline", "period": {"end": end}, **data}).warnings


def lever(start="2025Q1", cluster=None, **values):
    """A dated entry; two underscores stand for the dot of an id."""
    entry = {"from": start, "set": {key.replace("__", "."): value for key, value in values.items()}}
    return entry if cluster is None else {**entry, "cluster": cluster}


def another(key):
    """An allowed value of a parameter that is not its default."""
    one, default = registry()[key], registry().default(key)
    if one.choices:
        return next(word for word in one.choices if word != default)
    more = nearest_step(default * 1.5, one.step) if default else one.high
    bound = key in [smaller for smaller, _ in AT_MOST]
    return more if more <= one.high and not bound else one.low


def meets(need, value):
    """Whether a value meets a need where the start has the default."""
    return need.met(value, registry().default(need.key))


def stands(need):
    """Whether the baseline meets a need, in one organisation at least."""
    default = registry().default(need.key)
    return any(need.met(value, value) for value in (default.values() if isinstance(default, dict) else [default]))


def shut(gate):
    """Whether the baseline has none of what a gate needs."""
    return not any(map(stands, gate.needs))


CLOSED = sorted({key for gate in GATES if shut(gate) for key in gate.keys})
"""What needs something that the baseline does not have."""


@pytest.mark.parametrize("key", CLOSED)
def test_what_needs_something_else_is_told_without_it_and_not_with_it(key):
    gates = [gate for gate in GATES if key in gate.keys]
    alone = [line for line in warnings(parameters={key: another(key)}) if "takes no effect" in line]
    assert alone and all(f"parameters.{key}:" in line for line in alone)
    assert any(str(need) in line for gate in gates for need in gate.needs for line in alone)
    open_gates = {gate.needs[0].key: _meets(gate.needs[0]) for gate in gates if shut(gate)}
    together = warnings(parameters={key: another(key), **open_gates})
    assert not [line for line in together if "takes no effect" in line and f"parameters.{key}:" in line]


def _meets(need):
    """A value that meets a need, and for evaluations so often that some fall where no renewal takes their place."""
    if need.key == "evaluation.every_years":
        return 5.0
    one = registry()[need.key]
    if one.choices:
        return next(word for word in one.choices if meets(need, word))
    return next(value for value in (one.high, one.low, 2.0) if meets(need, value))


def test_the_partner_must_be_on_while_the_lever_holds():
    threshold = lever(evaluation__threshold=0.9)
    (line,) = [line for line in warnings([threshold]) if "evaluation.threshold" in line]
    assert "needs evaluation.every_years above 0, which is not so from 2025Q1 on" in line
    assert not warnings([lever(evaluation__threshold=0.9, evaluation__every_years=5)])
    (line,) = warnings([threshold, lever("2027Q1", evaluation__every_years=5)])
    assert "takes effect only from 2027Q1 on" in line
    ended = [lever("2023Q1", evaluation__every_years=5), lever(evaluation__every_years=0, evaluation__threshold=0.9)]
    assert any("takes no effect" in line and "evaluation.threshold" in line for line in warnings(ended))


def test_a_lever_that_ends_before_its_partner_begins_takes_no_effect():
    early = [lever(evaluation__threshold=0.9), lever("2026Q1", evaluation__threshold=0.85)]
    none, later = warnings([*early, lever("2027Q1", evaluation__every_years=5)])
    assert "0.9 takes no effect" in none and none.endswith("which is not so from 2025Q1 to 2025Q4")
    assert "0.85 takes effect only from 2027Q1 on" in later


@pytest.mark.parametrize(
    ("key", "value", "beside"),
    [
        ("evaluation.money", "open_call", {"evaluation.threshold": 0, "evaluation.every_years": 5}),
        ("seats.project_firms", 9, {"activity_mix.project": 0}),
        ("project.open_invitation", 2, {"effort.project": 0}),
        ("grant.broad_only", 1, {"activity_mix.project": 0}),
        ("seats.internationalisation_firms", 30, {"activity_mix.internationalisation": 0}),
        ("guard.seat_share", 0.5, {"attendance.rule": "demand"}),
        ("fees.small", 9000, {"guard.fee_rebate": 1}),
        ("grant.indexation", 1, {"grant.budget_factor": 0}),
        ("grant.suspended", 1, {"grant.budget_mkr_year": 0}),
        ("grant.budget_factor", 0.5, {"grant.organisation_factor": 0}),
        ("recruitment.regional_penalty", 0.5, {"depth.shift": 1}),
        ("recruitment.hours_per_contact", 2, {"effort.recruit": 0}),
        ("referral.from_actors", 0.5, {"effort.recruit": 0}),
    ],
)
def test_a_lever_that_another_one_leaves_nothing_to_is_told(key, value, beside):
    told = told_of(key, warnings([{"from": "2025Q1", "set": {key: value, **beside}}]))
    assert [line for line in told if "takes no effect" in line]
    alone = told_of(key, warnings([{"from": "2025Q1", "set": {key: value}}]))
    assert not [line for line in alone if "takes no effect" in line and next(iter(beside)) in line]


@pytest.mark.parametrize(("off", "key"), [("M053", "local.partners"), ("M087", "referral.from_actors")])
def test_the_strength_of_a_mechanism_that_is_off_is_none(off, key):
    free = {"local.cost_mkr_year": 0, "local.hours_year": 0}
    timeline = [{"from": "2025Q1", "set": {key: 0.5}}]
    data = {"extends": "baseline", "parameters": free, "timeline": timeline}
    assert not told_of(key, from_mapping(data).warnings)
    (line,) = told_of(key, from_mapping({**data, "mechanisms": {"disable": [off]}}).warnings)
    assert "takes no effect" in line


def test_a_share_of_a_type_that_cannot_be_held_is_told_to_count_as_nothing():
    narrow = lever(activity_mix__project=0.5, grant__broad_only=1)
    (line,) = told_of("activity_mix.project", warnings([narrow]))
    assert line.startswith("0.5 counts as 0, for activities of this type need grant.broad_only = 0; the share goes")
    gap = [lever("2024Q1", grant__broad_only=1), lever("2027Q1", grant__broad_only=0)]
    later = [lever(activity_mix__project=0.5), *gap]
    (line,) = told_of("activity_mix.project", warnings(later))
    assert line.startswith("0.5 counts as 0 up to 2026Q4, for activities of this type need grant.broad_only = 0")
    (line,) = told_of("activity_mix.application", warnings([lever(activity_mix__application=0.2, effort__apply=0)]))
    assert "0.2 counts as 0, for activities of this type need effort.apply above 0" in line
    one = lever(cluster="made", activity_mix__project=0.4, effort__project=0)
    (line,) = told_of("activity_mix.project", warnings([one]))
    assert "0.4 counts as 0, for activities of this type need effort.project above 0" in line


def test_organisations_without_a_group_size_are_named():
    seats = [registry().default(f"seats.internationalisation_{who}") for who in ("firms", "institutions")]
    blank = [one for one in registry().organisations if not any(table[one] for table in seats)]
    assert blank
    (line,) = told_of("activity_mix.internationalisation", warnings([lever(activity_mix__internationalisation=0.15)]))
    assert line.startswith(f"0.15 counts as 0 in {', '.join(blank)}, for activities of this type need seats.")
    own = [lever(cluster=one, activity_mix__internationalisation=0) for one in blank]
    told = warnings([lever(activity_mix__internationalisation=0.15), *own])
    assert not [line for line in told if "counts as 0" in line]


@pytest.mark.parametrize("nobody", [{"environment.support_actors": 0}, {"environment.consolidated": 1}])
def test_referrals_by_nobody_are_told(nobody):
    referred = {"from": "2025Q1", "set": {"referral.from_actors": 0.5, **nobody}}
    (line,) = told_of("referral.from_actors", warnings([referred]))
    assert line.startswith("0.5 counts although nobody is there to refer firms, which would need environment.")
    assert warnings([lever(referral__from_actors=0.5)]) == ()


def test_a_budget_of_a_grant_that_is_suspended_is_told_to_award_nothing():
    suspended = lever(grant__budget_factor=0.5, grant__suspended=1)
    (line,) = told_of("grant.budget_factor", warnings([suspended]))
    assert line.startswith("0.5 awards nothing, for that needs grant.suspended = 0; meanwhile posts")
    # After a pause what would have been awarded is.
    assert not told_of("grant.budget_factor", warnings([suspended, lever("2026Q1", grant__suspended=0)]))
    assert not told_of("grant.budget_factor", warnings([lever(grant__budget_factor=0.5)]))


def test_one_of_several_needs_is_enough_in_any_organisation():
    (line,) = warnings([lever(measures__paid_by="extra")])
    assert all(measure in line for measure in MEASURES)
    assert not warnings([lever(measures__paid_by="extra"), lever(cluster="made", contact_staff__fte=1)])


def test_a_lever_that_takes_no_effect_is_not_said_to_change_the_calibrated_years():
    (line,) = warnings(parameters={"cofinancing.required": 3})
    assert "takes no effect" in line
    both = warnings(parameters={"cofinancing.required": 3, "cofinancing.consequence": "pro_rata"})
    assert len(both) == 2 and all("(2021-2023)" in line for line in both)


@pytest.mark.parametrize("key", sorted(SCALED))
def test_what_is_scaled_away_is_told(key):
    (line,) = [line for line in warnings(parameters={key: another(key)}) if "(2021-2023)" not in line]
    assert line == f"scenario: parameters.{key}: {line.split(': ', 2)[2]}" and SCALED[key] in line


@pytest.mark.parametrize("key", [key for key in sorted(SCALED) if registry()[key].dated])
def test_what_is_scaled_away_at_the_start_counts_from_a_date_on(key):
    assert not warnings([lever(**{key.replace(".", "__"): another(key)})])


def test_a_fee_by_size_that_moves_is_one_that_members_answer_to():
    elastic = {"membership.joining_elasticity": -0.9}
    told = [line for line in warnings(parameters=elastic | {"fees.micro": 9000}) if "takes no effect" in line]
    assert "fees.micro other than at the start" in told[0]
    moved = warnings([lever(fees__micro=9000)], parameters=elastic)
    assert not [line for line in moved if "takes no effect" in line]


@pytest.mark.parametrize("key", sorted(FROM_START))
def test_what_is_scaled_away_from_the_start_is_told_without_a_date_only(key):
    assert any(FROM_START[key] in line for line in warnings(parameters={key: 0.5}))
    assert not warnings([{"from": "2025Q1", "set": {key: 0.5}}])


def test_the_weights_of_hours_are_told_with_their_share():
    (line,) = warnings([lever(effort__recruit=0.5)])
    assert "0.5 counts as 0.40 of the productive hours" in line
    assert not warnings([lever(effort__recruit=0.35, effort__retain=0.1)])
    assert set(EFFORTS) <= set(registry())


@pytest.mark.parametrize("key", REPLACED)
def test_what_concerns_organisations_that_follow_others_is_told_alone(key):
    (line,) = [line for line in warnings(parameters={key: another(key)}) if "(2021-2023)" not in line]
    assert "takes effect only where an organisation fails" in line
    withdrawn = lever(grant__budget_factor=0.5)
    assert not [line for line in warnings([withdrawn], {key: another(key)}) if "an organisation fails" in line]


def test_organisations_to_be_lost_when_no_grant_period_ends_are_told():
    (line,) = warnings([lever("2025Q2", renewal__organisations_lost=2)], end="2028Q4")
    assert "takes no effect" in line and "that is so in 2025Q1" in line
    reached = warnings([lever("2025Q2", renewal__organisations_lost=2)], end="2029Q1")
    assert not [line for line in reached if "takes no effect" in line]


def test_the_first_evaluation_after_the_end_is_told():
    (line,) = warnings([lever(evaluation__every_years=5)], end="2028Q4")
    assert "due at the end of 2029Q4, after the end of the run (2028Q4)" in line
    assert not warnings([lever(evaluation__every_years=5)], end="2029Q4")


def told_of(key, lines):
    """What is said of a dated parameter, but for the years that it changes."""
    about = [line.partition(f".{key}: ")[2] for line in lines if f".{key}: " in line]
    return [line for line in about if "(2021-2023)" not in line]


def test_evaluations_before_there_is_anything_to_judge_are_told_with_a_date_that_has_it():
    (line,) = told_of("evaluation.every_years", warnings(parameters={"evaluation.every_years": 2}))
    assert line.startswith("2: evaluations due at the end of 2022Q4, 2024Q4 judge nobody: before the end of 2024Q4")
    assert "own start (evaluation.start_years 2), and where a grant period of UFS ends the renewal takes its" in line
    assert "the first that does is due at the end of 2026Q4" in line
    assert line.endswith("set timeline: [{from: 2023Q2, set: {evaluation.every_years: 2}}]")
    (soon,) = told_of("evaluation.every_years", warnings([lever("2022Q1", evaluation__every_years=2)]))
    assert soon.startswith("2: the evaluation due at the end of 2023Q4 judges nobody")
    advised = lever("2023Q2", evaluation__every_years=2)
    assert told_of("evaluation.every_years", warnings([advised])) == []
    assert told_of("evaluation.every_years", warnings([advised], {"evaluation.start_years": 3})) != []
    (none,) = told_of("evaluation.every_years", warnings([lever("2023Q1", evaluation__every_years=2)], end="2024Q4"))
    assert "none in the run does; set period.end to a later quarter" in none


def test_evaluations_that_always_fall_on_a_renewal_are_told():
    (line,) = warnings([lever(evaluation__every_years=4)])
    assert "2028Q4, 2032Q4 judge nobody: where a grant period of UFS ends the renewal" in line
    assert "none in the run does" in line and "own start" not in line
    assert not warnings([lever(evaluation__every_years=4, evaluation__stagger_quarters=1)])


def test_evaluations_that_are_repealed_before_the_first_are_told():
    (line,) = warnings([lever(evaluation__every_years=5), lever("2027Q1", evaluation__every_years=0)])
    assert "is due at the end of 2029Q4, after the lever, the end of 2026Q4; only its prospect counts" in line


def test_what_follows_from_evaluations_is_told_where_none_judges_anybody():
    ten = lever(grant__horizon_years=10, evaluation__every_years=5)
    early = [ten, lever(evaluation__money="open_call"), lever("2028Q1", evaluation__money="returned")]
    (line,) = warnings(early)
    assert "open_call takes no effect: from 2025Q1 to 2027Q4 no evaluation judges anybody" in line
    assert line.endswith("that is so at the end of 2029Q4")  # in 2034 the period ends
    early[-1]["from"] = "2030Q1"
    assert not warnings(early)


def test_a_length_of_grant_periods_with_which_none_begins_is_told():
    late = lever("2026Q1", grant__horizon_years=10, grant__deb_horizon_years=10)
    (line,) = warnings([late], end="2028Q4")
    assert "grant.horizon_years: 10: only its prospect counts, for from 2026Q1 to 2028Q4 no grant period of UFS" in line
    assert line.endswith("one begins in 2025Q1 and the next in 2029Q1")
    assert not warnings([late], end="2029Q4")
    first = warnings([lever("2021Q1", grant__horizon_years=10)], end="2028Q4")  # a period begins with the run
    assert told_of("grant.horizon_years", first) == []


LONG = [lever(grant__horizon_years=10), lever("2030Q1", grant__horizon_years=4)]
"""A period of ten years that goes on when four are usual again."""


@pytest.mark.parametrize(
    ("timeline", "end", "words"),
    [
        ([*LONG, lever("2031Q1", rival__lock_in=0.1)], "2034Q4", None),
        ([*LONG, lever("2035Q1", rival__lock_in=0.1)], "2044Q4", "takes no effect"),
        ([LONG[0], lever(rival__lock_in=0.1)], "2034Q4", "takes effect only from 2029Q2 on"),
        ([LONG[0], lever(rival__lock_in=0.1)], "2029Q1", "takes no effect"),
        ([lever(rival__lock_in=0.1), lever("2029Q1", grant__horizon_years=10)], "2044Q4", "only from 2033Q2 on"),
    ],
)
def test_lock_in_is_told_by_the_age_of_the_period_that_runs(timeline, end, words):
    found = told_of("rival.lock_in", warnings(timeline, end=end))
    assert [words in line for line in found] == [True] if words else found == []


def test_longer_pilots_are_told_unless_enough_of_a_period_is_left():
    longer = {"pilot.long_period_response": 0.1}
    told = [line for line in warnings(parameters=longer) if "takes no effect" in line]
    assert len(told) == 1 and "more than four years left of a grant period of UFS" in told[0]
    assert not [line for line in warnings(LONG, longer) if "takes no effect" in line]


def test_shipped_scenarios_are_told_of_one_thing_only():
    told = {line.partition(": ")[2] for name in shipped() for line in load(name).warnings}
    assert all("cofinancing.required" in line and "cofinancing.consequence other than none" in line for line in told)
    assert not load("r4-demand-125").warnings and not load("baseline").warnings


def test_shares_of_activities_that_are_scaled_down_from_a_date_on_are_told_with_what_they_count_as():
    # Energy has 0.1 + 0.2 in the other two (Table 6 over Figure 10), so that 0.9 makes 1.2; MADE has room for it.
    (sentence,) = warnings([lever(activity_mix__project=0.9)])
    assert sentence.startswith("scenario: timeline[0].set.activity_mix.project: 0.9 counts as 0.75 in energy")
    assert "made" not in sentence and "from 2025Q1 on" in sentence
    assert warnings([lever(cluster="made", activity_mix__project=0.9)]) == ()
    assert warnings([lever(activity_mix__project=0.5)]) == ()
    with_room = {"activity_mix__application": 0, "activity_mix__internationalisation": 0, "activity_mix__project": 1}
    assert warnings([lever(**with_room)]) == ()

"""What was set in all runs stands in the note, in words; and how a sweep beside it was set otherwise."""

from klyngesim.report.words import in_all_runs, set_by_id, unlike
from klyngesim.results.comparison import settings_by_path

SETTINGS = ["attendance.rule=demand", "clusters.made.fees.level = 1.5", "population.scale=0.1"]


def test_seeds_and_the_end_stand_elsewhere():
    told = [*SETTINGS, "parameters.trust.gain=0.4", "period.end=2030Q4", "--end=2030Q4", "--seed=3", "seed=4"]
    told += ["period=2021Q1 to 2030Q4", "replicates=7"]
    assert settings_by_path(told) == {
        "attendance.rule": "demand",
        "clusters.made.fees.level": "1.5",
        "population.scale": "0.1",
        "trust.gain": "0.4",
    }


def test_the_settings_of_a_comparison_are_told_with_what_they_mean():
    (english,), (danish,) = (list(in_all_runs({"settings": SETTINGS}, lang)) for lang in ("en", "da"))
    assert english == (
        "Set in all runs, whatever the scenarios’ files say: whether seats or demand decide who attends: demand; "
        "membership fees relative to today's, MADE - Manufacturing Academy of Denmark: 1.5; share of the "
        "firms that is simulated: 0.1."
    )
    assert danish == (
        "Sat i alle kørsler, uanset hvad scenariernes filer siger: om pladser eller efterspørgsel afgør, hvem der "
        "deltager: efterspørgsel (demand); kontingenter i forhold til i dag, MADE - Manufacturing Academy of Denmark: "
        "1,5; andel af virksomhederne, der simuleres: 0,1."
    )
    assert not list(in_all_runs({"settings": ["period.end=2030Q4"]}, "en")) and not list(in_all_runs({}, "da"))


def test_the_annex_has_them_as_they_are_typed():
    ((name, typed),) = set_by_id(SETTINGS, "da", " (fees)")
    assert name == "Sat i alle kørsler (fees)"
    assert typed == "attendance.rule=demand, clusters.made.fees.level=1.5, population.scale=0.1"
    assert set_by_id(["period.end=2030Q4"], "en") == []


def test_a_sweep_that_was_set_otherwise_is_told():
    sweep = {"sweep": {"set": ["fees.level=2", "population.scale=0.1"]}}
    (english,) = unlike(sweep, {"settings": SETTINGS[::2]}, "en")
    assert english == (
        "The runs of the sweep and of the comparison are set differently: the sweep’s to membership fees "
        "relative to today's: 2, the comparison’s to whether seats or demand decide who attends: demand."
    )
    (danish,) = unlike(sweep, {}, "da")
    assert danish.endswith(
        "gennemløbets til kontingenter i forhold til i dag: 2 og andel af virksomhederne, der simuleres: 0,1, "
        "sammenligningens til intet."
    )
    assert not list(unlike(sweep, {"settings": ["population.scale=0.1", "parameters.fees.level=2"]}, "en"))

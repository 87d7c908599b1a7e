"""``--lang`` of every command: it is there where something is printed for people, and all of it is in one language."""

import inspect
import json
import re
from types import SimpleNamespace

import pytest

from klyngesim.calibration.leave_one_out import MODEL
from klyngesim.cli import bench, calibrate, explore, validate
from klyngesim.cli.console import Language
from klyngesim.cli.main import app
from klyngesim.comparisons import files as comparison_files
from klyngesim.evidence.organisations import organisations
from klyngesim.results.indicators import IDS
from klyngesim.runs.fingerprint import model_fingerprint
from klyngesim.runs.store import RunStore
from klyngesim.runs.store_files import About
from klyngesim.scenario.parameters import registry
from tests.cli.commands import klyngesim
from tests.comparisons.made_up import FIVE
from tests.comparisons.made_up import made_up as compared
from tests.runs.workers import made_up

SILENT = {("schema",)}
"""Commands that print for programs only."""

WORLD = ("--set", "population.scale=0.005")
ENDS = "period.end=2024Q4"
VARIANT = """name: half
title: {en: "Half the grant for MADE", da: "Halv bevilling til MADE"}
question: {en: "What would half the grant do?", da: "Hvad ville en halv bevilling gøre?"}
extends: baseline
timeline:
  - {from: 2025Q1, announced: 2024Q4, set: {grant.budget_factor: 0.5, evaluation.every_years: 5, fees.level: 1.5}}
  - {from: 2025Q1, cluster: made, set: {grant.organisation_factor: 0.5}}
mechanisms: {disable: [M073]}
"""
SWEEP = """name: small
title: {en: "A small sweep", da: "Et lille parametergennemløb"}
scenario: [baseline, half.yaml]
method: grid
levels: 2
parameters: [trust.gain]
switches: [M042]
outcomes: [members, small_firm_share]
set: [population.scale=0.005, period.end=2025Q4]
"""

ENGLISH = """
the of and with from is are was were be which what how than by not no an mean average year years quarter quarters runs
seed seeds share shares difference outcome reading larger firms firm members member participants projects money number
unit source value default allowed scope assumed printed computed finished failed nothing results figure page activities
organisations institutions applications hours better worse uncertain trust ties staff posts left changes changed change
within between about only each every whole more less below above today fees grant granted spent missing damaged removed
written faster limit draws points factors switched compared means
"""
DANISH = """
og af til ikke er der det med fra eller hvor hvad som på ved år pr kørsler medlemmer virksomheder bevilling forskel
enhed kvartal klyngeorganisationer deltagere projekter antagelse antagelser færdige mappe kilde
"""
"""Words that only one of the languages has."""


def plain(said):
    """What is said without what has no language: ids, paths, quoted commands, words to be typed, names of others."""
    for one in organisations():
        said = said.replace(one.full_name, " ").replace(one.label, " ")
    typed = "|".join({word for one in registry().values() for word in one.choices})
    said = re.sub(rf"\((?:{typed})\)|(?m:^ *(?:{'|'.join(IDS)}) )", " ", said)
    said = re.sub(r"`[^`]*`|\[[^\]]*\]|\([^()]*[Ff]ile[^()]*\)", " ", said)
    return re.sub(r"\S*\w[._/]\w\S*", " ", said)


def words(said):
    return set(re.findall(r"[^\W\d_]+", plain(said).lower()))


def commands():
    """Every command with its function, subcommands as pairs of words."""
    for one in app.registered_commands:
        yield (one.name or one.callback.__name__,), one.callback
    for group in app.registered_groups:
        for one in group.typer_instance.registered_commands:
            yield (group.name, one.name or one.callback.__name__), one.callback


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a run, a comparison, a store with damage, a variant and a sweep file."""
    made = tmp_path_factory.mktemp("languages")
    (made / "half.yaml").write_text(VARIANT, encoding="utf-8")
    (made / "small.yaml").write_text(SWEEP, encoding="utf-8")
    options = ("--replicates", 2, "--attribution", 0, "--no-figures", "-q", "--out", "runs/one")
    assert klyngesim("run", "baseline", *WORLD, "--set", ENDS, *options, cwd=made).returncode == 0
    (made / "compared").mkdir()
    runs = compared({}, {"variant": {"members": [110.0 + luck for luck in FIVE]}})
    comparison_files.write(made / "compared", comparison_files.Made(runs, []), "central", 5)
    store = RunStore(made / "kept")
    keys = [f"{number:02x}" * 32 for number in (1, 2, 3)]
    for key in keys[:2]:
        store.put(key, made_up(None, 1, ()), About("baseline", 1, ("2025-2034",), model_fingerprint()))
    store.put_failure(keys[2], "ValueError: 3", About("baseline", 2, ("2025-2034",), model_fingerprint()))
    path = made / "kept" / keys[0][:2] / f"{keys[0]}.npz"
    path.write_bytes(path.read_bytes()[:100])
    (made / "kept" / "mine.txt").write_text("", encoding="utf-8")
    return made


def typed(*line, code=0):
    """What a command line prints in a language."""

    def said(folder, lang, capsys):
        done = klyngesim(*line, "--lang", lang, cwd=folder)
        assert done.returncode == code, done.stderr
        return done.stdout

    return said


def told(tell):
    """What a function of a command prints in a language, of what was made up for it."""

    def said(folder, lang, capsys):
        tell(Language(lang))
        return capsys.readouterr().out

    return said


def both(*several):
    return lambda *given: "\n".join(one(*given) for one in several)


def twin(folder, lang, capsys):
    listed = klyngesim("firms", *WORLD, "-n", 1, "--format", "json", cwd=folder)
    (firm,) = json.loads(listed.stdout)
    line = ("twin", firm["id"], "baseline", "half.yaml", *WORLD, "--end", "2026Q4")
    return typed(*line)(folder, lang, capsys)


GROUP = SimpleNamespace(
    group="size_export", elements=15, coverage=0.67, width=1.25, bare_coverage=0.6, bare_width=1.0, naive_coverage=0.93,
    naive_width=2.5, near=9, aim="coverage below 80 %, wider than naive",
)  # fmt: skip
SCORES = [
    SimpleNamespace(quantity=q, predictor=p, log_rmse=0.32, low=0.21, high=0.4, coverage=0.92, verdict="no worse")
    for q, p in (("members", MODEL), ("participants", "grant and seats"))
]
MISSED = [SimpleNamespace(target=t, counted=True, bare_inside=False, miss="") for t in ("members.sum", "export.made")]


def validated(lang):
    found = SimpleNamespace(draws=100, calibrated=True, groups=[GROUP], fits=MISSED)
    rivals = [SimpleNamespace(variant="attendance.rule=demand", verdict="worse")]
    validate._tell(found, SimpleNamespace(scores=SCORES, rivals=rivals), lang)


def calibrated(lang):
    row = {"median": 0.25, "low": 0.125, "high": 0.5, "sd_ratio": 0.85}
    found = {
        "waves": [{"share_of_prior_left": 0.034, "share_is_upper_bound": True}],
        "verdict": {"kept": 90, "draws": 100, "effective_kept": 1234.5},
        "recovery": {"coverage": 0.91, "trials": 20},
        "parameters": ["trust.gain"],
        "targets": 43,
        "posterior": {"trust.gain": row},
    }
    calibrate._tell(found, calibrate.Path("runs/x"), lang)


def measured(lang):
    names = (
        "run_seconds plain_mesa_seconds ratio_to_plain_mesa plain_mesa_fixed_order_seconds ratio_to_fixed_order "
        "floor_seconds ratio_to_floor scale_ratio peak_mb"
    )
    sizes = {name: 1234.5 for name in names.split()} | {"runs": [1, 2], "uniforms": 9_000_000, "firms": 282_487}
    about = {"cpu": "CPU", "python": "3", "mesa": "3", "numpy": "2", "quarters": 56}
    print(bench._text(SimpleNamespace(**sizes, **about), lang))


def explored(lang):
    rows = [
        SimpleNamespace(indicator="members", kind=kind, points=20, r2=0.93, coverage=0.9, followed=True)
        for kind in ("quadratic", "gaussian process")
    ]
    nothing = SimpleNamespace(failures=[])
    explore._tell(SimpleNamespace(validation=rows, pairs=nothing, held_out=nothing), lang)


SMALL = ("--pairs", 5, "--at-least", 5, "--breakeven", 0, "--attribution", 0, "--no-figures", "-q")
SAID = {
    ("run",): typed("run", "baseline", *WORLD, "--set", ENDS, "--replicates", 2, "--attribution", 0, "-q"),
    ("runs",): typed("runs"),
    ("check",): typed("check", "half.yaml"),
    ("explain",): typed("explain", "half.yaml"),
    ("compare",): typed("compare", "baseline", "half.yaml", *WORLD, "--end", "2026Q4", *SMALL),
    ("report",): typed("report", "compared"),
    ("plot",): typed("plot", "members", "runs/one"),
    ("params",): typed("params"),
    ("levers",): both(typed("levers"), typed("levers", "--report")),
    ("indicators",): typed("indicators"),
    ("organisations",): typed("organisations"),
    ("store", "ls"): typed("store", "ls", "--store", "kept"),
    ("store", "verify"): typed("store", "verify", "--store", "kept", code=1),
    ("store", "gc"): typed("store", "gc", "--store", "kept", "--dry-run"),
    ("sweep",): both(typed("sweep", "small.yaml", "--no-figures", "-q"), typed("sweep", "small.yaml", "--dry-run")),
    ("explore",): told(explored),
    ("ablate",): typed(
        "ablate", *WORLD, "--set", ENDS, "--replicates", 2, "--only", "M081", "--only", "attendance.*", "-q"
    ),
    ("firms",): typed("firms", *WORLD, "-n", 3),
    ("twin",): twin,
    ("bench",): told(measured),
    ("calibrate",): told(calibrated),
    ("validate",): told(validated),
    ("verify",): typed("verify", "runs/one", "-q"),
}
"""What every command with ``--lang`` prints on stdout."""


def test_every_command_that_prints_for_people_has_a_language():
    found = {name: "lang" in inspect.signature(run).parameters for name, run in commands()}
    assert {name for name, has in found.items() if not has} == SILENT
    assert set(SAID) == set(found) - SILENT


@pytest.mark.parametrize("command", SAID, ids=" ".join)
def test_all_that_a_command_prints_is_in_the_language_that_was_asked_for(command, folder, capsys):
    english, danish = (SAID[command](folder, lang, capsys) for lang in ("en", "da"))
    assert english and danish
    assert words(danish).isdisjoint(ENGLISH.split()), words(danish) & set(ENGLISH.split())
    english = re.sub(r"\([^()]*\)", " ", english)  # the report's own words stand in brackets behind their translation
    assert words(english).isdisjoint(DANISH.split()), words(english) & set(DANISH.split())
    point = re.search(r"(?<![\w.\-/])\d+\.\d{1,2}(?![\w.])", danish.replace("fagfælle 1.9", ""))
    assert point is None, danish[point.start() - 40 : point.end() + 10]

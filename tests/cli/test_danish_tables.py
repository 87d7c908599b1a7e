"""Danish tables say the same numbers as English ones, word by word where it matters."""

import re
from types import SimpleNamespace

import pytest

from klyngesim.calibration.leave_one_out import MODEL
from klyngesim.cli import bench, validate
from klyngesim.cli.console import Language
from klyngesim.cli.summary import word, written
from klyngesim.cli.sweep_summary import print_sweep
from klyngesim.report.labels import catalogue
from klyngesim.results.indicators import HEADLINES, indicator
from klyngesim.sweeps.methods import METHODS
from tests.cli.commands import klyngesim
from tests.report.sweep_directories import Make, build

ENGLISH = re.compile(r"\b(the|mean|of|runs|seeds|difference|outcome|reading|larger|per year)\b")


def numbers(text, lang):
    """Every number of a text, read as the language writes it."""
    point, comma = (".", ",") if lang == "en" else (",", ".")
    found = re.findall(r"-?\d[\d.,]*\d|\d", text)
    return [float(one.replace(comma, "").replace(point, ".")) for one in found]


def test_a_run_ends_in_the_same_numbers_in_both_languages(tmp_path):
    size = ("--set", "population.scale=0.005", "--set", "period.end=2024Q4", "--replicates", 2)
    said = {}
    for lang in ("en", "da"):
        out = ("--out", lang, "--lang", lang, "--no-figures", "--attribution", 0, "--quiet")
        done = klyngesim("run", "baseline", *size, *out, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        said[lang], found, place = done.stdout.partition({"en": "Results: ", "da": "Resultater: "}[lang])
        assert found and place == f"{lang}\n"
    assert numbers(said["en"], "en") == numbers(said["da"], "da")
    labels = [indicator(name).label_da for name in HEADLINES]
    assert all(label in said["da"] for label in labels)
    assert "programmet pr. år, gennemsnit af 2 kørsler" in said["da"] and "medlemmer" in said["da"]
    assert " til " in said["da"] and " to " not in said["da"]


@pytest.mark.parametrize("method", ["lhs", "oat", "morris", "sobol", "grid"])
def test_a_sweep_ends_in_danish(tmp_path, capsys, method):
    directory = build(tmp_path / "sweep", Make(method))
    print_sweep(directory, Language.da)
    told = capsys.readouterr().out
    for word_of in ("vigtigste faktor", "støjgulv", "kan være tilfældigt", "forskel fra B0: reglerne fortsat"):
        assert word_of in told
    table = told.partition("Medlemmer: Hvis")[0]
    assert not ENGLISH.search(table), ENGLISH.search(table)
    assert re.search(r" \d+,\d+ til \d+,\d+ ", table) and not re.search(r"\d\.\d{1,2}\b(?!\d)", table)


def test_every_method_says_what_its_index_means_and_every_word_has_both_languages():
    words = catalogue("summary.csv")
    assert {f"means_{method.main_index}" for method in METHODS.values()} <= set(words)
    assert all(both["en"] and both["da"] for both in words.values())
    places = re.compile(r"\{\w+\}")
    assert all(sorted(places.findall(both["en"])) == sorted(places.findall(both["da"])) for both in words.values())


def test_validation_and_benchmark_speak_danish_and_say_the_same_numbers(capsys):
    row = SimpleNamespace(
        group="size", elements=15, coverage=0.67, width=1.25, bare_coverage=0.6, bare_width=1.0, naive_coverage=0.93,
        naive_width=2.5, near=9, aim="most",
    )  # fmt: skip
    score = SimpleNamespace(
        quantity="members", predictor=MODEL, log_rmse=0.32, low=0.21, high=0.4, coverage=0.92, verdict="as good"
    )
    fit = SimpleNamespace(target="members 2022", counted=True, bare_inside=False, miss="")
    found = SimpleNamespace(draws=100, calibrated=True, groups=[row], fits=[fit])
    said = {}
    for lang in Language:
        validate._tell(found, SimpleNamespace(scores=[score], rivals=[]), lang)
        said[lang.value] = capsys.readouterr().out
    assert numbers(said["en"], "en") == numbers(said["da"], "da")
    assert "trækninger fra den medfølgende posterior" in said["da"] and not ENGLISH.search(said["da"])
    measured = {name: 1234.5 for name in BENCH} | {"runs": [1, 2], "uniforms": 9_000_000, "firms": 282_487}
    words = {"cpu": "CPU", "python": "3", "mesa": "3", "numpy": "2", "quarters": 56}
    said = {lang.value: bench._text(SimpleNamespace(**measured, **words), lang) for lang in Language}
    assert numbers(said["en"], "en") == numbers(said["da"], "da") and not ENGLISH.search(said["da"])
    assert "282.487 virksomheder, 56 kvartaler" in said["da"] and "282,487 firms, 56 quarters" in said["en"]


BENCH = [
    "run_seconds",
    "plain_mesa_seconds",
    "ratio_to_plain_mesa",
    "plain_mesa_fixed_order_seconds",
    "ratio_to_fixed_order",
    "floor_seconds",
    "ratio_to_floor",
    "scale_ratio",
    "peak_mb",
]


def test_a_number_is_written_as_the_language_does():
    assert [written("1,234.5", lang) for lang in Language] == ["1,234.5", "1.234,5"]
    assert word("a_year", Language.da, unit="mio. kr.") == "mio. kr. om året"

"""Every miss has a sentence on why, and every sentence is about a miss: the list cannot outlive the fit."""

import os

import numpy as np
import pytest

from klyngesim.calibration.simulate import draws_of, simulate_all
from klyngesim.calibration.targets import read_targets
from klyngesim.calibration.validation import read_basis
from klyngesim.calibration.verdicts import fit_table, read_misses

DRAWS = 100  # as `klyngesim validate` takes without being told
BORDER = 0.15
"""Elements nearer to the border than this may change sides with the luck of the seeds; in half widths of interval."""


def test_sentences_are_about_elements_that_count():
    counted = {target.id for target in read_targets() if target.counts}
    misses = read_misses()
    assert set(misses) <= counted
    assert all(sentence.endswith(".") for sentence in misses.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("target;why\n", "columns"),
        ("target,why\nlarge.made,\n", ":2"),
        ("target,why\nlarge.made,A.\nlarge.made,B.\n", ":3"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path, text, words):
    path = tmp_path / "misses.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        read_misses(path)


def near(fit):
    """Distance between a printed figure and the end of the interval (of a range and the median), in half widths."""
    if fit.observed is None:
        low, high = fit.observed_low, fit.observed_high
        ends = [end for end in (low, high) if end is not None]
        return min(abs(fit.median - end) for end in ends) / max(1e-12, (fit.high - fit.low) / 2.0)
    return min(abs(fit.observed - end) for end in (fit.low, fit.high)) / max(1e-12, (fit.high - fit.low) / 2.0)


@pytest.mark.slow
def test_every_miss_is_explained_and_every_explanation_is_of_a_miss():
    targets = read_targets()
    basis = read_basis()
    if basis.discrepancy is None:
        pytest.skip("no posterior is shipped, so there is no fit to explain")
    jobs = draws_of(basis.draws(DRAWS), [target.key for target in targets], basis.template)
    runs = simulate_all(jobs, os.cpu_count() or 1)
    fits = fit_table(targets, np.stack([run.observed for run in runs]), {}, read_misses())
    explained = set(read_misses())
    for target, fit in zip(targets, fits, strict=True):
        if not target.counts or near(fit) < BORDER:
            continue
        assert fit.inside != (target.id in explained), (
            f"{target.id}: inside {fit.inside}, listed {target.id in explained}"
        )

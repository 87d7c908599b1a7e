"""The comparison finds a rule that one of the engines follows a little differently, and says where it shows."""

import os
import re
import subprocess
import sys
from multiprocessing import get_context
from unittest.mock import patch

import pytest

from klyngesim import streams
from klyngesim.ecosystem import processes
from klyngesim.results.indicators import IDS
from tests.bookkeeping.watched import ORGANISATIONS, scenario
from tests.reference import activities, applications, authority, decay, firms, organisation, private, staff
from tests.reference.compare import Twins
from tests.reference.world import PlainEcosystem
from tests.streams import whole

RULES = (
    (authority, "price_level"),
    (authority, "attention_rule"),
    (staff, "exit_rule"),
    (firms, "answer_rule"),
    (firms, "return_rule"),
    (firms, "join_rule"),
    (firms, "renew_rule"),
    (activities, "gain_rule"),
    (applications, "success_rule"),
    (applications, "quality_rule"),
    (private, "shock_rule"),
)
"""Rules that the plain engine follows differently."""
COMPILED = (
    (processes.dissemination, "return_rule"),
    (processes.dissemination, "quota_rule"),
    (processes.participation, "idea_rule"),
    (processes.membership, "join_rule"),
    (processes.calls, "quality_rule"),
    (processes.matchmaking, "firm_rule"),
)
"""Rules that the fast engine follows differently."""
TOGETHER, APART = 40, 41
"""Exit codes of a process in which both engines agree, or do not; an error ends it with another one."""


def twins(end="2021Q4", **settings):
    return Twins(scenario(end=end, **settings))


def lowered():
    """Two quarters with each rule of the fast engine a tenth lower, in a process whose loops are not compiled.

    Numbers are drawn as whole arrays there.
    """
    streams._fill = whole.fill
    # Firms come back as often as they may, so that rooms are full: otherwise it does not matter for how many firms they
    # are. Hardly any stranger is asked: to look for them takes plain Python most of the time.
    full = {"attendance.return_base": 0.2, "attendance.return_trust": 0.8, "effort.recruit": 0.01}
    start = twins("2021Q2", parameters=full)
    assert _end(start) == TOGETHER
    for module, rule in COMPILED:
        with patch.object(module, rule, _tenth_lower(getattr(module, rule))):
            assert _end(start) == APART, rule


def _end(start):
    """How a process ends that goes on from the ``start``, which is built once and stays as it is here."""
    process = get_context("fork").Process(target=lambda: sys.exit(APART if start.run() else TOGETHER))
    process.start()
    process.join()
    return process.exitcode


def _tenth_lower(right):
    return lambda *values: type(right(*values))(right(*values) * 0.9)


@pytest.mark.parametrize(("module", "rule"), RULES, ids=[f"{module.__name__}-{rule}" for module, rule in RULES])
def test_a_rule_that_is_a_tenth_lower_is_found(module, rule, monkeypatch):
    right = getattr(module, rule)
    monkeypatch.setattr(module, rule, lambda *values: right(*values) * 0.9)
    assert twins().run()


def test_rules_that_are_a_tenth_lower_in_compiled_loops_are_found():
    """A compiled loop has its rules inside, so they are lowered where it is plain Python: all in one such process."""
    run = "from tests.reference.test_mutations import lowered; lowered()"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", run], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_lower_score_is_found_when_it_costs_the_grant(monkeypatch):
    years = {"evaluation.start_years": 1, "evaluation.score_years": 1}
    strict = {"parameters": {"evaluation.every_years": 1, "evaluation.threshold": 0.95, **years}, "end": "2024Q1"}
    assert twins(**strict).run() == []
    right = organisation.score_rule
    monkeypatch.setattr(organisation, "score_rule", lambda *values: right(*values) * 0.9)
    assert twins(**strict).run()


def test_other_background_ties_are_found_where_there_are_many(monkeypatch):
    many = {"parameters": {"tie.background_stock": 20000}}
    assert twins(**many).run() == []
    right = decay.turnover
    monkeypatch.setattr(decay, "turnover", lambda *values: right(*values) * 0.9)
    assert twins(**many).run()


def test_a_step_out_of_order_is_found(monkeypatch):
    monkeypatch.setattr(PlainEcosystem, "evaluate", lambda self: None)
    assert twins("2022Q1", parameters={"grant.horizon_years": 1}).run()


def test_a_difference_is_told_with_quarter_organisation_indicator_and_both_values(monkeypatch):
    right = firms.return_rule
    monkeypatch.setattr(firms, "return_rule", lambda *values: right(*values) * 0.9)
    first = twins().run()[0]
    who, what = "|".join((*ORGANISATIONS, "programme")), "|".join(IDS)
    told = re.fullmatch(rf"2021Q1, ({who}), ({what}): (\S+) and (\S+)", first)
    assert told and told[3] != told[4]

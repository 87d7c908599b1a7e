"""The command line with a made-up model behind it: ``python -m tests.cli.driver FUNCTION run SCENARIO ...``.

FUNCTION is the function of ``tests.results.fakes`` that stands for a run of the model.
"""

import sys
from types import SimpleNamespace

from klyngesim.cli.main import app
from klyngesim.experiments import runner
from klyngesim.scenario import loading
from tests.results import fakes


def read_template(name, settings=()):
    """A template of a made-up scenario; ``replicates`` and ``seed`` may be set."""
    values = {key.lstrip("-"): int(value) for key, value in (setting.split("=") for setting in settings)}
    return SimpleNamespace(scenario=fakes.FakeScenario(name=name, **values))


if __name__ == "__main__":
    runner.run_once = getattr(fakes, sys.argv.pop(1))
    loading.read_template = read_template
    app(prog_name="klyngesim")

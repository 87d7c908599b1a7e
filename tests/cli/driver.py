"""The command line with a made-up model behind it: ``python -m tests.cli.driver FUNCTION run SCENARIO ...``.

FUNCTION is the function of ``tests.results.fakes`` that stands for a run of the model.
"""

import sys

from klyngesim.cli.main import app
from klyngesim.experiments import runner
from klyngesim.scenario import loading
from tests.results import fakes


def load(name, overrides=()):
    """A made-up scenario; ``replicates`` and ``seed`` may be set."""
    settings = dict(override.split("=") for override in overrides)
    return fakes.FakeScenario(name=name, **{key: int(value) for key, value in settings.items()})


if __name__ == "__main__":
    runner.run_once = getattr(fakes, sys.argv.pop(1))
    loading.load = load
    app(prog_name="klyngesim")

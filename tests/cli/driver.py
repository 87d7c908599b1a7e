"""The command line with a made-up model behind it: ``python -m tests.cli.driver FUNCTION run SCENARIO ...``.

FUNCTION is the function of ``tests.results.fakes`` that stands for a run of the model.
"""

import sys

from klyngesim.cli.main import app
from tests.cli.commands import made_up

if __name__ == "__main__":
    with made_up(sys.argv.pop(1)):
        app(prog_name="klyngesim")

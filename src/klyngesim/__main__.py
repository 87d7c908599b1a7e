"""``python -m klyngesim`` is the command ``klyngesim``."""

from klyngesim.cli.main import app

if __name__ == "__main__":  # worker processes import this file too
    app(prog_name="klyngesim")

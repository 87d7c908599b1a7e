"""Name of `klyngesim.runs.store_files` until 2026; programs that read a store still import it from here."""

from klyngesim.runs.store_files import About as About

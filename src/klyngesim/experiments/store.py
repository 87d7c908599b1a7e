"""Name of `klyngesim.runs.store` until 2026; programs that read a store still import it from here."""

from klyngesim.runs.store import RunStore as RunStore

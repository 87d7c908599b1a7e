"""klyngesim: an agent-based simulation of the Danish cluster programme (klyngeprogrammet).

>>> import klyngesim as ks
>>> ks.run("baseline", seed=1).headline()  # doctest: +SKIP
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from klyngesim.api import (
        Ecosystem,
        Results,
        Scenario,
        __version__,
        compare,
        explore,
        load,
        open_results,
        run,
        sweep,
    )

__all__ = [
    "Ecosystem",
    "Results",
    "Scenario",
    "__version__",
    "compare",
    "explore",
    "load",
    "open_results",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """What `klyngesim.api` has, imported when it is first asked for: `import klyngesim` itself takes no time."""
    if name in __all__:
        return getattr(import_module("klyngesim.api"), name)
    raise AttributeError(f"module 'klyngesim' has no attribute {name!r}; there are {', '.join(__all__)}")


def __dir__() -> list[str]:
    """What can be asked for."""
    return [*globals(), *__all__]

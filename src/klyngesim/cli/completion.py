"""What a shell offers behind a Tab: scenarios, parameters, indicators and organisations; files where these may stand.

`klyngesim --install-completion` sets it up. Every function is given what has been typed of a word.
"""

from collections.abc import Iterable
from pathlib import Path


def scenarios(incomplete: str) -> list[str]:
    """Shipped scenarios, scenario files, and directories on the way to some."""
    from klyngesim.scenario.loading import SUFFIXES, shipped

    begun = Path(incomplete)
    folder = begun if incomplete.endswith("/") else begun.parent
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [f"{path}/" if path.is_dir() else str(path) for path in there if path.is_dir() or path.suffix in SUFFIXES]
    return _those([*shipped(), *files], incomplete)


def settings(incomplete: str) -> list[str]:
    """Parameters, up to the equals sign."""
    from klyngesim.scenario.parameters import registry

    return [] if "=" in incomplete else _those((f"{name}=" for name in registry()), incomplete)


def indicators(incomplete: str) -> list[str]:
    """Indicators."""
    from klyngesim.results.indicators import IDS

    return _those(IDS, incomplete)


def organisations(incomplete: str) -> list[str]:
    """Cluster organisations."""
    from klyngesim.evidence.organisations import organisation_ids

    return _those(organisation_ids(), incomplete)


def _those(names: Iterable[str], begun: str) -> list[str]:
    return [name for name in names if name.startswith(begun)]

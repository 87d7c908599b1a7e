"""What a shell offers behind a Tab: scenarios, parameters, indicators and organisations; files where these may stand.

`klyngesim --install-completion` sets it up.
"""

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem


def scenarios(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Shipped scenarios, and files."""
    from klyngesim.scenario.loading import shipped

    return [*_those(shipped(), begun), CompletionItem(begun, type="file")]


def settings(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Parameters, up to the equals sign."""
    from klyngesim.scenario.parameters import registry

    return [] if "=" in begun else _those((f"{name}=" for name in registry()), begun)


def indicators(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Indicators."""
    from klyngesim.results.indicators import IDS

    return _those(IDS, begun)


def organisations(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Cluster organisations."""
    from klyngesim.evidence.organisations import organisation_ids

    return _those(organisation_ids(), begun)


def _those(names: Iterable[str], begun: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(begun)]

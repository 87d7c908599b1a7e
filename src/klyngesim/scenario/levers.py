"""What policy can change over time: the dated parameters, with the levers (L) and mechanisms (M) of the report."""

from dataclasses import dataclass

from klyngesim.scenario.parameters import Registry, registry
from klyngesim.scenario.scalars import tidy


@dataclass(frozen=True)
class DatedParameter:
    """A parameter that the timeline may set (Danish: *virkemiddel*).

    id, unit: as registered; default: the value in the baseline, "by organisation" for a table; allowed: what may be
    set, in words; scope: programme or organisation; levers, mechanisms: report ids; note: one line.
    """

    id: str
    unit: str
    default: str
    allowed: str
    scope: str
    levers: tuple[str, ...]
    mechanisms: tuple[str, ...]
    note: str


def levers(parameters: Registry | None = None) -> tuple[DatedParameter, ...]:
    """Every dated parameter of a registry (default: the packaged one), in its order."""
    known = registry() if parameters is None else parameters
    found = []
    for parameter in known.values():
        if not parameter.dated:
            continue
        default = known.default(parameter.id)
        if isinstance(default, dict):
            shown = "by organisation"
        else:
            shown = default if isinstance(default, str) else tidy(default)
        found.append(
            DatedParameter(
                parameter.id,
                parameter.unit,
                shown,
                parameter.allowed,
                parameter.scope,
                parameter.levers,
                parameter.mechanisms,
                parameter.note,
            )
        )
    return tuple(found)


def by_policy_lever(parameters: Registry | None = None) -> dict[str, tuple[str, ...]]:
    """The parameters (dated or not) through which each lever of the report can be set, by L id, sorted."""
    known = registry() if parameters is None else parameters
    found: dict[str, list[str]] = {}
    for parameter in known.values():
        for lever in parameter.levers:
            found.setdefault(lever, []).append(parameter.id)
    return {lever: tuple(found[lever]) for lever in sorted(found)}

"""What agents show: attributes that read the state of the world at the moment of asking, and never write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from klyngesim.ecosystem.compat import Actor
from klyngesim.ecosystem.state import World

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated

T = TypeVar("T")


class Registered(Actor):
    """A registered Mesa agent, which is everybody but the firms.

    Attributes:
        index: place among the agents of its kind, and in the arrays about them.
        id: short name, by which `Populated` finds it.
        name: full name.
    """

    model: Populated

    def __init__(self, model: Populated, index: int, id: str, name: str) -> None:
        super().__init__(model)
        self.index, self.id, self.name = index, id, name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id})"


class Shown(Generic[T]):
    """An attribute of registered agents.

    Args:
        read: its value for the agent with an index.
    """

    def __init__(self, read: Callable[[World, int], T]) -> None:
        self._read = read

    @overload
    def __get__(self, agent: None, kind: type) -> Self: ...
    @overload
    def __get__(self, agent: Registered, kind: type) -> T: ...
    def __get__(self, agent: Registered | None, kind: type) -> Any:
        """The value now."""
        return self if agent is None else self._read(agent.model.world, agent.index)


def parameter(key: str) -> Shown[float]:
    """Shows a parameter in force."""
    return Shown(lambda world, _: world.policy.num(key))

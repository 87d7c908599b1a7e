"""All that knows Mesa versions: 3.3 (Python 3.11) and 3.5 (from 3.12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import mesa
from mesa.agent import AgentSet

try:
    from mesa.agentset import GroupBy
except ModuleNotFoundError:  # Mesa 3.3
    from mesa.agent import GroupBy

__all__ = ["Actor", "AgentSet", "GroupBy", "Shell", "WeakIds"]


class WeakIds:
    """Counters of agent ids by model that do not keep the model alive.

    Mesa 3.3 keeps every model that ever had an agent in a dictionary on the `Agent` class, so that a sweep fills
    the memory (fixed in Mesa 3.4). Our own base class shadows that dictionary with this one.
    """

    def __init__(self) -> None:
        self._counters: WeakKeyDictionary[Any, Iterator[int]] = WeakKeyDictionary()

    def __getitem__(self, model: Any) -> Iterator[int]:
        """The id counter of a model, from 1."""
        return self._counters.setdefault(model, count(1))


class Actor(mesa.Agent):
    """Base of every agent of the model."""

    if isinstance(getattr(mesa.Agent, "_ids", None), defaultdict):
        _ids = WeakIds()


class Shell(mesa.Model):
    """Base of the model.

    Mesa 3.5 has a property `scenario` that writes the model into whatever it is given; ours is immutable and knows
    no model, so a plain attribute shadows the property (Mesa 3.3 has none).
    """

    scenario: Any = None

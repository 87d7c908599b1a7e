"""Sets of firms, which hold rows instead of objects and answer like Mesa's `AgentSet`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.compat import GroupBy
from klyngesim.ecosystem.firm_agents import COLUMNS, FIRM_TYPES, Firm
from klyngesim.streams import Ints

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated


class FirmGroups(GroupBy):
    """Firms grouped by an attribute; as Mesa's `GroupBy`, with whole columns behind `agg`."""

    def agg(self, attr_name: str, func: Callable[[list[Any]], Any]) -> dict[Any, Any]:
        """A function of one attribute's values, by group."""
        return {name: group.agg(attr_name, func) for name, group in self.groups.items()}


class FirmSet(Sequence[Firm]):
    """An ordered set of firms.

    Args:
        model: the model of the firms.
        rows: their rows in the register, int64, each once.
    """

    def __init__(self, model: Populated, rows: Ints) -> None:
        self.model, self.rows = model, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Firm]:
        sizes = self.model.world.register.size_class(self.rows)
        for row, size in zip(self.rows.tolist(), sizes.tolist(), strict=True):
            yield FIRM_TYPES[size](self.model, row)

    def __contains__(self, firm: object) -> bool:
        return isinstance(firm, Firm) and firm.model is self.model and bool((self.rows == firm.row).any())

    @overload
    def __getitem__(self, item: int) -> Firm: ...
    @overload
    def __getitem__(self, item: slice) -> FirmSet: ...
    def __getitem__(self, item: int | slice) -> Firm | FirmSet:
        if isinstance(item, slice):
            return FirmSet(self.model, self.rows[item])
        return next(iter(FirmSet(self.model, self.rows[[item]])))

    def __repr__(self) -> str:
        return f"FirmSet of {len(self)} firms"

    def column(self, name: str) -> NDArray[Any]:
        """An attribute of all firms as an array, shape (len(self),); KeyError says which there are."""
        if name not in COLUMNS:
            raise KeyError(f"no column {name!r}; there are {', '.join(sorted(COLUMNS))}")
        return COLUMNS[name].of(self.model, self.rows)

    def get(self, attr_names: str | list[str]) -> list[Any]:
        """One attribute, or a list of several, of every firm."""
        if not isinstance(attr_names, str):
            return [list(values) for values in zip(*map(self.get, attr_names), strict=True)]
        if attr_names in COLUMNS:
            return list(self.column(attr_names).tolist())
        return [getattr(firm, attr_names) for firm in self]

    def agg(self, attr_name: str, func: Callable[[list[Any]], Any]) -> Any:
        """A function of one attribute's values."""
        return func(self.get(attr_name))

    def select(
        self,
        filter_func: Callable[[Firm], bool] | NDArray[np.bool_] | None = None,
        at_most: int | None = None,
        agent_type: type = Firm,
    ) -> FirmSet:
        """The firms that meet conditions, in the order of the set.

        Args:
            filter_func: function of a firm, or (faster) one bool per firm such as ``firms.column("employees") > 99``.
            at_most: largest number of firms that are taken.
            agent_type: class that the firms must be of.
        """
        fits = np.array([issubclass(kind, agent_type) for kind in FIRM_TYPES])
        keep = fits[self.model.world.register.size_class(self.rows)]
        if isinstance(filter_func, np.ndarray):
            if filter_func.shape != keep.shape or filter_func.dtype != np.bool_:
                raise ValueError(f"a mask must hold one bool for each of the {len(self)} firms")
            keep &= filter_func
        found = FirmSet(self.model, self.rows[keep])
        if not callable(filter_func):
            return found[:at_most]
        chosen = (firm.row for firm in found if filter_func(firm))
        return FirmSet(self.model, np.fromiter(islice(chosen, at_most), dtype=np.int64))

    def sort(self, key: Callable[[Firm], Any] | str, ascending: bool = False) -> FirmSet:
        """The firms ordered by an attribute or a function of a firm; descending unless said, as in Mesa."""
        values = self._values(key)
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return FirmSet(self.model, self.rows[np.array(order, dtype=np.int64)])

    def groupby(self, by: Callable[[Firm], Any] | str) -> FirmGroups:
        """The firms grouped by an attribute or a function of a firm."""
        places: dict[Any, list[int]] = {}
        for place, value in enumerate(self._values(by)):
            places.setdefault(value, []).append(place)
        return FirmGroups({value: FirmSet(self.model, self.rows[found]) for value, found in places.items()})

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Calls a method, or a function with the firm as first argument, for every firm; returns the results."""
        if isinstance(method, str):
            return [getattr(firm, method)(*args, **kwargs) for firm in self]
        return [method(firm, *args, **kwargs) for firm in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> FirmSet:
        """Calls a method, or a function, as `map` does; returns the set."""
        self.map(method, *args, **kwargs)
        return self

    def _values(self, key: Callable[[Firm], Any] | str) -> list[Any]:
        return self.get(key) if isinstance(key, str) else self.map(key)

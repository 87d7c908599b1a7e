"""Sets of firms that answer like Mesa's `AgentSet` and hold rows instead of objects.

A plain `AgentSet` keeps weak references and would lose views at once. Every set derived from a `FirmSet` is
therefore one again, and whatever would change who exists, or draw by chance, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from math import ceil, inf
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from klyngesim.ecosystem.compat import AgentSet, GroupBy
from klyngesim.ecosystem.firm_agents import FIRM_TYPES, Firm, view
from klyngesim.streams import Ints

if TYPE_CHECKING:
    from klyngesim.ecosystem.agents import Populated

_NO_SHUFFLE = "firms are not shuffled: the model's random numbers have addresses, and order decides nothing"


class FirmGroups(GroupBy):
    """Firms grouped by an attribute; as Mesa's `GroupBy`, with whole columns behind `agg`."""

    def agg(self, attr_name: str, func: Callable[[list[Any]], Any]) -> dict[Any, Any]:
        """A function of one attribute's values, by group."""
        return {name: func(group.get(attr_name)) for name, group in self.groups.items()}


class FirmSet(AgentSet):
    """An ordered set of firms.

    Args:
        model: the model of the firms.
        rows: their rows in the register, int64, each once.
    """

    def __init__(self, model: Populated, rows: Ints) -> None:
        # AgentSet's own initialiser would keep weak references to the views.
        self.model = model
        self._rows = rows
        self._mask: NDArray[np.bool_] | None = None

    @property
    def rows(self) -> Ints:
        """Rows in the register, in the order of the set; a copy."""
        return self._rows.copy()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Firm]:
        model, codes = self.model, self.model.traits.sizes[self._rows]
        for row, code in zip(self._rows.tolist(), codes.tolist(), strict=True):
            yield FIRM_TYPES[code](model, row)

    def __contains__(self, firm: object) -> bool:
        if not isinstance(firm, Firm) or firm.model is not self.model:
            return False
        if self._mask is None:
            self._mask = np.zeros(self.model.world.register.rows, dtype=np.bool_)
            self._mask[self._rows] = True
        return bool(self._mask[firm.row])

    def __getitem__(self, item: int | slice) -> Firm | list[Firm]:
        if isinstance(item, slice):
            return list(FirmSet(self.model, self._rows[item]))
        return view(self.model, int(self._rows[item]))

    def __repr__(self) -> str:
        return f"FirmSet of {len(self)} firms"

    def column(self, name: str) -> NDArray[Any]:
        """An attribute of all firms as an array, shape (len(self),).

        Args:
            name: one of `TraitColumns.names`; KeyError says which there are.
        """
        traits = self.model.traits
        if name not in traits.names:
            raise KeyError(f"no column {name!r}; there are {', '.join(sorted(traits.names))}")
        return traits.of(name, self._rows)

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> list[Any]:
        """One attribute, or several, of every firm; see `mesa.AgentSet.get`."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing must be 'error' or 'default', not {handle_missing!r}")
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*columns, strict=True)] if columns else [[] for _ in self._rows]
        if attr_names in self.model.traits.names:
            values: list[Any] = self.column(attr_names).tolist()
            return values
        if handle_missing == "error":
            return [getattr(firm, attr_names) for firm in self]
        return [getattr(firm, attr_names, default_value) for firm in self]

    def select(
        self,
        filter_func: Callable[[Firm], bool] | NDArray[np.bool_] | None = None,
        at_most: int | float = inf,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> FirmSet:
        """The firms that meet conditions, in the order of the set.

        Args:
            filter_func: function of a firm, or (faster) one bool per firm such as ``firms.column("employees") > 99``.
            at_most: largest number, or as a float up to 1.0 the largest share, of firms that are taken.
            inplace: change this set instead of making one.
            agent_type: class that the firms must be of.
        """
        if at_most == inf:
            limit = len(self)
        elif isinstance(at_most, float) and at_most <= 1.0:
            limit = max(0, int(len(self) * at_most))
        else:
            limit = max(0, ceil(at_most))
        keep = np.ones(len(self), dtype=np.bool_)
        if isinstance(filter_func, np.ndarray):
            if filter_func.shape != keep.shape or filter_func.dtype != np.bool_:
                raise ValueError(f"a mask must hold one bool for each of the {len(self)} firms")
            keep &= filter_func
        if agent_type is not None:
            fits = np.array([issubclass(kind, agent_type) for kind in FIRM_TYPES])
            keep &= fits[self.model.traits.sizes[self._rows]]
        found = FirmSet(self.model, self._rows[keep])
        rows = found._rows[:limit]
        if callable(filter_func):
            chosen = (firm.row for firm in found if filter_func(firm))
            rows = np.fromiter(islice(chosen, limit), dtype=np.int64)
        return self._now(rows, inplace)

    def sort(self, key: Callable[[Firm], Any] | str, ascending: bool = False, inplace: bool = False) -> FirmSet:
        """The firms ordered by an attribute or a function of a firm; descending unless said, as in Mesa."""
        values = self.get(key) if isinstance(key, str) else [key(firm) for firm in self]
        order = sorted(range(len(values)), key=values.__getitem__, reverse=not ascending)
        return self._now(self._rows[np.array(order, dtype=np.int64)], inplace)

    def groupby(self, by: Callable[[Firm], Any] | str, result_type: str = "agentset") -> GroupBy:
        """The firms grouped by an attribute or a function of a firm, into sets or (``list``) lists of firms."""
        values = self.get(by) if isinstance(by, str) else [by(firm) for firm in self]
        places: dict[Any, list[int]] = {}
        for place, value in enumerate(values):
            places.setdefault(value, []).append(place)
        groups = {name: FirmSet(self.model, self._rows[np.array(found)]) for name, found in places.items()}
        if result_type == "agentset":
            return FirmGroups(groups)
        return GroupBy({name: list(group) for name, group in groups.items()})

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> FirmSet:
        """Calls a method, or a function with the firm as first argument, for every firm; returns the set."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Calls a method, or a function with the firm as first argument, for every firm; returns the results."""
        if isinstance(method, str):
            return [getattr(firm, method)(*args, **kwargs) for firm in self]
        return [method(firm, *args, **kwargs) for firm in self]

    def to_list(self) -> list[Firm]:
        """All firms as a list."""
        return list(self)

    def copy(self) -> FirmSet:
        """A set of the same firms in the same order."""
        return FirmSet(self.model, self._rows)

    __copy__ = copy

    def __and__(self, other: Iterable[object]) -> FirmSet:
        return FirmSet(self.model, self._rows[np.isin(self._rows, self._rows_of(other))])

    def __sub__(self, other: Iterable[object]) -> FirmSet:
        return FirmSet(self.model, self._rows[~np.isin(self._rows, self._rows_of(other))])

    def __or__(self, other: Iterable[object]) -> FirmSet:
        more = self._rows_of(other)
        return FirmSet(self.model, np.concatenate((self._rows, more[~np.isin(more, self._rows)])))

    def __xor__(self, other: Iterable[object]) -> FirmSet:
        return (self | other) - (self & other)

    def _rows_of(self, others: Iterable[object]) -> Ints:
        if isinstance(others, FirmSet) and others.model is self.model:
            return others._rows
        firms = list(others)
        if not all(isinstance(firm, Firm) and firm.model is self.model for firm in firms):
            raise TypeError("a set of firms combines with firms of the same model only")
        return np.array([firm.row for firm in firms if isinstance(firm, Firm)], dtype=np.int64)

    def _now(self, rows: Ints, inplace: bool) -> FirmSet:
        if not inplace:
            return FirmSet(self.model, rows)
        self._rows, self._mask = rows, None
        return self

    def set(self, attr_name: str, value: object) -> NoReturn:
        """Raises AttributeError: firms are views."""
        raise AttributeError(f"{attr_name!r} cannot be set: firms are views of the model's state")

    def shuffle(self, inplace: bool = False) -> NoReturn:
        """Raises TypeError: the model draws at addresses, so that runs stay comparable; use `select` or `sort`."""
        raise TypeError(_NO_SHUFFLE)

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> NoReturn:
        """Raises TypeError, see `shuffle`; `do` goes through the firms in order."""
        raise TypeError(_NO_SHUFFLE)

    def add(self, agent: object) -> NoReturn:
        """Raises TypeError: the register decides who exists; sets combine with ``|``, ``&`` and ``-``."""
        raise TypeError("firms enter and leave by the register; combine sets with |, & and - or use select")

    discard = remove = add

    def pop(self) -> NoReturn:
        """Raises TypeError, see `add`."""
        self.add(None)

    def clear(self) -> NoReturn:
        """Raises TypeError, see `add`."""
        self.add(None)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a set of firms cannot be stored; store the attributes of its firms (get)")

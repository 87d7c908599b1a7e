"""A state of the world for tests of loops: every table is there, and those that a test does not name are empty."""

import numpy as np

from klyngesim.ecosystem.by_organisation import Flows, Organisations, Plans, References
from klyngesim.ecosystem.ledger import Ledger
from klyngesim.ecosystem.rows import Acquaintances, Contacts, Episodes, Projects, Relations
from klyngesim.ecosystem.state import State
from klyngesim.ecosystem.tally import Tally
from klyngesim.packed import pack
from klyngesim.streams import Streams

ORGANISATIONS = 2
TABLES = {
    "acquaintances": Acquaintances,
    "contacts": Contacts,
    "relations": Relations,
    "episodes": Episodes,
    "projects": Projects,
}
OF_ORGANISATIONS = {"organisations": Organisations, "reference": References, "plans": Plans, "flows": Flows}


def state(period=0, streams=None, attention=1.0, price=1.0, ledger=None, tally=None, **tables):
    """The state of a quarter with some tables in it, of two organisations where none are given."""
    empty = {name: kind(1) for name, kind in TABLES.items()}
    empty |= {name: kind(ORGANISATIONS, ORGANISATIONS) for name, kind in OF_ORGANISATIONS.items()}
    accounts = (ledger or Ledger(ORGANISATIONS, 1, np.zeros((ORGANISATIONS, 2, 3)))).now
    draws = (streams or Streams(1)).draws
    moves = (tally or Tally(ORGANISATIONS, period + 1)).moves
    now = {"period": period, "price": price, "attention": attention}
    return pack(State(**(empty | tables), draws=draws, moves=moves, accounts=accounts, **now))

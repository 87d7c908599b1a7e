"""Who there is, and how organisations come across firms that they do not know."""

from bisect import bisect_right

MANY = 100  # firms from which a cell's share of living firms is more than luck


class People:
    """Firms by cell, and the frozen tables from which they are proposed.

    Args:
        cells: firms of each cell, in the order of their index.
        at_start: number of firms of each cell in the plan of the register.
        proposals: running sums of the weights of cells for every role of every organisation, one unit of length each.
        background: the same for ties in the background.
    """

    def __init__(self, cells, at_start, proposals, background):
        self.cells, self.at_start = cells, at_start
        self.proposals, self.background = proposals, background
        self.entered, self.thinning, self.valid_share = [], [], 1.0

    def count(self, period):
        """Counts who has come and who is left in a quarter."""
        self.entered = [sum(firm.birth <= period for firm in cell) for cell in self.cells]
        alive = [sum(firm.alive(period) for firm in cell) for cell in self.cells]
        share = [there / max(1, came) for there, came in zip(alive, self.entered, strict=True)]
        large = [each for each, number in zip(share, self.at_start, strict=True) if number >= MANY]
        self.valid_share = max(0.01, min(large or share))
        self.thinning = [min(1.0, self.valid_share / each) if each > 0.0 else self.valid_share for each in share]

    def propose(self, table, which, cell_luck, firm_luck):
        """The firm that two uniforms point at, or nobody."""
        width = len(self.cells)
        cell = min(bisect_right(table, which + cell_luck) - which * width, width - 1)
        place = firm_luck * self.entered[cell]
        index = int(place)
        if not self.entered[cell] or place - index >= self.thinning[cell]:
            return None
        firm = self.cells[cell][index]
        return firm if firm.death > firm.model.period else None

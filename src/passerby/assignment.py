"""Which rows go with which columns, one with one, so that they are worth most together.

Shortest augmenting paths (Crouse, "On Implementing 2D Rectangular Assignment Algorithms", IEEE
Transactions on Aerospace and Electronic Systems 52, 2016). Where several choices are worth the
same, it is the one that SciPy makes: programs that measure trackers are built on that.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["best_pairs"]

_Numbers = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

_NONE = -1


def best_pairs(worth: npt.ArrayLike) -> tuple[_Numbers, _Numbers]:
    """Choose the pairs of a row and a column that are worth most together.

    Args:
        worth: Shape (n, m), finite, 0 or more; a pair that is worth nothing is never chosen.

    Returns:
        The rows, in ascending order, and the column of each.

    Example:
        >>> rows, columns = best_pairs([[5, 4], [4, 0], [0, 0]])
        >>> rows.tolist(), columns.tolist()
        ([0, 1], [1, 0])
    """
    table = np.asarray(worth, np.float64)
    best = table.max(axis=1, initial=0)
    rows, columns = np.nonzero((table == best[:, None]) & (table > 0))
    if len(set(rows)) == len(set(columns)) == len(rows):
        return rows, columns  # everybody has the best there is, and only one: most often so
    if len(table) > table.shape[1]:
        columns, rows = _solve(-table.T)
        order = np.argsort(rows)
        rows, columns = rows[order], columns[order]
    else:
        rows, columns = _solve(-table)
    worthy = table[rows, columns] > 0
    return rows[worthy], columns[worthy]


def _solve(costs: Floats) -> tuple[_Numbers, _Numbers]:
    """Give each row a column of its own; there must be as many columns as rows, or more."""
    solution = _Solution(*costs.shape)
    table = [
        list(map(float, row)) for row in costs
    ]  # tables are small: plain lists are quicker than arrays
    for row in range(len(table)):
        solution.place(table, row)
    return np.arange(len(table)), np.array(solution.column_of, np.intp)


class _Solution:
    """Pairs of the rows so far.

    Rows and columns have prices. No pair costs less than its two prices, and chosen ones cost just
    that: no other choice costs less in all.
    """

    def __init__(self, count: int, width: int) -> None:
        self.column_of, self.row_of = [_NONE] * count, [_NONE] * width
        self.row_prices, self.column_prices = [0.0] * count, [0.0] * width

    def place(self, costs: Sequence[Sequence[float]], start: int) -> None:
        """Give one more row a column, and others another one where that is cheapest (Dijkstra)."""
        width = len(self.row_of)
        distances, origin = [math.inf] * width, [_NONE] * width
        ahead = list(range(width - 1, -1, -1))
        passed: list[int] = []
        row, so_far = start, 0.0
        while True:
            nearest, place = math.inf, _NONE
            for number, column in enumerate(ahead):
                length = so_far + costs[row][column] - self.row_prices[row]
                length -= self.column_prices[column]
                if length < distances[column]:
                    distances[column], origin[column] = length, row
                length = distances[column]
                if length < nearest or (length == nearest and self.row_of[column] == _NONE):
                    nearest, place = length, number
            so_far, column = nearest, ahead[place]
            if self.row_of[column] == _NONE:
                break
            row = self.row_of[column]
            passed.append(column)
            ahead[place] = ahead[-1]
            ahead.pop()
        self.row_prices[start] += so_far
        for other in passed:
            self.row_prices[self.row_of[other]] += so_far - distances[other]
            self.column_prices[other] -= so_far - distances[other]
        row = _NONE
        while row != start:
            row = origin[column]
            self.row_of[column] = row
            self.column_of[row], column = column, self.column_of[row]

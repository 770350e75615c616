"""How alike two strips move at any pair of samples, from one table of products.

A line is tried at dozens of speeds and offsets, and each trial asks for the products of much the
same samples. Between two samples of the match cells are interpolated, and a product with what is
interpolated is the interpolated product: no cell need be touched again.
"""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from tracer.model import FloatArray

Cells = npt.NDArray[np.float32]  # (f, rows, columns)
Rows = npt.NDArray[np.intp]

_TABLE_MOST = 60_000  # pairs of samples, a minute by a minute; beyond, only those asked for


class Products:
    """The mean products of the cells of two strips."""

    def __init__(self, query: Cells, match: Cells) -> None:
        """Take two strips, (f, rows, columns) each, on one grid."""
        self._query, self._match = _flat(query), _flat(match)
        self._query_energy = mean_product(query, query)
        self._match_energy = mean_product(match, match)
        self._neighbours = mean_product(match[:-1], match[1:])
        self._table: npt.NDArray[np.float32] | None = None
        if len(query) * len(match) <= _TABLE_MOST:
            self._table = self._query @ self._match.T / np.float32(self._query.shape[1])

    def along(
        self, rows: Rows, low: Rows, part: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the product, the query's energy and the match's, each (n,), of paired samples.

        ``rows`` are samples of the query; its partner lies ``part`` of the way from sample ``low``
        of the match to the next.
        """
        query = self._query_energy[rows]
        if len(self._match) == 1 or not part.any():
            return self._product(rows, low), query, self._match_energy[low]
        left, after = 1.0 - part, low + 1
        product = left * self._product(rows, low) + part * self._product(rows, after)
        match = left * left * self._match_energy[low] + part * part * self._match_energy[after]
        match += 2.0 * left * part * self._neighbours[low]
        return product, query, match

    def _product(self, rows: Rows, columns: Rows) -> FloatArray:
        if self._table is not None:
            return self._table[rows, columns].astype(np.float64)
        return mean_product(self._query[rows], self._match[columns])


def mean_product(a: Cells, b: Cells) -> FloatArray:
    """Return (f,): the mean product of two strips' cells, sample by sample."""
    x, y = _flat(a), _flat(b)
    product: FloatArray = np.einsum("fc,fc->f", x, y).astype(np.float64) / x.shape[1]
    return product


def _flat(cells: Cells) -> Cells:
    flat: Cells = cells.reshape(len(cells), prod(cells.shape[1:]))  # -1 fails where there is none
    return flat

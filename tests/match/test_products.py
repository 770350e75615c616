"""The fast ways to compare strips give what the plain ones give."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.match import products
from tracer.match.agreement import appearance, mixed
from tracer.match.products import Products, mean_product
from tracer.model import FloatArray
from tracer.settings import DEFAULT


def _strip(seed: int, samples: int, rows: int = 9, columns: int = 13) -> products.Cells:
    dice = np.random.default_rng(seed)
    return (dice.random((samples, rows, columns)) * 2 - 1).astype(np.float32)


@pytest.mark.parametrize("table_most", [0, 10**6])
@given(seed=st.integers(0, 99), queries=st.integers(1, 20), matches=st.integers(1, 20))
def test_products_along_a_line_are_those_of_interpolated_cells(
    table_most: int, seed: int, queries: int, matches: int
) -> None:
    query, match = _strip(seed, queries), _strip(seed + 1000, matches)
    dice = np.random.default_rng(seed)
    rows = np.arange(queries)
    low = dice.integers(0, max(1, matches - 1), queries)
    part = dice.random(queries) if matches > 1 else np.zeros(queries)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(products, "_TABLE_MOST", table_most)  # both ways to find a product
        found = Products(query, match).along(rows, low, part)

    there = mixed(match, low, part)
    plain = mean_product(query, there), mean_product(query, query), mean_product(there, there)
    for fast, naive in zip(found, plain, strict=True):
        np.testing.assert_allclose(fast, naive, atol=1e-5)


def _appearance_block_by_block(query: products.Cells, match: products.Cells) -> FloatArray:
    """Correlate each block of each frame on its own, as the definition says."""
    mine = DEFAULT.match
    rows, columns = query.shape[1:]
    edges_y = np.linspace(0, rows, max(1, rows // 5) + 1).astype(int)
    edges_x = np.linspace(0, columns, max(1, columns // 6) + 1).astype(int)
    out = []
    for q_frame, m_frame in zip(query.astype(np.float64), match.astype(np.float64), strict=True):
        blocks = []
        for y0, y1 in pairwise(edges_y):
            for x0, x1 in pairwise(edges_x):
                q, m = q_frame[y0:y1, x0:x1], m_frame[y0:y1, x0:x1]
                q, m = q - q.mean(), m - m.mean()
                qq, mm = (q * q).mean(), (m * m).mean()
                value = (q * m).mean() / np.sqrt(max(qq * mm, 1e-6))
                blocks.append((value, min(np.sqrt(min(qq, mm)), 12.0)))
        blocks.sort()
        total = sum(weight for _, weight in blocks)
        if total < mine.texture_least * len(blocks):
            out.append(mine.appearance_floor)
            continue
        spoilt, summed, kept = mine.spoilt_most * total, 0.0, 0.0
        for value, weight in blocks:
            left_out = min(weight, spoilt)
            spoilt -= left_out
            summed += value * (weight - left_out)
            kept += weight - left_out
        out.append(summed / kept)
    return np.array(out)


@given(
    seed=st.integers(0, 99),
    rows=st.integers(4, 40),
    columns=st.integers(4, 60),
    noise=st.sampled_from([0.0, 3.0, 40.0]),
)
def test_appearance_is_that_of_its_blocks(seed: int, rows: int, columns: int, noise: float) -> None:
    dice = np.random.default_rng(seed)
    query = (dice.random((5, rows, columns)) * 255).astype(np.float32)
    query[1] = 17.0  # a flat frame
    query[2, : rows // 2] = 200.0  # one that is flat in part
    match = np.clip(query + dice.normal(0, 1, query.shape) * noise, 0, 255).astype(np.float32)

    fast = appearance(query, match, DEFAULT.match)

    np.testing.assert_allclose(fast, _appearance_block_by_block(query, match), atol=2e-3)

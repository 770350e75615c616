"""The fast median against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tracer.compare.medians import median_over

LEVELS = st.floats(-512, 512, width=32, allow_nan=False)
SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, max_side=12)


@given(arrays.arrays(np.float32, SHAPES, elements=LEVELS))
def test_it_is_the_median_over_the_first_axis(values):
    np.testing.assert_allclose(median_over(values), np.median(values, axis=0), rtol=1e-6)
    assert median_over(values).dtype == np.float32

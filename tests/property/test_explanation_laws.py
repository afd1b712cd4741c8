"""What holds for every map: shares of mass add up, strength does not matter, every layout is one grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lookoutcv.explanation.attribution import attribution_of
from lookoutcv.explanation.faithfulness import random_map
from lookoutcv.explanation.focus import mass_in_box, mass_in_mask, mass_on_border, spread
from lookoutcv.explanation.layers.token_layout import LayoutFacts, find_layout

values = st.floats(0, 1, width=32)
maps = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12), elements=values).filter(
    lambda one: one.sum() > 1e-3
)
share = st.floats(0, 1)


@given(maps, share, share)
def test_the_parts_of_a_map_add_up(drawn: np.ndarray, x: float, y: float) -> None:
    quarters = [(0, 0, x, y), (x, 0, 1, y), (0, y, x, 1), (x, y, 1, 1)]
    assert sum(mass_in_box(drawn, one) for one in quarters) == pytest.approx(1, abs=1e-6)


@given(maps, arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9)))
def test_a_mask_and_what_it_leaves_out_add_up(drawn: np.ndarray, mask: np.ndarray) -> None:
    assert mass_in_mask(drawn, mask) + mass_in_mask(drawn, ~mask) == pytest.approx(1, abs=1e-6)


@given(array_shapes(min_dims=2, max_dims=2, max_side=12), share, share, share, share)
def test_a_uniform_map_gives_the_share_of_the_area(
    shape: tuple[int, ...], left: float, top: float, width: float, height: float
) -> None:
    right, bottom = min(1.0, left + width), min(1.0, top + height)
    uniform = np.ones(shape)
    assert mass_in_box(uniform, (left, top, right, bottom)) == pytest.approx((right - left) * (bottom - top), abs=1e-9)
    assert mass_on_border(uniform, width / 2) == pytest.approx(1 - (1 - width) ** 2, abs=1e-9)


@given(maps, array_shapes(min_dims=2, max_dims=2, max_side=9), share, share)
def test_a_box_is_its_mask(drawn: np.ndarray, shape: tuple[int, ...], x: float, y: float) -> None:
    mask = np.zeros(shape, bool)
    row, column = round(y * shape[0]), round(x * shape[1])
    mask[:row, :column] = True
    box = (0, 0, column / shape[1], row / shape[0])
    assert mass_in_mask(drawn, mask) == pytest.approx(mass_in_box(drawn, box), abs=1e-6)


@given(maps, st.floats(1e-3, 1e3))
def test_no_figure_depends_on_the_strength(drawn: np.ndarray, strength: float) -> None:
    scaled = drawn.astype(np.float64) * strength
    assert spread(scaled) == pytest.approx(spread(drawn), abs=1e-6, nan_ok=True)
    assert mass_on_border(scaled) == pytest.approx(mass_on_border(drawn), abs=1e-6)


@given(maps)
def test_figures_lie_from_0_to_1_and_do_not_turn_with_the_image(drawn: np.ndarray) -> None:
    for figure in (spread, mass_on_border):
        one = figure(drawn)
        assert np.isnan(one) or 0 <= one <= 1
        for turned in (drawn[::-1], drawn[:, ::-1], drawn.T):
            assert figure(turned) == pytest.approx(one, abs=1e-6, nan_ok=True)


@given(maps, st.integers(1, 4))
def test_finer_cells_of_the_same_map_change_no_mass(drawn: np.ndarray, times: int) -> None:
    finer = np.kron(drawn, np.ones((times, times)))
    box = (0.1, 0.2, 0.65, 0.9)
    assert mass_in_box(finer, box) == pytest.approx(mass_in_box(drawn, box), abs=1e-6)
    assert mass_on_border(finer) == pytest.approx(mass_on_border(drawn), abs=1e-6)


@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-9, 9)), st.floats(0.01, 99)
)
def test_scaling_a_map_changes_only_its_peak(raw: np.ndarray, strength: float) -> None:
    one = attribution_of(raw, method="m", class_index=0, score=0.0)
    other = attribution_of(raw * strength, method="m", class_index=0, score=0.0)
    if one.usable and other.usable:
        np.testing.assert_allclose(one.values, other.values, atol=1e-6)
        assert other.peak == pytest.approx(one.peak * strength)
        assert one.values.max() == 1
    for found in (one, other):
        assert found.usable == bool(found.values.any())
        assert found.usable or found.notes


@given(maps, st.integers(0, 2**32 - 1))
def test_a_random_map_is_a_reordering(drawn: np.ndarray, seed: int) -> None:
    other = random_map(drawn, np.random.default_rng(seed))
    assert other.shape == drawn.shape
    np.testing.assert_array_equal(np.sort(other, None), np.sort(drawn, None))


@given(st.integers(2, 20), st.integers(2, 20), st.integers(4, 32), st.integers(0, 5), st.integers(1, 3))
def test_tokens_are_never_laid_on_a_wrong_grid(rows: int, columns: int, patch: int, prefix: int, images: int) -> None:
    size = rows * patch, columns * patch
    shape = (images, prefix + rows * columns, 7)
    declared = LayoutFacts(images, size, grids=((rows, columns),), prefix=prefix)
    found = find_layout(shape, declared)
    assert (found.axes, found.prefix, found.grid) == ("NTC", prefix, (rows, columns))
    without_grids = LayoutFacts(images, size, prefix=prefix)
    assert find_layout(shape, without_grids).grid == (rows, columns)
    # Where nothing is said of the tokens before those of places, they are refused or there are none.
    unknown = LayoutFacts(images, size, grids=((rows, columns),), tokens=frozenset({shape[1]}))
    try:
        read = find_layout(shape, unknown)
    except ValueError:
        assert prefix
    else:
        assert (read.prefix, read.axes) == (0, "NTC")

"""What every adapter must do, shipped or installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.adapters import Adapter, adapted, registry
from lookoutcv.errors import UnknownResult

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["label", "score", "box", "mask", "boxes", "labels", "scores", "bbox", "category_id", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.fixture(params=list(registry), ids=lambda one: one.name)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    found: Adapter = request.param
    return found


def test_it_says_what_it_is(adapter: Adapter) -> None:
    assert adapter.name == adapter.name.lower()
    assert adapter.summary


@pytest.mark.parametrize("nothing", [None, 3, 3.5, "cat", b"cat", [], {}, (), object(), np.zeros((4, 4, 3), np.uint8)])
def test_what_is_no_result_is_not_recognised(adapter: Adapter, nothing: Any) -> None:
    assert not adapter.recognises(nothing)


@given(ANYTHING)
def test_anything_is_a_prediction_or_an_error_that_says_so(anything: Any) -> None:
    try:
        found = adapted(anything)
    except UnknownResult:
        return
    assert type(found).__module__.startswith("lookoutcv.predictions")

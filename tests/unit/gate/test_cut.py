"""Where sharp begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.gate.cut import Cut, SizedCut, sureness


@given(st.lists(st.tuples(st.floats(8, 5000), st.floats(-30, 30)), min_size=1, max_size=5), st.floats(1, 10000))
def test_a_cut_for_any_size_lies_between_those_that_were_chosen(cuts: list[tuple[float, float]], size: float) -> None:
    by_size = tuple(SizedCut(px, value) for px, value in sorted(dict(cuts).items()))
    values = [one.value for one in by_size]
    assert min(values) - 1e-9 <= Cut(0.0, by_size).at(size) <= max(values) + 1e-9


def test_a_cut_says_what_it_will_refuse() -> None:
    assert "is not known" in Cut(0.0).words
    assert Cut(0.0, images=40, low=0.0, high=0.088).words == (
        "It will refuse 0.0 to 8.8% of good images like the 40 that chose it (95% interval)."
    )


@given(st.floats(0, 50), st.floats(-1e6, 1e6))
def test_a_label_is_never_less_sure_than_a_coin(slope: float, distance: float) -> None:
    assert 0.5 <= sureness(slope, distance) <= 1

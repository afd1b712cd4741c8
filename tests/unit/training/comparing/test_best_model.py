"""Which model is the best, and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.results.training_run import PairedDifference
from lookoutcv.training.comparing.best_model import Contestant, choose_best, how_sure

LABELS = np.arange(100) % 2


def right_on(count: int, latency_ms: float | None = None, name: str = "", size: int | None = None) -> Contestant:
    """A model that is right on the first images."""
    predicted = np.where(np.arange(100) < count, LABELS, 1 - LABELS)
    return Contestant(name or f"net{count}", np.eye(2)[predicted], latency_ms, size)


def test_the_highest_macro_f1_is_the_best() -> None:
    name, why = choose_best(LABELS, [right_on(70, 1.0), right_on(90, 50.0), right_on(80, 2.0)])
    assert name == "net90"
    assert why == "net90 has the highest macro F1 on the 100 validation images, 0.900; net80 comes next with 0.800."


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ((50.0, 2.0), "; first has the same, but second takes 2.0 ms an image, not 50 ms."),
        ((2.2, 2.0), "; first has the same, and costs about as much."),
        ((None, None), "; second has the same, and costs about as much."),
    ],
)
def test_of_equal_ones_the_cheapest_is_the_best_and_none_comes_next(times: tuple[float, float], said: str) -> None:
    name, why = choose_best(LABELS, [right_on(90, times[0], "first"), right_on(90, times[1], "second")])
    assert why == f"{name} has the highest macro F1 on the 100 validation images, 0.900{said}"
    assert name == ("second" if times[0] else "first")


def test_a_lead_that_the_digits_do_not_show_is_told() -> None:
    many = np.arange(10_000) % 2
    close = [np.eye(2)[np.where(np.arange(10_000) < count, many, 1 - many)] for count in (9001, 9002)]
    name, why = choose_best(many, [Contestant("a", close[0]), Contestant("b", close[1])])
    assert name == "b"
    assert why.endswith("0.900; a comes next, by less than 0.001.")


def test_of_nearly_equal_ones_the_fastest_is_the_best() -> None:
    name, why = choose_best(LABELS, [right_on(91, 120.0), right_on(90, 3.0), right_on(90, 4.0, "slower")])
    assert name == "net90"
    assert why == (
        "net90: its macro F1 on the 100 validation images, 0.900, is within one standard error of the highest, 0.910 "
        "of net91, and it takes 3.0 ms an image, not 120 ms."
    )


@pytest.mark.parametrize(("errors", "best"), [(0, "net93"), (1, "net93"), (2, "net90")])
def test_by_how_many_standard_errors_a_cheaper_one_may_be_lower(errors: float, best: str) -> None:
    name, why = choose_best(LABELS, [right_on(93, 120.0), right_on(90, 3.0)], standard_errors=errors)
    assert name == best, why
    assert ("is within 2 standard errors of the highest" in why) == (errors == 2)


def test_where_no_time_is_known_the_smaller_one_is() -> None:
    name, why = choose_best(LABELS, [right_on(91, size=400_000_000), right_on(90, size=6_000_000)])
    assert name == "net90"
    assert why.endswith("and it is 6 MB large, not 400 MB.")


def test_a_little_faster_is_no_reason() -> None:
    assert choose_best(LABELS, [right_on(91, 10.0), right_on(90, 9.0)])[0] == "net91"


def test_one_model_is_the_only_one_and_none_is_refused() -> None:
    assert choose_best(LABELS, [right_on(50)])[1].startswith("net50 is the only model that was trained; its macro F1")
    with pytest.raises(ConfigError, match="no model was trained"):
        choose_best(LABELS, [])


def against(other: str, difference: float, p: float, best: str = "a") -> PairedDifference:
    low, high = difference - 0.05, difference + 0.05
    return PairedDifference(best, other if best == "a" else "a", difference, low, high, p, 10, 4)


def test_it_says_what_is_beyond_chance_and_what_is_not() -> None:
    said = how_sure("a", [against("b", 0.1, 0.001), against("c", 0.01, 0.8)], 372)
    assert said == (
        "On the 372 test images it is right more often than b (by 10.0 points, 95% interval 5.0 to 15.0), beyond "
        "chance. Its difference from c can be chance."
    )


def test_it_says_where_another_one_is_better_on_images_that_chose_nothing() -> None:
    said = how_sure("a", [against("b", 0.1, 0.001, best="b")], 372)
    assert said.startswith("On the 372 test images it is right less often than b (by 10.0 points")


def test_few_images_cannot_tell_much_and_that_is_said() -> None:
    assert how_sure("a", [against("b", 0.05, 0.5)], 40) == (
        "On the 40 test images its difference from b can be chance. No difference under 15.0 points could be told from "
        "it on so few images."
    )
    assert how_sure("a", [against("b", 0.2, 1.0)], 5).endswith("So few images cannot tell any difference from it.")
    assert how_sure("a", [], 40) == ""

"""Which of several models is the best, and why: by how good they are, and by what they cost where that says little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lookoutcv.byte_sizes import byte_size
from lookoutcv.errors import ConfigError
from lookoutcv.grids import IntArray
from lookoutcv.plain_text import joined
from lookoutcv.results.training_run import PairedDifference
from lookoutcv.training.comparing.paired_models import beyond_chance, least_difference, macro_f1_spread
from lookoutcv.training.comparing.score import Probabilities, macro_f1, predicted_of

# A model that is not at least this much faster, or smaller, is not worth less quality: times vary by about as much.
_CHEAPER = 0.8


@dataclass(frozen=True, eq=False)
class Contestant:
    """A model that might be the best.

    Args:
        name: What it is called.
        probabilities: (n, C) of the images that choose.
        latency_ms: For one image; None where it was not measured.
        size_bytes: Of its file; None where there is none.
    """

    name: str
    probabilities: Probabilities = field(repr=False)
    latency_ms: float | None = None
    size_bytes: int | None = None


def choose_best(
    labels: IntArray, contestants: Sequence[Contestant], *, standard_errors: float = 1.0
) -> tuple[str, str]:
    """The best of several models, on the images that choose.

    The one with the largest macro F1, of equals the one that costs least; or one that costs clearly less, where its
    macro F1 is lower by no more than one standard error of the difference.

    Args:
        labels: (n,) the true class of each image that chooses.
        contestants: At least one.
        standard_errors: By how many of them a cheaper one may be lower; 0 for the largest macro F1 alone.
    Returns:
        Its name, and why it is, in a sentence.
    Raises:
        ConfigError: There is none.
    Example:
        >>> import numpy as np
        >>> good, bad = np.eye(2)[[0, 1, 0, 1]], np.eye(2)[[1, 1, 0, 1]]
        >>> choose_best(np.array([0, 1, 0, 1]), [Contestant("a", bad), Contestant("b", good)])[0]
        'b'

    Source: the rule of one standard error, Breiman et al., "Classification and regression trees", Wadsworth 1984.
    """
    if not contestants:
        raise ConfigError("no model was trained, so none is the best", "See why each of them failed.", key="models")
    f1 = [macro_f1(labels, predicted_of(one.probabilities), one.probabilities.shape[1]) for one in contestants]
    leader = min(range(len(contestants)), key=lambda i: (-f1[i], *_cost(contestants[i])))
    first = contestants[leader]
    images = f"{len(labels):,} validation {'image' if len(labels) == 1 else 'images'}"
    if len(contestants) == 1:
        only = f"{first.name} is the only model that was trained"
        return first.name, f"{only}; its macro F1 on the {images} is {f1[leader]:.3f}."
    cheaper = [
        i
        for i, one in enumerate(contestants)
        if i != leader
        and standard_errors
        and _saving(one, first)
        and f1[leader] - f1[i] <= standard_errors * macro_f1_spread(labels, first.probabilities, one.probabilities)
    ]
    if not cheaper:
        second = max((i for i in range(len(contestants)) if i != leader), key=lambda i: f1[i])
        highest = f"{first.name} has the highest macro F1 on the {images}, {f1[leader]:.3f}"
        return first.name, f"{highest}; {_follows(first, contestants[second], f1[leader], f1[second])}."
    chosen = min(cheaper, key=lambda i: _cost(contestants[i]))
    best = contestants[chosen]
    errors = "one standard error" if standard_errors == 1 else f"{standard_errors:g} standard errors"
    near = f"is within {errors} of the highest, {f1[leader]:.3f} of {first.name}"
    why = f"{best.name}: its macro F1 on the {images}, {f1[chosen]:.3f}, {near}, and it {_saving(best, first)}."
    return best.name, why


def how_sure(best: str, differences: Sequence[PairedDifference], images: int) -> str:
    """Whether the best is better by more than chance, on images that chose nothing, in sentences.

    Args:
        best: The best model's name.
        differences: From `paired_difference`, of the best and each other one.
        images: On how many.
    Returns:
        "" where there was no other.
    Example:
        >>> one = PairedDifference("a", "b", 0.1, 0.02, 0.19, 0.012, 12, 2)
        >>> print(how_sure("a", [one], 90))
        On the 90 test images it is right more often than b (by 10.0 points, 95% interval 2.0 to 19.0), beyond chance.
    """
    if not differences:
        return ""
    told = beyond_chance(differences)
    above, below, even = list[str](), list[str](), list[str]()
    for one, sure in zip(differences, told, strict=True):
        other = one.worse if one.better == best else one.better
        words = f"{other} (by {_points(one.difference)} points, 95% interval {_points(one.low)} to {_points(one.high)})"
        (even if not sure else above if one.better == best else below).append(other if not sure else words)
    said = []
    on = f"On the {images:,} test {'image' if images == 1 else 'images'} it is right"
    if above:
        said.append(f"{on} more often than {joined(above)}, beyond chance.")
    if below:
        said.append(f"{on} less often than {joined(below)}, beyond chance; the validation images chose otherwise.")
    if even:
        least = least_difference(images, len(differences))
        limit = (
            " So few images cannot tell any difference from it."
            if least > 1
            else f" No difference under {_points(least)} points could be told from it on so few images."
            if least > 0.02
            else ""
        )
        where = "Its difference from" if said else f"On the {images:,} test images its difference from"
        said.append(f"{where} {joined(even)} can be chance.{limit}")
    return " ".join(said)


def _follows(first: Contestant, second: Contestant, highest: float, next_to_it: float) -> str:
    """What is said of the second of several models."""
    if next_to_it == highest:
        saving = _saving(first, second)
        return f"{second.name} has the same, {f'but {first.name} {saving}' if saving else 'and costs about as much'}"
    if f"{next_to_it:.3f}" == f"{highest:.3f}":
        return f"{second.name} comes next, by less than 0.001"
    return f"{second.name} comes next with {next_to_it:.3f}"


def _saving(one: Contestant, other: Contestant) -> str:
    """In what a model is clearly cheaper than another; "" where it is not."""
    if one.latency_ms is not None and other.latency_ms is not None:
        faster = one.latency_ms <= _CHEAPER * other.latency_ms
        return (
            f"takes {_milliseconds(one.latency_ms)} an image, not {_milliseconds(other.latency_ms)}" if faster else ""
        )
    if one.size_bytes and other.size_bytes and one.size_bytes <= _CHEAPER * other.size_bytes:
        return f"is {byte_size(one.size_bytes)} large, not {byte_size(other.size_bytes)}"
    return ""


def _cost(one: Contestant) -> tuple[float, float]:
    return one.latency_ms if one.latency_ms is not None else float("inf"), float(one.size_bytes or 0)


def _milliseconds(value: float) -> str:
    return f"{value:.1f} ms" if value < 10 else f"{value:.0f} ms"


def _points(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "\N{MINUS SIGN}")

"""What a run was asked for: every setting in one object, checked before anything is read."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePath
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.images import Limits
from lookoutcv.secrets import masked
from lookoutcv.settings.time_range import span
from lookoutcv.tracking.tracking_settings import TrackingSettings
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.training_settings import DEFAULT_MODELS

# A step of 32 images of a larger side takes tens of gigabytes.
LARGEST_SIDE_PX = 4096
# Of what torch and NumPy both take as a seed.
LARGEST_SEED = 2**32 - 1
# Decide what comes out; the others decide where it lies and how soon it is there.
_DECIDING = ("models", "weights", "test_size", "validation_size", "image_size", "seed")


@dataclass(frozen=True)
class Request:
    """What a run was asked for.

    Args:
        data, test: Labelled images; None for no test images of their own.
        output: The folder of the run.
        models: Backbones.
        weights: "auto", "hub", "none", or a place.
        test_size, validation_size: Shares of the images.
        image_size: Side of the input in pixels; None for the weights' own.
        fit: How a backbone is taught.
        budget_seconds: None for as long as it takes.
        device: "auto", "cpu", "cuda" or "mps".
        threads: Of the processor.
        resume: Go on with a run that was stopped.
        int8, state_dict, plan, perturb, thumbnails, strict: As of `train`.
        folds: In how many folds the best is taught again; None for none.
        max_pixels, max_bytes: Of an image; None for what `measure` takes.
        seed: Of all that is drawn.
        tracking: Where MLflow is told of it, if anywhere.
    """

    data: Any
    test: Any
    output: Path
    models: tuple[str, ...]
    weights: str
    test_size: float
    validation_size: float
    image_size: int | None
    fit: FitSettings
    budget_seconds: float | None
    device: str
    threads: int
    resume: bool = False
    int8: bool = False
    state_dict: bool = False
    plan: bool = False
    perturb: bool = True
    thumbnails: bool = True
    strict: bool = False
    max_pixels: int | None = None
    max_bytes: int | None = None
    folds: int | None = None
    seed: int = 0
    tracking: TrackingSettings = field(default_factory=TrackingSettings)

    @property
    def data_name(self) -> str:
        """What a person calls the images."""
        return masked(", ".join(map(str, self.data)) if isinstance(self.data, list | tuple) else str(self.data))

    @property
    def limits(self) -> Limits:
        """What an image may be."""
        return Limits.of(self.max_pixels, self.max_bytes)

    def settings(self) -> dict[str, Any]:
        """What was asked for, as JSON values by the names of the API."""
        others = ("device", "threads", "int8", "state_dict", "plan", "perturb", "folds")
        values = {name: getattr(self, name) for name in (*_DECIDING, *others)}
        return {**values, **asdict(self.fit), "models": list(self.models), "budget_seconds": self.budget_seconds}

    def deciding(self) -> dict[str, Any]:
        """Of these, what a run that is gone on with must have in common with the one that was stopped."""
        test = None if self.test is None else masked(str(self.test))
        decides = {name: getattr(self, name) for name in _DECIDING}
        return {"data": self.data_name, "test": test, **decides, **asdict(self.fit), "models": list(self.models)}


def named_models(models: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of backbones: in a list, with commas between, or both.

    Raises:
        ConfigError: None is named, or one twice.
    Example:
        >>> named_models("resnet18, vit_tiny"), named_models(None)[0]
        (('resnet18', 'vit_tiny'), 'mobilenetv3_small_100')
    """
    if models is None:
        return DEFAULT_MODELS
    texts = [models] if isinstance(models, str) else models
    names = tuple(part.strip() for text in texts for part in str(text).split(",") if part.strip())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        problem = f"{twice[0]} is named twice" if twice else "no backbone is named"
        raise ConfigError(
            problem, f"Give {option('models')} names of timm, each once, with commas between.", key="models"
        )
    return names


def budget_seconds(budget: str | float | None) -> float | None:
    """Seconds of a stretch of time: "90s", "10m", "2h".

    Raises:
        ConfigError: It is none.
    Example:
        >>> budget_seconds("10m"), budget_seconds(None)
        (600.0, None)
    """
    if budget is None:
        return None
    try:
        return span(budget, "budget").total_seconds()  # type: ignore[arg-type]
    except ConfigError as reason:
        problem = f"{option('budget')} is {budget!r}, which is no stretch of time"
        raise ConfigError(problem, f"Give {option('budget')} as 90s, 10m or 2h.", key="budget") from reason


def whole_number(value: int, least: int, most: int, key: str) -> int:
    """A whole number within bounds.

    Raises:
        ConfigError: It is none, or outside of them.
    Example:
        >>> whole_number(64, 8, 4096, "image_size")
        64
    """
    if isinstance(value, int) and least <= value <= most:
        return value
    named = option(key)
    raise ConfigError(f"{named} is {value!r}", f"Give {named} as a whole number from {least} to {most}.", key=key)


def checked_folds(folds: int | None, budget: str | None = None) -> int | None:
    """A number of folds: one is held back, one chooses, at least one teaches.

    Raises:
        ConfigError: It is under 3, or there is a bound of time, which folds do not keep to.
    Example:
        >>> checked_folds(5), checked_folds(None)
        (5, None)
    """
    if folds is not None and folds < 3:
        raise ConfigError(
            f"{option('folds')} is {folds}: one fold is held back, one chooses when to stop, and the others teach",
            "Give 3 or more, such as 5.",
            key="folds",
        )
    if folds is not None and budget is not None:
        raise ConfigError(
            f"{option('folds')} teaches the best network again, for as long as it takes, and {option('budget')} is a "
            "bound for all of it",
            "Give one of them.",
            key="folds",
        )
    return folds


def one_of(value: str, allowed: Sequence[str], key: str) -> str:
    """A text that must be one of several.

    Raises:
        ConfigError: It is none of them; the nearest is named.
    Example:
        >>> one_of("light", ["none", "light"], "augment")
        'light'
    """
    if value in allowed:
        return value
    near = difflib.get_close_matches(str(value), allowed, 1)
    guess = f"Did you mean {near[0]}? " if near else ""
    raise ConfigError(
        f"{option(key)} is {value!r}", f"{guess}Give {', '.join(allowed[:-1])} or {allowed[-1]}.", key=key
    )


def folder_for(data: Any, output: str | os.PathLike[str] | None) -> Path:
    """Where a run is written, unless somebody says: `runs/` and what the data are called.

    Example:
        >>> folder_for("photos/Fruit and veg.zip", None).as_posix()
        'runs/Fruit-and-veg'
    """
    if output is not None:
        return Path(output)
    stem = PurePath(str(data).partition("?")[0].rstrip("/\\")).stem if isinstance(data, str | os.PathLike) else "run"
    plain = "".join(c if c.isalnum() or c in "._-" else "-" for c in stem).strip(".-")
    return Path("runs") / (plain or "run")

"""Where the backbones of a run begin: on which device, with which weights, and how large they take their images."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import (
    Backbone,
    check_backbones,
    fit_for_size,
    prepare,
    scratch_side_px,
)
from lookoutcv.models.backbones.hub import HubError
from lookoutcv.models.backbones.pretrained import Pretrained, find_pretrained, where_weights_come_from
from lookoutcv.plain_text import joined
from lookoutcv.training.fitting.device import Device, find_device
from lookoutcv.training.material import Material
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.request import Request, one_of
from lookoutcv.training.timing.time_budget import TimeBudget

_DEVICES = get_args(Device)


@dataclass(frozen=True, eq=False)
class Start:
    """What is known before the images are read, which takes minutes: what is misspelt or cannot be had is told at once.

    Args:
        began_seconds: On the monotonic clock.
        budget: The time there is, from then on.
        device: In torch's words.
        beginnings: Where each backbone begins, by its name.
    """

    began_seconds: float
    budget: TimeBudget
    device: Any
    beginnings: dict[str, Pretrained]


def started(request: Request, onlooker: Onlooker) -> Start:
    """Find what a run begins with.

    Raises:
        MissingExtra: torch or timm is not installed.
        ConfigError: There is no such device.
        TrainingError: timm knows one of the networks not, or none of them has the weights that were asked for.
    """
    began, budget = time.monotonic(), TimeBudget(request.budget_seconds)
    device = find_device(cast(Device, one_of(request.device, _DEVICES, "device")))
    return Start(began, budget, device, _beginnings(request, onlooker))


def _beginnings(request: Request, onlooker: Onlooker) -> dict[str, Pretrained]:
    """Where each backbone begins, by its name."""
    check_backbones(request.models)
    found: dict[str, Pretrained] = {}
    errors: dict[str, TrainingError] = {}
    lacking: dict[str, list[str]] = {}
    silence: HubError | None = None
    for name in request.models:
        try:
            found[name] = find_pretrained(name, request.weights, silence)
        except TrainingError as error:
            # A folder of weights may hold those of some of the backbones.
            errors[name] = error
            continue
        if (reason := found[name].lacking) is not None:
            lacking.setdefault(str(reason), []).append(name)
            silence = reason if reason.silent else silence
    for why, names in lacking.items():
        onlooker.note(_from_scratch(names, why))
    _leave_out(errors, bool(found), onlooker)
    return found


def _from_scratch(names: Sequence[str], why: str) -> str:
    several = len(names) > 1
    learns = "They learn" if several else "It learns"
    return (
        f"No pretrained weights could be had for {joined(names)}: {why}. {learns} from scratch, which needs many more "
        f"images and epochs to be as good. {where_weights_come_from(len(names))}"
    )


def backbones_of(
    request: Request, beginnings: Mapping[str, Pretrained], material: Material, onlooker: Onlooker
) -> list[Backbone]:
    """Each backbone with its weights, ready to learn; one that begins at chance takes no larger images than there are.

    Raises:
        TrainingError: The weights are of another network; that of the first, where no backbone can be made.
    """
    classes, short_side_px = len(material.division.classes), _short_side_px(material)
    found: list[Backbone] = []
    errors: dict[str, TrainingError] = {}
    for name, begins in beginnings.items():
        try:
            one = prepare(name, begins, classes, side_px=request.image_size, seed=request.seed)
            if not one.pretrained and request.image_size is None:
                assert one.input.size is not None  # complete
                side = scratch_side_px(short_side_px, one.input.size[0])
                if side != one.input.size[0]:
                    one = prepare(name, begins, classes, side_px=side, seed=request.seed)
            found.append(fit_for_size(one, short_side_px))
        except TrainingError as error:
            # A file of weights fits one of several backbones; the others are named, and passed over.
            errors[name] = error
    _leave_out(errors, bool(found), onlooker)
    return found


def _leave_out(errors: Mapping[str, TrainingError], others: bool, onlooker: Onlooker) -> None:
    """Name the backbones that are left out; where there are no others, that ends the run."""
    if not others:
        raise next(iter(errors.values()))
    for name, error in errors.items():
        onlooker.note(f"{name} is left out: {error.problem}.")


def _short_side_px(material: Material) -> float:
    """The middle one of the shorter sides of the images."""
    return material.check.sizes["short"][2]

"""A network learns to tell sharp from blurred mosaics: Adam, both classes worth the same, each turned and mirrored."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.extras import need
from lookoutcv.gate.networks.given_lesson import GivenLesson
from lookoutcv.gate.networks.mosaic_store import Mosaics
from lookoutcv.progress import begin_stage

# The learning rate falls to nothing over this last share of the steps.
_FALLING = 0.4
# A few images are seen turned and mirrored in as many of the eight ways each epoch as make so many of them.
_ENOUGH, _WAYS = 256, 8
# After learning, the means of normalising layers are taken anew over so many examples at most.
_MOST_SETTLED = 2048

Levels = np.ndarray[Any, np.dtype[np.uint8]]


def teach(
    module: Any, mosaics: Mosaics, lesson: GivenLesson, prepared: Callable[[Any], Any]
) -> list[Mapping[str, float]]:
    """Let a network learn, in place; it ends in evaluation mode on the processor.

    Args:
        module: A `torch.nn.Module` from (n, ...) to (n,) log odds of being sharp.
        mosaics: What it learns from.
        lesson: How.
        prepared: From (n, H, W) float32 grey levels on the lesson's device to what the module takes.
    Returns:
        For each epoch its number, and the loss and the share of right answers on the images it learnt from, while it
        learnt from them.
    Raises:
        TrainingError: The loss is no number any more, or there is no such device.
    """
    torch = need("torch", "train")
    device = _device(torch, lesson.device)
    # Convolutions learn in two thirds of the time when the channels of a pixel lie beside each other.
    module.to(device, memory_format=torch.channels_last).train()
    random = np.random.default_rng(lesson.seed)
    optimiser = torch.optim.Adam(module.parameters(), lr=lesson.learning_rate)
    count = len(mosaics.sharp)
    times = min(max(_ENOUGH // count, 1), _WAYS)
    steps = -(-count * times // lesson.batch_size)
    begin_stage(lesson.progress, "Learning")
    epochs: list[Mapping[str, float]] = []
    # One class often has several copies of each picture of the other.
    worth = np.where(mosaics.sharp, 0.5 / mosaics.sharp.mean(), 0.5 / (~mosaics.sharp).mean()).astype(np.float32)
    for epoch in range(lesson.epochs):
        total = right = 0.0
        # Pieces of nearly one size: none of a single image, of which a normalising layer learns little.
        for step, piece in enumerate(np.array_split(random.permutation(count * times), steps)):
            chosen = np.sort(piece) % count
            share = (epoch * steps + step) / (lesson.epochs * steps)
            optimiser.param_groups[0]["lr"] = lesson.learning_rate * min(1.0, (1 - share) / _FALLING)
            images = torch.from_numpy(_turned(mosaics.levels[chosen], random)).to(device).float()
            wanted = torch.from_numpy(mosaics.sharp[chosen].astype(np.float32)).to(device)
            answers = module(prepared(images))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                answers, wanted, torch.from_numpy(worth[chosen]).to(device)
            )
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += float(loss.detach()) * len(chosen)
            right += float(((answers.detach() > 0) == (wanted > 0.5)).sum())
            if not math.isfinite(total):
                raise _no_number(epoch + 1, lesson)
            if lesson.progress:
                lesson.progress(epoch * steps + step + 1, lesson.epochs * steps)
        epochs.append({"epoch": epoch + 1, "loss": total / (count * times), "accuracy": right / (count * times)})
    _settle(torch, module, mosaics, lesson, prepared)
    module.to("cpu", memory_format=torch.contiguous_format).eval()
    if not all(bool(value.isfinite().all()) for value in module.state_dict().values()):
        raise _no_number(lesson.epochs, lesson)
    return epochs


def _settle(torch: Any, module: Any, mosaics: Mosaics, lesson: GivenLesson, prepared: Callable[[Any], Any]) -> None:
    """Take the means of normalising layers anew, as they are with the last weights.

    While learning they are running means of a hundred steps, and a small set has ten.
    """
    norms = [part for part in module.modules() if isinstance(part, torch.nn.modules.batchnorm._BatchNorm)]
    if not norms:
        return
    module.eval()
    for part in norms:
        part.reset_running_stats()
        part.momentum = None  # the mean of all batches
        part.train()
    device = next(module.parameters()).device
    with torch.inference_mode():
        for chosen in _spread(len(mosaics.sharp), lesson.batch_size):
            module(prepared(torch.from_numpy(mosaics.levels[chosen]).to(device).float()))


def _spread(count: int, batch_size: int) -> Iterator[Any]:
    used = np.unique(np.linspace(0, count - 1, min(count, _MOST_SETTLED)).astype(int))
    # Every batch from everywhere: lists often hold one class after the other.
    pieces = -(-len(used) // batch_size)
    for start in range(pieces):
        yield used[start::pieces]


def _turned(levels: Levels, random: np.random.Generator) -> Levels:
    turned = [np.rot90(one[:, ::-1] if way > 3 else one, way % 4) for one, way in _with_ways(levels, random)]
    return np.stack(turned)


def _with_ways(levels: Levels, random: np.random.Generator) -> Iterator[tuple[Levels, int]]:
    yield from zip(levels, random.integers(0, 8, len(levels)).tolist(), strict=True)


def _device(torch: Any, name: str) -> Any:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(name, False):
        raise TrainingError(f"torch sees no device {name!r} here", f"Use {option('device', 'cpu')}.", key="device")
    return torch.device(name)


def _no_number(epoch: int, lesson: GivenLesson) -> TrainingError:
    return TrainingError(
        f"in epoch {epoch} the network's numbers grew beyond all bounds at a learning rate of {lesson.learning_rate:g}",
        f"Give a smaller one: {option('learning_rate', lesson.learning_rate / 10)}.",
        key="learning_rate",
    )

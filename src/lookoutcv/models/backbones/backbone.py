"""A network that is ready to learn: its architecture, its weights loaded, and how it wants its images."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.pretrained import Pretrained, find_pretrained
from lookoutcv.models.cards.card import Input
from lookoutcv.models.networks.input_side import side_options
from lookoutcv.models.networks.own_input import own_input
from lookoutcv.models.networks.timm_import import timm
from lookoutcv.models.networks.weight_file import WeightFile
from lookoutcv.results.training_run import WeightsOrigin


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network that is ready to learn.

    Args:
        name: In timm.
        module: A `torch.nn.Module` on the CPU with a classifier of the wanted number of classes.
        input: How it wants its images, complete.
        weights: Where it begins.
        notes: What a person must know of that, in sentences.
    """

    name: str
    module: Any = field(repr=False)
    input: Input
    weights: WeightsOrigin
    notes: tuple[str, ...] = ()

    @property
    def pretrained(self) -> bool:
        """Whether it does not begin at chance."""
        return self.weights.kind != "none"

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        return sum(parameter.numel() for parameter in self.module.parameters())


def check_backbones(names: Sequence[str]) -> None:
    """Refuse names that timm does not know, before anything is read.

    Raises:
        MissingExtra: torch or timm is missing.
        TrainingError: timm knows no such network; the nearest are named.
    """
    for name in names:
        _check_name(name)


def prepare(
    name: str,
    weights: str | os.PathLike[str] | Pretrained,
    classes: int,
    *,
    side_px: int | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Backbone:
    """A network with its weights loaded.

    Args:
        name: In timm: "resnet18".
        weights: As `find_pretrained` takes them, or gave them.
        classes: How many its classifier is to have.
        side_px: Of its input, instead of the weights' own.
        seed: Of the numbers that begin at chance.
        options: More for `timm.create_model`.
    Raises:
        MissingExtra: torch or timm is missing.
        TrainingError: timm knows no such network, or the weights are of another one.
        ModelError: The weights cannot be read.
    """
    import torch  # noqa: PLC0415

    _check_name(name)
    pretrained = weights if isinstance(weights, Pretrained) else find_pretrained(name, weights)
    with torch.random.fork_rng(devices=[]):  # what is drawn at random elsewhere in the process does not change
        torch.manual_seed(seed)
        module = _created(name, classes, side_px, dict(options or {}))
    notes: list[str] = []
    if pretrained.file is not None:
        notes += load_into(module, pretrained.file, name, told=pretrained.origin.kind == "file")
    return Backbone(
        name, module, own_input(name, _configuration(module, pretrained), side_px), pretrained.origin, tuple(notes)
    )


def scratch_side_px(short_side_px: float, own_side_px: int) -> int:
    """A side of the input for a network that begins at chance: no larger than its images are worth.

    Args:
        short_side_px: Of the images, the middle one.
        own_side_px: The architecture's own.
    Example:
        >>> scratch_side_px(32, 224), scratch_side_px(100, 224), scratch_side_px(3000, 224)
        (64, 128, 224)
    """
    # Architectures halve five times: a side is a multiple of 32, and at 64 there are four cells to tell apart at the
    # end.
    return min(own_side_px, max(64, 32 * -(-int(short_side_px) // 32)))


def fit_for_size(backbone: Backbone, short_side_px: float) -> Backbone:
    """The same network, its images resized smoothly where it takes them larger than they are.

    OpenCV's "area" looks at all pixels when it shrinks an image, and repeats pixels when it enlarges one: a head on
    what an EfficientNet-Lite0 sees in 350 pictures of CIFAR-10 is right on .41 of them that way, on .66 by bilinear.

    Args:
        backbone: As `prepare` made it.
        short_side_px: Of the images, the middle one.
    """
    assert backbone.input.size is not None  # complete
    if short_side_px * backbone.input.crop >= max(backbone.input.size):
        return backbone
    return replace(backbone, input=replace(backbone.input, interpolation="bilinear"))


def load_into(module: Any, file: WeightFile, name: str, told: bool = True) -> list[str]:
    """Load weights, all but those of the classifier, which learns other classes.

    Args:
        module: Of the architecture.
        file: What it begins with.
        name: Of the architecture.
        told: Whether to say what was left out.
    Returns:
        What a person must know of it, in sentences.
    Raises:
        TrainingError: They are of another architecture; the nearest is named.
    """
    wanted = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    heads = classifier_names(module)
    is_head = tuple(f"{head}." for head in heads)
    given = {key: value for key, value in file.tensors.items() if not key.startswith(is_head)}
    needed = {key for key in wanted if not key.startswith(is_head) and not key.endswith("num_batches_tracked")}
    unfit = {key for key in needed if key not in given or tuple(given[key].shape) != wanted[key]}
    if unfit or not needed:
        raise _of_another(file, name, unfit, len(needed))
    module.load_state_dict({key: value for key, value in given.items() if key in wanted}, strict=False)
    notes = []
    left = sorted(set(given) - set(wanted))
    if left and told:
        notes.append(f"{len(left)} tensors of {file.path.name} have no place in {name} and are not used: {left[0]} ...")
    old = next((file.tensors[f"{head}.weight"] for head in heads if f"{head}.weight" in file.tensors), None)
    if old is not None and told:
        notes.append(f"The classifier of {file.path.name}, for {old.shape[0]} classes, is replaced by a new one.")
    return notes


def classifier_names(module: Any) -> tuple[str, ...]:
    """The names of the layers that give the logits: ("fc",), ("head", "head_dist")."""
    named = module.pretrained_cfg.get("classifier") or "head"
    return (named,) if isinstance(named, str) else tuple(named)


def _check_name(name: str) -> None:
    library = timm()
    if not library.is_model(name):
        near = difflib.get_close_matches(name, library.list_models(), 3)
        guess = f"Did you mean {' or '.join(near)}? " if near else ""
        raise TrainingError(
            f"timm knows no network called {name!r}",
            f'{guess}`python -c "import timm; print(*timm.list_models())"` lists them all.',
            key="models",
        )


def _created(name: str, classes: int, side_px: int | None, options: dict[str, Any]) -> Any:
    library = timm()
    if side_px is not None:
        options = {**side_options(name, side_px), **options}
    try:
        return library.create_model(name, pretrained=False, num_classes=classes, **options).float()
    except (RuntimeError, TypeError, ValueError, AssertionError) as reason:
        raise TrainingError(
            f"{name} cannot be made for {classes} classes"
            + (f" and images of {side_px} px" if side_px else "")
            + f" ({(str(reason).splitlines() or [''])[0]})",
            f"Take another network with {option('models')}.",
            key="models",
        ) from reason


def _configuration(module: Any, pretrained: Pretrained) -> dict[str, Any]:
    said = {key: value for key, value in pretrained.configuration.items() if value is not None}
    return {**module.pretrained_cfg, **said}


def _of_another(file: WeightFile, name: str, unfit: set[str], needed: int) -> TrainingError:
    near = _nearest(file, name)
    missing = sorted(unfit)[:1]
    return TrainingError(
        f"{file.path.name} holds the weights of another network than {name}: {len(unfit)} of its {needed} tensors are "
        f"missing or have another shape{f', such as {missing[0]}' if missing else ''}",
        f"They fit {near}: say {option('models', near)}."
        if near
        else f"Say with {option('models')} which network they are of.",
        key="weights",
    )


def _nearest(file: WeightFile, name: str) -> str | None:
    """The network that weights fit, among those whose names are like the file's and some of the usual ones."""
    import torch  # noqa: PLC0415

    library = timm()
    usual = ["mobilenetv3_small_100", "resnet18", "resnet34", "resnet50", "efficientnet_b0", "vit_base_patch16_224"]
    stem = file.path.stem.partition(".")[0]
    shapes = {(key, tuple(value.shape)) for key, value in file.tensors.items()}
    for candidate in [*difflib.get_close_matches(stem, library.list_models(), 6, 0.6), *usual]:
        if candidate == name:
            continue
        with torch.device("meta"):
            module = library.create_model(candidate, pretrained=False)
        is_head = tuple(f"{head}." for head in classifier_names(module))
        wanted = {
            (key, tuple(value.shape))
            for key, value in module.state_dict().items()
            if not key.startswith(is_head) and not key.endswith("num_batches_tracked")
        }
        if wanted and wanted <= shapes:
            return str(candidate)
    return None

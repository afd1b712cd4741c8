"""Where a network begins: at weights from the hub, at a file of the user's, or at chance."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ModelNotFound, TrainingError
from lookoutcv.models.backbones.hub import HubError, weights_from_hub
from lookoutcv.models.networks.timm_import import timm
from lookoutcv.models.networks.weight_file import WEIGHT_SUFFIXES, WeightFile, read_weights
from lookoutcv.results.training_run import WeightsOrigin


@dataclass(frozen=True, eq=False)
class Pretrained:
    """Where a network begins.

    Args:
        file: Its weights; None for chance.
        configuration: Mean, std, input size and the like, by timm's names for them; what it does not say, timm does.
        origin: For the record.
        lacking: Why pretrained weights could not be had, where they were wished for.
    """

    file: WeightFile | None
    configuration: dict[str, Any] = field(repr=False)
    origin: WeightsOrigin
    lacking: HubError | None = None


def find_pretrained(backbone: str, choice: str | os.PathLike[str], silence: HubError | None = None) -> Pretrained:
    """Weights for a backbone.

    Args:
        backbone: Its name in timm, with or without a tag: "resnet18", "resnet18.a1_in1k".
        choice: "auto" takes those of the hub and begins at chance where they cannot be had; "hub" insists on them;
            "none" begins at chance; else a file of weights or a folder of them.
        silence: Of the hub, which is not asked again.
    Raises:
        TrainingError: They cannot be had, and "auto" was not said; or the folder has none for this backbone.
        ModelNotFound, UntrustedModel, BrokenModel: As `read_weights`.
    """
    if choice == "none":
        return Pretrained(None, {}, WeightsOrigin("none"))
    if choice not in ("auto", "hub"):
        return _of_user(backbone, Path(choice))
    try:
        return _of_hub(backbone, silence)
    except HubError as reason:
        if choice == "hub":
            raise TrainingError(
                f"there are no pretrained weights for {backbone}: {reason}", where_weights_come_from(1), key="weights"
            ) from reason
        return Pretrained(None, {}, WeightsOrigin("none"), reason)


def where_weights_come_from(networks: int) -> str:
    """What to do where pretrained weights of so many networks cannot be had, in a sentence."""
    given = f"as files ({option('weights', 'FOLDER')})" if networks > 1 else f"as a file ({option('weights', 'FILE')})"
    return f"Give them {given}, or say {option('weights', 'none')} to begin at chance."


def _of_hub(backbone: str, silence: HubError | None) -> Pretrained:
    configured = timm().models.get_pretrained_cfg(backbone)
    repository = getattr(configured, "hf_hub_id", None)
    if not repository:
        raise HubError("timm knows of none")
    file = read_weights(weights_from_hub(repository, configured.hf_hub_filename, silence))
    origin = WeightsOrigin("hub", repository, file.sha256, configured.license)
    return Pretrained(file, configured.to_dict(), origin)


def _of_user(backbone: str, path: Path) -> Pretrained:
    chosen = _of_folder(backbone, path) if path.is_dir() else path
    if not chosen.is_file():
        raise ModelNotFound(
            f"there are no weights at {chosen}",
            "Give a file of weights, a folder of them, or one of: auto, hub, none.",
            model=str(chosen),
        )
    file = read_weights(chosen)
    configuration = _configuration_of(file)
    named = configuration.get("license") or file.metadata.get("license")
    return Pretrained(file, configuration, WeightsOrigin("file", chosen.name, file.sha256, named))


def _of_folder(backbone: str, folder: Path) -> Path:
    """NAME.safetensors, else NAME and more, else the only model of a folder as the hub has them."""
    bare = backbone.partition(".")[0]
    files = sorted(path for path in folder.iterdir() if path.suffix in WEIGHT_SUFFIXES)
    rules = (
        lambda path: path.stem in (backbone, bare),
        lambda path: path.name.startswith((f"{backbone}.", f"{bare}.", f"{bare}-")),
        lambda path: path.stem in ("model", "pytorch_model") and _architecture_beside(path) == bare,
    )
    for rule in rules:
        # Of two forms of the same weights the one that needs no unpickling.
        found = sorted(filter(rule, files), key=lambda path: (path.suffix != ".safetensors", path.name))
        if found:
            return found[0]
    names = ", ".join(path.name for path in files[:8]) or "no file of weights"
    raise TrainingError(
        f"the folder {folder} has no weights for {backbone}, but {names}",
        f"Name the file {backbone}.safetensors, or give its path itself.",
        key="weights",
    )


def _architecture_beside(path: Path) -> str:
    return str(_json_beside(path).get("architecture", "")).partition(".")[0]


def _json_beside(path: Path) -> dict[str, Any]:
    try:
        held = json.loads((path.parent / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def _configuration_of(file: WeightFile) -> dict[str, Any]:
    """What the weights say of themselves: in config.json beside a file of the hub's form, or in their metadata."""
    beside = _json_beside(file.path) if file.path.stem in ("model", "pytorch_model") else {}
    configuration = dict(beside.get("pretrained_cfg") or {})
    for key, text in file.metadata.items():
        if key in ("mean", "std", "input_size", "crop_pct", "interpolation", "license"):
            try:
                configuration[key] = json.loads(text)
            except ValueError:
                configuration[key] = text
    return configuration

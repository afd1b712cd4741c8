"""A model that exists already becomes a package."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.clock import now
from lookoutcv.files.outputs import refuse_inputs
from lookoutcv.images import Limits
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.models.cards.card_text import card_text
from lookoutcv.models.packages.manifest import BASELINE, CARD, EVALUATION, MODEL_CARD, Manifest, is_plain_name
from lookoutcv.models.packages.package import Package
from lookoutcv.progress import Progress
from lookoutcv.sources.input_paths import input_paths
from lookoutcv.training.packing.given_model import GivenModel, PackedModel, put_model
from lookoutcv.training.packing.model_readme import model_readme
from lookoutcv.training.packing.package_builder import building
from lookoutcv.training.packing.packed_baseline import baseline_for
from lookoutcv.training.packing.packed_evaluation import evaluation_of
from lookoutcv.version import TOOL


@only_known_keywords(labels="They stand in the card: `card={'labels': [...]}`.")
def package(
    model: str | os.PathLike[str],
    data: Any = None,
    output: str | os.PathLike[str] | None = None,
    *,
    name: str | None = None,
    model_version: str = "1",
    licence: str | None = None,
    weights: str | os.PathLike[str] | None = None,
    card: CardLike = None,
    device: str = "cpu",
    trust: bool = False,
    perturb: bool = True,
    thumbnails: bool = True,
    workers: int | None = None,
    strict: bool = False,
    max_pixels: int | None = None,
    max_bytes: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Package:
    """Wrap a model that exists already: its card completed, its baseline and its figures beside it.

    Args:
        model: An ONNX, TFLite or TorchScript file, of any task; or "timm:NAME", a network of timm, which is exported to
            ONNX.
        data: Images that neither taught nor chose it, best labelled; None for a package without a baseline.
        output: A new folder, or a file that ends in .zip; None for NAME.zip here.
        name: What it is called; None for the name of its file.
        model_version: Its version, as you count.
        licence: Of its weights.
        weights: Of a network of timm: a safetensors file, a state dict, or a folder; "hub" for the hub's.
        card: As for `open_model`. What it leaves out is read from the file or guessed, written down, and told.
        device, trust: As for `open_model`.
        perturb: As for `baseline`.
        thumbnails: Keep small pictures of some images in the baseline.
        workers: Processes to measure with; None for one a core.
        strict: Stop at the first image that cannot be read.
        max_pixels, max_bytes: Skip images with more pixels and files with more bytes.
        force: Replace a package that lies there.
        progress: Called as `progress(done, total)`.
    Returns:
        The package: `path`, `manifest`, `card`, `read(name)`.
    Raises:
        ModelError: The model or its card cannot be used.
        TrainingError: A network of timm has no weights, or gives other answers as ONNX.
        SourceError: There are no images.
        OutputUnwritable: The target cannot be written.
    Example:
        >>> import lookoutcv as lo
        >>> made = lo.package("net.onnx", "data/val", "pets.zip", name="pets")  # doctest: +SKIP
        >>> lo.monitor("data/today", model="pets.zip")  # doctest: +SKIP
    """
    given = GivenModel(os.fspath(model), weights, card, data, Limits.of(max_pixels, max_bytes))
    called = name or given.stem
    target = Path(output) if output is not None else Path(f"{_as_file_name(called)}.zip")
    refuse_inputs(target, input_paths(target, given.model, data, card, weights))
    options: dict[str, Any] = {"device": device, "trust": trust, "thumbnails": thumbnails, "strict": strict}
    options |= {"workers": workers, "max_pixels": max_pixels, "max_bytes": max_bytes, "progress": progress}
    options = {key: value for key, value in options.items() if value is not None}
    with building(target, force=force) as builder:
        packed = put_model(builder, given)
        predictor = open_model(builder.path(packed.file), packed.card, device=device, trust=trust)
        whole = replace(predictor.card, labels=predictor.labels or None, label_offset=0)
        builder.write(CARD, card_text(whole))
        manifest = _manifest(packed, predictor, called, model_version, licence)
        notes = [f"Assumed when it was packed: {note}" for note in predictor.notes]
        evaluation = None
        if data is None:
            notes.append("It has no baseline: make one with `lookout baseline SOURCE --model PACKAGE`.")
        else:
            path, identity = builder.path(packed.file), f"{called} {model_version}".strip()
            evaluation, why = evaluation_of(predictor, data, given.limits, strict=strict, thumbnails=thumbnails)
            evaluation = None if evaluation is None else replace(evaluation, model=identity)
            made = baseline_for(data, path, identity, cast(Options, {**options, "card": whole}), perturb=perturb)
            builder.path(BASELINE).write_bytes(made.to_bytes())
            notes += [*why, *made.notes]
        manifest = replace(manifest, notes=list(dict.fromkeys(notes)))
        if evaluation is not None:
            builder.write(EVALUATION, json.dumps(evaluation.to_dict(), indent=2, ensure_ascii=False) + "\n")
        builder.write(MODEL_CARD, model_readme(manifest, evaluation))
        return builder.finish(manifest)


def _manifest(packed: PackedModel, predictor: Predictor, name: str, version: str, licence: str | None) -> Manifest:
    return Manifest(
        name=name,
        model_version=version,
        created=now(),
        tool=TOOL,
        task=predictor.task,
        classes=list(predictor.labels),
        model=packed.file,
        files=[],
        licence=licence or (packed.weights.licence if packed.weights else None),
        weights=packed.weights,
        backbone=packed.backbone,
        agreement=packed.agreement,
    )


def _as_file_name(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name).strip(". ")
    return plain if is_plain_name(f"{plain}.zip") else "package"

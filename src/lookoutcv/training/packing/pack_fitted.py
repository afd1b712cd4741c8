"""A network that has learnt becomes a package."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from typing import Any, cast

import pyarrow as pa
from pyarrow import parquet

from lookoutcv.clock import now
from lookoutcv.extras import need
from lookoutcv.images import Limits
from lookoutcv.measuring.measuring_settings import Options
from lookoutcv.models.cards.card import Card
from lookoutcv.models.cards.card_text import card_text
from lookoutcv.models.packages.manifest import (
    BASELINE,
    CARD,
    DATA_CHECK,
    EVALUATION,
    MODEL_CARD,
    RUN,
    SPLIT,
    WEIGHTS,
    Backbone,
    Manifest,
    SmallModel,
)
from lookoutcv.models.packages.package import Package
from lookoutcv.progress import begin_stage
from lookoutcv.results.data_check import DataCheck
from lookoutcv.results.training_run import TrainingRun
from lookoutcv.training.data.division import PARTS, Division, Part
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.packing.int8_model import BATCH, CALIBRATION_IMAGES, INT8, MEASURED_IMAGES, quantise
from lookoutcv.training.packing.model_readme import model_readme
from lookoutcv.training.packing.onnx_export import MOST_COMPARED, ONNX, export_onnx
from lookoutcv.training.packing.package_builder import PackageBuilder, building
from lookoutcv.training.packing.packed_baseline import baseline_for
from lookoutcv.training.packing.packed_evaluation import without_pictures
from lookoutcv.training.packing.sample_images import SampleImages, batches_of
from lookoutcv.version import TOOL

STATE_DICT, METADATA = "model.pth", "metadata.json"


@dataclass(frozen=True)
class Packing:
    """How a network is packed.

    Args:
        name: What it is called.
        version: Its version.
        data: What a person calls the images.
        int8: Pack a model of whole numbers too.
        state_dict: Pack `model.pth` and `metadata.json` too, for programs that want them.
        perturb: As of `baseline`.
        options: How the baseline is measured: `workers`, `cache`, `thumbnails`, `redact`, `max_pixels`, `max_bytes`.
        force: Replace a package that lies there.
    """

    name: str
    version: str = "1"
    data: str = ""
    int8: bool = False
    state_dict: bool = False
    perturb: bool = True
    options: Options | None = None
    force: bool = False


def pack_fitted(
    fitted: FittedModel,
    target: str | os.PathLike[str],
    division: Division,
    how: Packing,
    *,
    run: TrainingRun | None = None,
    check: DataCheck | None = None,
) -> Package:
    """Write a network as a package: weights, ONNX, card, model card, baseline, and what is known of its training.

    Args:
        fitted: What has learnt.
        target: A folder that is not there yet, or a file that ends in .zip.
        division: The images; the baseline is made on its test part, which chose nothing, and without one on the part
            that chose, which is said.
        how: Names and what else is wanted.
        run: The training, for run.json and the model card.
        check: What was seen in the data.
    Raises:
        MissingExtra: torch, onnx or safetensors is not installed.
        TrainingError: It cannot be exported, or the export gives other answers.
        OutputUnwritable: The target cannot be written.
    """
    options = cast(Options, {"workers": 1, **(how.options or {})})
    limits = Limits.of(options.get("max_pixels"), options.get("max_bytes"))
    card = card_of(fitted)
    notes = list(fitted.notes)
    with building(target, force=how.force) as builder:
        begin_stage(options.get("progress"), "Packing")
        every = division.test or division.validation or division.train
        compared = [one for _, some in batches_of(every, MOST_COMPARED, MOST_COMPARED, limits) for one in some]
        agreement = export_onnx(fitted.module, card, builder.path(ONNX), compared, _metadata(fitted, how))
        builder.write(CARD, card_text(card))
        _write_weights(builder, fitted)
        _write_split(builder, division)
        if how.state_dict:
            _write_state_dict(builder, fitted, card)
        int8 = _int8(builder, card, division, limits) if how.int8 else None
        called = f"{how.name} {how.version}".strip()
        samples = division.test or division.validation
        if not division.test and samples:
            notes.append(
                "No images were left that chose nothing: the baseline is made on those that chose when to stop, and "
                "the accuracy on them is somewhat too good."
            )
        if samples:
            made = baseline_for(
                SampleImages(how.data or how.name, samples),
                builder.path(ONNX),
                called,
                options,
                perturb=how.perturb,
                taught=True,
            )
            builder.path(BASELINE).write_bytes(made.to_bytes())
            notes += made.notes
        manifest = replace(
            _manifest(fitted, division, how, run), agreement=agreement, int8=int8, notes=list(dict.fromkeys(notes))
        )
        if run is not None and run.evaluation is not None and options.get("thumbnails") is False:
            run = replace(run, evaluation=without_pictures(run.evaluation))
        evaluation = None if run is None else run.evaluation
        for name, result in ((RUN, run), (DATA_CHECK, check), (EVALUATION, evaluation)):
            if result is not None:
                builder.write(name, json.dumps(result.to_dict(), indent=2, ensure_ascii=False) + "\n")
        builder.write(MODEL_CARD, model_readme(manifest, evaluation, run))
        return builder.finish(manifest)


def card_of(fitted: FittedModel) -> Card:
    """The card of a network that has learnt: its outputs are logits."""
    return Card("classification", fitted.classes, 0, fitted.input, {"name": "logits"})


def _manifest(fitted: FittedModel, division: Division, how: Packing, run: TrainingRun | None) -> Manifest:
    sums = [] if run is None else [part.sha256 for part in run.parts]
    return Manifest(
        name=how.name,
        model_version=how.version,
        created=now(),
        tool=TOOL,
        task="classification",
        classes=list(fitted.classes),
        model=ONNX,
        files=[],
        licence=fitted.weights.licence,
        weights=fitted.weights,
        backbone=Backbone("timm", fitted.backbone, sum(one.numel() for one in fitted.module.parameters())),
        data_sha256=hashlib.sha256("\n".join(sums).encode()).hexdigest() if sums else None,
        division=list(division.how),
    )


def _metadata(fitted: FittedModel, how: Packing) -> dict[str, str]:
    """What stands in the ONNX file itself, in the words of exporters."""
    names = dict(enumerate(fitted.classes))
    return {"names": repr(names), "description": f"{how.name} {how.version}", "author": TOOL}


def _write_weights(builder: PackageBuilder, fitted: FittedModel) -> None:
    safetensors: Any = need("safetensors.torch", "train")
    state = {name: tensor.detach().clone().contiguous() for name, tensor in fitted.module.state_dict().items()}
    safetensors.save_file(state, str(builder.path(WEIGHTS)), {"format": "pt"})


def _write_split(builder: PackageBuilder, division: Division) -> None:
    """Which image is in which part: whoever tests the model later can leave out what it was taught on."""
    parts = [(part, sample) for part in PARTS for sample in division.part(part)]
    table = pa.table(
        {
            "id": pa.array([_text(sample.id) for _, sample in parts], pa.string()),
            "label": pa.array([_text(sample.label) for _, sample in parts], pa.string()).dictionary_encode(),
            "part": pa.array([part for part, _ in parts], pa.string()).dictionary_encode(),
            # Of those that belong together, such as the frames of a film, one number.
            "group": pa.array([division.groups.get(sample.id) for _, sample in parts], pa.int64()),
        }
    )
    parquet.write_table(table, builder.path(SPLIT), compression="zstd")


def _text(name: str) -> str:
    """A name as a table holds it: half a letter, which other people's JSON may bring, is written out."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _write_state_dict(builder: PackageBuilder, fitted: FittedModel, card: Card) -> None:
    """What others load with `torch.load(..., weights_only=True)`; LookOutCV itself never reads it."""
    torch: Any = need("torch", "train")
    torch.save(fitted.module.state_dict(), str(builder.path(STATE_DICT)))
    values = {
        "backbone": fitted.backbone,
        "classes": list(fitted.classes),
        "input": {name: value for name, value in vars(card.input).items() if value is not None},
    }
    builder.write(METADATA, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def _int8(builder: PackageBuilder, card: Card, division: Division, limits: Limits) -> SmallModel:
    part: Part = "test" if division.test else "validation"
    return quantise(
        builder.path(ONNX),
        builder.path(INT8),
        card,
        batches_of(division.train, CALIBRATION_IMAGES, BATCH, limits),
        batches_of(division.part(part), MEASURED_IMAGES, BATCH, limits),
        part=part,
    )

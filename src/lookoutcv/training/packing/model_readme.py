"""README.md of a package: a model card as the Hugging Face hub reads it, and as people do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from lookoutcv.models.packages.manifest import Manifest
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.training_run import TrainingRun
from lookoutcv.scores.proportions import wilson_interval

# What the hub knows by these names; any other licence is "other" with its name.
_LICENCES = (
    *("apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0"),
    *("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "openrail", "isc", "unlicense"),
    *("other", "unknown"),
)
_PIPELINES = {
    "classification": "image-classification",
    "detection": "object-detection",
    "segmentation": "image-segmentation",
    "embedding": "image-feature-extraction",
}
_MOST_CLASSES = 200
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|!~&$"})


def model_readme(
    manifest: Manifest, evaluation: Evaluation | DetectionEvaluation | None = None, run: TrainingRun | None = None
) -> str:
    """The model card.

    Args:
        manifest: Of the package.
        evaluation: On images that chose nothing; None where there are no labels.
        run: That taught it; None where that is not known.
    """
    parts = [
        _front_matter(manifest, evaluation, run),
        f"# {_plain(manifest.name)}\n\n{_what_it_is(manifest)}",
        f"## How to use it\n\n{_use(manifest)}",
        f"## How good it is\n\n{_quality(evaluation)}",
        f"## What it was taught on\n\n{_data(manifest, run)}",
        f"## Limits\n\n{_limits(manifest, evaluation)}",
    ]
    return "\n\n".join(parts) + "\n"


def _front_matter(
    manifest: Manifest, evaluation: Evaluation | DetectionEvaluation | None, run: TrainingRun | None
) -> str:
    import yaml  # noqa: PLC0415 - only those who write one pay for it

    pipeline = _PIPELINES.get(manifest.task)
    values: dict[str, Any] = {**_licence(manifest.licence), "library_name": "lookoutcv"}
    if pipeline is not None:
        values["pipeline_tag"] = pipeline
    values["tags"] = [*([pipeline] if pipeline else []), "onnx", "lookoutcv"]
    if manifest.weights is not None and manifest.weights.kind == "hub" and manifest.weights.name:
        values["base_model"] = manifest.weights.name
    if (metrics := _metrics(evaluation)) and pipeline is not None:
        data = _one_line(_named(run.data) if run is not None else "images of its maker")
        values["metrics"] = [one["type"] for one in metrics]
        result = {
            "task": {"type": pipeline, "name": pipeline.replace("-", " ").capitalize()},
            "dataset": {"name": data, "type": "imagefolder"},
            "metrics": metrics,
        }
        values["model-index"] = [{"name": _one_line(manifest.name), "results": [result]}]
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{text}---"


def _licence(licence: str | None) -> dict[str, str]:
    if licence is None:
        return {"license": "unknown"}
    known = licence.strip().lower()
    return {"license": known} if known in _LICENCES else {"license": "other", "license_name": _one_line(licence)}


def _metrics(evaluation: Evaluation | DetectionEvaluation | None) -> list[dict[str, Any]]:
    if isinstance(evaluation, Evaluation):
        return [
            {"type": "accuracy", "name": "Accuracy", "value": round(evaluation.accuracy, 4)},
            {"type": "f1", "name": "Macro F1", "value": round(evaluation.macro_f1, 4)},
        ]
    if isinstance(evaluation, DetectionEvaluation):
        return [{"type": "map", "name": "COCO AP", "value": round(evaluation.map, 4)}]
    return []


def _what_it_is(manifest: Manifest) -> str:
    network = manifest.backbone
    of = (
        ""
        if network is None
        else f" It is {_plain(network.name)} of {network.library}: {network.parameters:,} numbers."
    )
    tells = {
        "classification": f"It tells {len(manifest.classes):,} classes of images apart.",
        "detection": f"It finds objects of {len(manifest.classes):,} classes in images.",
        "segmentation": f"It gives each pixel one of {len(manifest.classes):,} classes.",
        "embedding": "It makes numbers of images, near each other where the images are alike.",
    }
    return f"Version {_plain(manifest.model_version)}. {tells.get(manifest.task, '')}{of}"


def _use(manifest: Manifest) -> str:
    parts = [
        "    lookout predict PACKAGE IMAGES\n    lookout monitor TODAYS_IMAGES --model PACKAGE",
        f"`{manifest.model}` runs with any program for its format; `model.card.yaml` says how it wants its images and "
        "what its outputs mean.",
    ]
    if (small := manifest.int8) is not None:
        parts.append(small.sentence)
    return "\n\n".join(parts)


def _quality(evaluation: Evaluation | DetectionEvaluation | None) -> str:
    if isinstance(evaluation, Evaluation):
        right = round(evaluation.accuracy * evaluation.images)
        low, high = wilson_interval(right, evaluation.images)
        head = (
            f"Right on {_percent(evaluation.accuracy)} of {evaluation.images:,} images (95% interval {_percent(low)} "
            f"to {_percent(high)}), macro F1 {evaluation.macro_f1:.3f}."
        )
        rows = [
            (_plain(one.label), f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}", f"{one.support:,}")
            for one in evaluation.classes[:_MOST_CLASSES]
        ]
        return head + "\n\n" + _table(("class", "precision", "recall", "F1", "images"), rows)
    if isinstance(evaluation, DetectionEvaluation):
        return (
            f"COCO's average precision: {evaluation.map:.3f} (at an overlap of .5: {evaluation.map50:.3f}) on "
            f"{evaluation.images:,} images with {evaluation.objects:,} objects."
        )
    return "That was not measured: its maker had no labelled images at hand."


def _data(manifest: Manifest, run: TrainingRun | None) -> str:
    if run is None:
        return "Its package does not say."
    rows = [(part.name, f"{part.images:,}", f"{part.groups:,}") for part in run.parts]
    sentences = [_plain(_one_line(sentence)) for sentence in manifest.division]
    return "\n\n".join(
        [f"Images of {_plain(_named(run.data))}.", _table(("part", "images", "groups"), rows), *sentences]
    )


def _limits(manifest: Manifest, evaluation: Evaluation | DetectionEvaluation | None) -> str:
    said = []
    if manifest.task == "classification":
        said.append("It knows its classes only: an image of anything else gets one of them all the same.")
    if evaluation is not None:
        said.append(
            "The figures hold for images like those it was tested on; `lookout monitor` says whether today's are."
        )
    return "\n".join(f"- {sentence}" for sentence in [*said, *map(_plain, manifest.notes)]) or "None are known."


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _one_line(text: str) -> str:
    """A text from a file or a person, without what could end a line or turn its direction."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text).split())


def _plain(text: str) -> str:
    """A text that means nothing to Markdown but itself."""
    return _one_line(text).translate(_MARKS)


def _named(data: str) -> str:
    """What the images are called, without the folders that they lie in on their maker's machine."""
    return ", ".join(re.split(r"[/\\]", part.rstrip("/\\"))[-1] for part in data.split(", "))

"""The stages of a gate's pipeline and their parameters, as DVC's files have them."""

from __future__ import annotations

import json

# How a person, and a look at the file, knows where it comes from.
MADE_BY = "Made by `lookout gate init`"

_HEAD = f"""\
# {MADE_BY}. `dvc repro` runs what has to be run; `dvc dag` draws it.
# What is here is yours to change.
"""

_PARAMS = """\
# The gate's pipeline (dvc.yaml) runs again what depends on a number that changed here: dvc repro
data:
{photos}  # Drawn patterns, half of them blurred; or photographs, each with copies.
  count: {count}
  seed: 0
train:
  # threshold or composite; networks have a stage of their own.
  variant: threshold
  # The share of good images that may be refused; threshold does not use it, since there are blurred images, too.
  false_reject: 0.02
cnn:
  false_reject: 0.02
  epochs: 5
  batch_size: 16
  learning_rate: 0.001
  seed: 0
"""

_STAGES = """\
stages:
  cv-ingest:
    desc: New samples, dropped into data/incoming/sharp and data/incoming/blurred, are checked and kept for good.
    cmd: lookout gate add data/incoming -o data/labelled
    deps:
      - data/incoming
    outs:
      # What was added before stays, whatever becomes of data/incoming.
      - data/labelled:
          persist: true

  cv-prepare-data:
    desc: {desc}
    cmd:
      - lookout gate data -o data/samples{photos} --count ${{data.count}} --seed ${{data.seed}}
      - lookout gate add data/labelled -o data/samples
    deps:
{photo_deps}      - data/labelled
    params:
      - data
    outs:
      - data/samples

  cv-train:
    desc: A gate that needs no network.
    cmd: >-
      lookout gate fit data/samples -o models/gate --variant ${{train.variant}} --false-reject ${{train.false_reject}}
    deps:
      - data/samples
    params:
      - train
    outs:
      - models/gate/gate.json
      - models/gate/README.md
    metrics:
      - models/gate/metrics.json:
          cache: false

  cv-train-cnn:
    desc: A gate that is a small network; it needs lookoutcv[train].
    cmd: >-
      lookout gate fit data/samples -o models/cnn --variant cnn --false-reject ${{cnn.false_reject}}
      --epochs ${{cnn.epochs}} --batch-size ${{cnn.batch_size}} --learning-rate ${{cnn.learning_rate}}
      --seed ${{cnn.seed}}
    deps:
      - data/samples
    params:
      - cnn
    outs:
      - models/cnn/gate.json
      - models/cnn/gate.safetensors
      - models/cnn/cnn_model.pt
      - models/cnn/cnn_model.onnx
      - models/cnn/README.md
    metrics:
      - models/cnn/cnn_metrics.json:
          cache: false

plots:
  - epochs of the cnn:
      title: What the cnn learnt
      x: epoch
      y:
        models/cnn/cnn_metrics.json: [loss, accuracy]
"""


def stages_text(photos: str | None) -> str:
    """The text of `dvc.yaml`.

    Args:
        photos: A folder of sharp photographs, as seen from the project's; None for patterns.
    Example:
        >>> "data.photos" in stages_text("photos"), "data.photos" in stages_text(None)
        (True, False)
    """
    return _HEAD + _STAGES.format(
        desc="Sharp photographs and blurred copies of them." if photos else "Drawn patterns, sharp and blurred.",
        photos=' --from "${data.photos}"' if photos else "",
        photo_deps="      - ${data.photos}\n" if photos else "",
    )


def params_text(photos: str | None) -> str:
    """The text of `params.yaml`. The argument is that of `stages_text`.

    Example:
        >>> print(params_text("my photos").splitlines()[2].strip())
        photos: "my photos"
    """
    named = f"  photos: {json.dumps(photos, ensure_ascii=False)}\n" if photos else ""
    return _PARAMS.format(photos=named, count=200 if photos else 24)

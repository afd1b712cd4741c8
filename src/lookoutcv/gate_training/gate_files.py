"""What lies in a fitted gate's folder beside the gate: its figures for programs, and a card for people."""

from __future__ import annotations

import json
from typing import Any

from lookoutcv.gate.artifact import GateState
from lookoutcv.gate.save_gate import CARD_FILE
from lookoutcv.gate.variants.base import Learnt
from lookoutcv.results.gate_evaluation import GateEvaluation, GateShare

_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|!~&$"})


def metrics_file(variant: str) -> str:
    """What the figures are called: as older services had it, networks have a file of their own.

    Example:
        >>> metrics_file("threshold"), metrics_file("cnn")
        ('metrics.json', 'cnn_metrics.json')
    """
    return f"{variant}_metrics.json" if variant in ("cnn", "vit") else "metrics.json"


def more_files(state: GateState, learnt: Learnt, evaluation: GateEvaluation) -> dict[str, bytes]:
    """The files by name."""
    figures = json.dumps(flat_metrics(state, learnt, evaluation), indent=2, ensure_ascii=False) + "\n"
    return {
        metrics_file(state.variant): figures.encode(),
        CARD_FILE: gate_card(state, evaluation).encode(),
    }


def flat_metrics(state: GateState, learnt: Learnt, evaluation: GateEvaluation) -> dict[str, Any]:
    """The figures as names and numbers, as programs that compare runs read them."""
    sharp, blurred = evaluation.of_all(sharp=True), evaluation.of_all(sharp=False)
    return {
        "variant": state.variant,
        "threshold": state.cut.value,
        "accuracy": evaluation.accuracy,
        "auc": evaluation.auc,
        "answered": evaluation.answered,
        "false_reject": _missed(sharp),
        "false_accept": _missed(blurred),
        "sharp": evaluation.sharp,
        "blurred": evaluation.blurred,
        "seen": evaluation.seen,
        **({"epochs": [dict(one) for one in learnt.epochs]} if learnt.epochs else {}),
    }


def gate_card(state: GateState, evaluation: GateEvaluation) -> str:
    """A card in Markdown: what it is, what it was fitted on, how good it is, and what it is not for."""
    sharp, blurred = evaluation.of_all(sharp=True), evaluation.of_all(sharp=False)
    told = (
        "the images that it was fitted on, so they are too good"
        if evaluation.seen
        else "images that chose its cut alone"
    )
    lines = [
        f"# A gate: {state.variant}",
        "",
        "Says of an image whether it is sharp (1), blurred (0), or that this cannot be told, and whether it is fit.",
        "",
        f"- Fitted on {_plain(state.source)}: {state.sharp:,} sharp and {state.blurred:,} blurred images, "
        f"{state.created}, {state.tool}.",
        f"- Cut: a score of {state.cut.value:.4g}, chosen by {state.cut.chosen_by}. {state.cut.words}",
        *(f"- {_plain(note)}" for note in state.notes),
        "",
        "## How good it is",
        "",
        f"Figures are of {told}.",
        "",
        "| images | right | wrong | cannot tell |",
        "| --- | --- | --- | --- |",
        *(_row(name, share) for name, share in (("sharp", sharp), ("blurred", blurred)) if share is not None),
    ]
    if evaluation.auc is not None:
        ends = f"{evaluation.auc_low:.3f} to {evaluation.auc_high:.3f}"
        lines += ["", f"A sharp image scores higher than a blurred one in {evaluation.auc:.1%} (95% interval {ends})."]
    lines += [
        "",
        "## How to use it",
        "",
        "```python",
        'lo.Gate.load("THIS_FOLDER").check("IMAGE")',
        "```",
        "",
        "## Limits",
        "",
        "It was fitted on the images above. Of another camera, another lens or another light fit it anew.",
        "",
    ]
    return "\n".join(lines)


def _row(name: str, share: GateShare) -> str:
    return f"| {share.images:,} {name} | {share.right:,} | {share.told - share.right:,} | {share.untold:,} |"


def _missed(share: GateShare | None) -> float | None:
    return None if share is None or share.share is None else 1 - share.share


def _plain(text: str) -> str:
    return text.translate(_MARKS)

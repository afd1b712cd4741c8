"""A linear head on the fixed features of a pretrained backbone, put in the place of its classifier."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.models.backbones.backbone import Backbone
from lookoutcv.training.data.division import Pictures
from lookoutcv.training.fitting.features import features_of
from lookoutcv.training.fitting.fitted_model import FloatArray
from lookoutcv.training.fitting.linear_head import LinearHead, fit_head, fit_on_both
from lookoutcv.training.fitting.watcher import Watcher


def has_linear_head(module: Any) -> bool:
    """Whether a network ends in one linear layer on its features, as nearly all do."""
    import torch  # noqa: PLC0415

    return isinstance(module.get_classifier(), torch.nn.Linear)


def fit_head_of(
    backbone: Backbone,
    parts: tuple[Pictures, Pictures],
    watch: Watcher,
    *,
    cache: Path | None,
    device: Any,
    class_weights: FloatArray | None,
    on_both: bool,
) -> tuple[FloatArray, float]:
    """Fit a head on what the backbone sees, and put it in the place of its classifier.

    Args:
        backbone: Its module is on the device.
        parts: What teaches and what chooses.
        watch: Who looks on.
        cache: Where features are kept.
        device: Where the module is.
        class_weights: (classes,) or None.
        on_both: Whether the head that is put there learns from the part that chose, too.
    Returns:
        The probabilities of the part that chooses, by a head that did not learn from it; its loss on the part that
        teaches, in nats.
    """
    train, validation = parts
    total = len(train) + len(validation)

    def told(before: int) -> Callable[[int], None]:
        return lambda done: watch.progress("Features", before + done, total)

    seen = features_of(backbone, train, cache, device=device, done=told(0))
    seen_left_out = features_of(backbone, validation, cache, device=device, done=told(len(train)))
    classes = backbone.module.get_classifier().out_features
    head = fit_head(seen, train.labels, classes, (seen_left_out, validation.labels), class_weights=class_weights)
    seen_parts = (seen, train.labels), (seen_left_out, validation.labels)
    install(fit_on_both(head, *seen_parts, class_weights=class_weights) if on_both else head, backbone.module)
    taught = head.scores(seen)[np.arange(len(train)), train.labels]
    return head.scores(seen_left_out), float(-np.log(np.maximum(taught, 1e-12)).mean())


def install(head: LinearHead, module: Any) -> None:
    """Put a head in the place of a network's classifier."""
    import torch  # noqa: PLC0415

    layer = module.get_classifier()
    with torch.no_grad():
        layer.weight.copy_(torch.as_tensor(head.weight, dtype=torch.float32))
        layer.bias.copy_(torch.as_tensor(head.bias, dtype=torch.float32))


def clear(module: Any) -> None:
    """Make a network's classifier one that knows nothing: it finds all classes equally likely.

    A head that was fitted to its end explains the pictures that teach, and leaves the layers before it nothing to
    learn; its largest weights lie on features that hardly vary, and there the first steps do harm.
    """
    import torch  # noqa: PLC0415

    layer = module.get_classifier()
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()

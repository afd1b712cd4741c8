"""How good the best network is on images that chose nothing, class by class, with what it gets wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from lookoutcv.inference.evaluate import evaluate
from lookoutcv.models import open_model
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.training.data.division import Sample
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.packing.pack_fitted import card_of
from lookoutcv.training.packing.sample_images import SampleImages
from lookoutcv.training.request import Request


def evaluate_best(
    fitted: FittedModel, samples: tuple[Sample, ...], name: str, request: Request, onlooker: Onlooker
) -> Evaluation | None:
    """The evaluation of a network, its images read and framed as in a service.

    Args:
        fitted: The network.
        samples: That chose nothing.
        name: What the model is called.
        request: What was asked for.
        onlooker: Who is told.
    Returns:
        None where there is no image.
    """
    if not samples:
        return None
    found = evaluate(
        open_model(_asked(fitted), card_of(fitted)),
        SampleImages(request.data_name, samples),
        max_pixels=request.max_pixels,
        max_bytes=request.max_bytes,
        progress=onlooker.counting("Testing the best"),
        thumbnails=request.thumbnails,
    )
    return replace(cast(Evaluation, found), model=name, sha256=None)


def _asked(fitted: FittedModel) -> Any:
    import torch  # noqa: PLC0415

    def network(batch: Any) -> Any:
        with torch.inference_mode():
            return fitted.module(torch.from_numpy(batch)).numpy()

    return network

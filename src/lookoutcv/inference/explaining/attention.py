"""Where a model looks, as numbers of each image: a measurer, so that records, baselines and the log hold them."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError, ExplanationError
from lookoutcv.explanation.drawing.heatmap import Explanation, Heatmap
from lookoutcv.explanation.drawing.overlay import overlay
from lookoutcv.explanation.focus import mass_in_box, mass_on_border, spread
from lookoutcv.explanation.methods.base import registry
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.models import CardLike, Predictor
from lookoutcv.models.explain_image import AUTO, shown
from lookoutcv.models.explained_subjects import NOT_IN_THIS_IMAGE
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Detections, Prediction
from lookoutcv.records.measurer import MeasuredColumn, MeasuredPicture, Measurer, PictureMaker, Pixels, Value

Box = tuple[float, float, float, float]
# Every so manieth pixel tells images apart.
_STEP = 16
_TITLE = "Where the model looks"
_LEGEND = (
    "Yellow places count most for the class under the picture, dark blue ones least; what is dark was cut off before "
    "the model saw it."
)


@only_known_keywords()
def attention(
    model: str | os.PathLike[str] | Callable[..., Any] | Predictor,
    *,
    explain_share: float = 1.0,
    box: Box | None = None,
    method: str = AUTO,
    layer: str | None = None,
    layout: str | None = None,
    samples: int | None = None,
    card: CardLike = None,
    device: str = "cpu",
    trust: bool = False,
) -> Measurer:
    """A measurer of where a model looks: with it `baseline`, `monitor` and a logger see when that changes.

    Columns: `attention.spread`, from 0, all in one place, to 1, the same everywhere; `attention.border`, the share in
    the outer tenth of what the model sees, .36 of an even map; and with a box, or of a detector, `attention.inside`,
    the share inside the box, or inside the box of the surest object. An image that was not chosen, or for which there
    is no map, has none of them.

    Where they moved, the report shows the images of the window whose attention is most unlike the baseline's, with the
    map over them, beside typical ones of the baseline.

    Args:
        model: What `open_model` takes, or what it gave; one that is open already stays in this process.
        explain_share: Explain this share of the images, 0 to 1, chosen by what they hold: the same ones each time. A
            map costs a pass or two of a network, and some 200 inferences of a model of which only answers are known.
        box: Left, top, right and bottom of where the model should look, as shares of width and height, 0 to 1.
        method, layer, layout, samples: As for `explain`.
        card, device, trust: As for `open_model`.
    Raises:
        ModelError: The model or its card cannot be used.
        ConfigError: The share or the box is out of range.
        UnknownPlugin: There is no such method.
    Example:
        >>> import numpy as np
        >>> import lookoutcv as lo
        >>> def bright_left(pixels):
        ...     share = pixels[:, :16].mean() / 255
        ...     return [share, 1 - share]
        >>> where = lo.attention(bright_left, box=(0, 0, 0.5, 1), card={"labels": ["left", "right"]})
        >>> picture = np.zeros((32, 32, 3), np.uint8)
        >>> picture[8:24, 2:12] = 255
        >>> found = lo.measure([picture], metrics=[], measurers=[where]).table
        >>> found["attention.inside"][0].as_py() > 0.9
        True
    """
    if not 0 <= explain_share <= 1:
        raise ConfigError(
            f"{option('explain_share')} is {explain_share}",
            f"Give {option('explain_share')} from 0 to 1.",
            key="explain_share",
        )
    if box is not None and not (len(box) == 4 and 0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1):
        raise ConfigError(
            f"{option('box')} is {box!r}", "Give left, top, right and bottom as shares of 0 to 1.", key="box"
        )
    if method != AUTO:
        registry.get(method)
    source = ModelSource(model, card, device, trust=trust)
    columns = [MeasuredColumn("attention.spread", unit="1"), MeasuredColumn("attention.border", unit="1")]
    if box is not None or source.predictor.task == "detection":
        columns.append(MeasuredColumn("attention.inside", unit="1"))
    how = {"method": method, "layer": layer, "layout": layout, "samples": samples}
    where = _Attention(source, explain_share, box, how)
    return Measurer("attention", tuple(columns), where, PictureMaker(_TITLE, _LEGEND, where.picture))


@dataclass(frozen=True, eq=False)
class _Attention:
    """What measures. It travels to other processes, where the model is opened again."""

    source: ModelSource
    share: float
    box: Box | None
    how: Mapping[str, Any]

    def __call__(self, view: ImageView, prediction: Prediction | None) -> Mapping[str, Value]:
        if _chance(view.pixels) >= self.share:
            return {}
        found = self._explained(view.pixels)
        if found is None:
            return {}
        heatmap = found.heatmap
        values = heatmap.attribution.values
        measured = {"attention.spread": spread(values), "attention.border": mass_on_border(values)}
        box = self._box(found.prediction, heatmap, found.size)
        if box is not None:
            measured["attention.inside"] = mass_in_box(np.nan_to_num(heatmap.values), box)
        return measured

    def picture(self, view: ImageView, covered: Pixels) -> MeasuredPicture | None:
        """The map over the image as it may be shown, with the class and its score."""
        found = self._explained(view.pixels)
        if found is None:
            return None
        score = "" if np.isnan(found.heatmap.score) else f", score {found.heatmap.score:.2f}"
        return MeasuredPicture(overlay(shown(covered), found.heatmap), f"{found.heatmap.label}{score}")

    def _explained(self, pixels: Pixels) -> Explanation | None:
        """Where the model looks for its first answer; None where there is no map."""
        try:
            (found,) = self.source.predictor.explain(pixels, **self.how)
        except ExplanationError as error:
            if error.reason in NOT_IN_THIS_IMAGE:
                return None
            raise
        return found if found.heatmap.usable else None

    def _box(self, prediction: Prediction, heatmap: Heatmap, size: tuple[int, int]) -> Box | None:
        if self.box is not None or not isinstance(prediction, Detections):
            return self.box
        left, top, right, bottom = (float(side) for side in prediction.boxes[heatmap.number])
        return left / size[1], top / size[0], right / size[1], bottom / size[0]


def _chance(pixels: Any) -> float:
    """From 0 to under 1, by what the image holds."""
    return zlib.crc32(np.ascontiguousarray(pixels[::_STEP, ::_STEP]).tobytes()) / 2**32

"""A confusion matrix as a picture, which MLflow shows beside the run."""

from __future__ import annotations

import json
from collections.abc import Sequence

# More names than this cannot be read on one picture; the JSON beside it holds them all.
MOST_CLASSES = 50
_CELL_PX = 26


def confusion_png(labels: Sequence[str], matrix: Sequence[Sequence[int]]) -> bytes:
    """A PNG: a row a label, a column a prediction, darker for a larger share of the label's images.

    Args:
        labels: At most `MOST_CLASSES` names, which occur once each.
        matrix: Images.
    Example:
        >>> confusion_png(["cat", "dog"], [[3, 1], [0, 2]])[:4]
        b'\\x89PNG'
    """
    import vl_convert  # noqa: PLC0415 - it takes a second, and only a run in MLflow draws this

    cells = [
        {"label": labels[row], "predicted": labels[column], "images": images, "share": images / max(sum(counts), 1)}
        for row, counts in enumerate(matrix)
        for column, images in enumerate(counts)
    ]
    axes = {
        "x": {"field": "predicted", "type": "nominal", "sort": list(labels), "title": "predicted"},
        "y": {"field": "label", "type": "nominal", "sort": list(labels), "title": "label"},
    }
    colour = {"field": "share", "type": "quantitative", "scale": {"scheme": "blues", "domain": [0, 1]}}
    ink = {"condition": {"test": "datum.share > 0.5", "value": "white"}, "value": "black"}
    layers = [
        {"mark": "rect", "encoding": {"color": {**colour, "title": "share of the label"}}},
        {
            "transform": [{"filter": "datum.images > 0"}],
            "mark": {"type": "text", "fontSize": 9},
            "encoding": {"text": {"field": "images", "type": "quantitative"}, "color": ink},
        },
    ]
    chart = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "data": {"values": cells},
        "width": {"step": _CELL_PX},
        "height": {"step": _CELL_PX},
        "encoding": axes,
        "layer": layers,
    }
    # No address in it is followed.
    return bytes(vl_convert.vegalite_to_png(json.dumps(chart), scale=2, allowed_base_urls=[]))

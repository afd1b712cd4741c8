"""What MLflow calls to load a model that was trained here, and to ask it: by the name of this module in its MLmodel.

Images come as the bytes of their files and are decoded by the reader that training and monitoring use: the same pixels
in all three.
"""

from __future__ import annotations

from typing import Any

from lookoutcv.errors import ImageError, ModelError
from lookoutcv.extras import need
from lookoutcv.images import read
from lookoutcv.models import Predictor, open_model
from lookoutcv.predictions import Classification
from lookoutcv.tracking.saved_model import CONFIDENCE, IMAGE, PREDICTED, SCORES


class ServedModel:
    """A classifier as MLflow wants it.

    Args:
        predictor: An opened one.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """A prediction a row.

        Args:
            model_input: A data frame with a column "image": the bytes of a file each.
            params: MLflow hands them over; there are none.
        Returns:
            A data frame with "predicted", "confidence" (0 to 1) and "scores" (in the order of the classes).
        Raises:
            ImageError: One cannot be read; the error names its row.
        """
        pandas = need("pandas", "mlflow")
        images = [_pixels(row, data) for row, data in enumerate(model_input[IMAGE])]
        predictions = self._predictor.predict(images) if images else []
        rows = [
            (one.label, float(one.confidence), [] if one.scores is None else [float(score) for score in one.scores])
            for one in predictions
            if isinstance(one, Classification)
        ]
        return pandas.DataFrame(rows, columns=[PREDICTED, CONFIDENCE, SCORES])


def _pixels(row: int, data: bytes) -> Any:
    try:
        return read(bytes(data)).pixels
    except ImageError as error:
        raise error.about(f"row {row}") from None


def _load_pyfunc(data_path: str) -> ServedModel:
    """Open the package that MLflow kept.

    Raises:
        ModelError: It cannot be opened, or it is no classifier.
    """
    predictor = open_model(data_path)
    if predictor.task != "classification":
        raise ModelError(
            f"MLflow is given classifiers, and this is a model for {predictor.task}",
            "Ask it with `lookout predict`.",
        )
    return ServedModel(predictor)

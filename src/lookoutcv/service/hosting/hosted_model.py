"""A model that is ready to answer, with the logger of its predictions."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from lookoutcv.errors import ConfigError, LookoutError
from lookoutcv.log.writing.logger import PredictionLogger
from lookoutcv.log.writing.loggers import ClassificationLogger, DetectionLogger, SegmentationLogger
from lookoutcv.models import Predictor, open_model
from lookoutcv.models.packages.manifest import EVALUATION
from lookoutcv.models.packages.package import Package, package_at
from lookoutcv.predictions import Prediction
from lookoutcv.records.measurer import Measurer
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.service.plan import ModelPlan, ServicePlan

_LOGGERS: dict[str, type[PredictionLogger]] = {
    "classification": ClassificationLogger,
    "detection": DetectionLogger,
    "segmentation": SegmentationLogger,
}


class HostedModel:
    """One model.

    Args:
        plan: Which.
        service: What the service does.
        threads: How many threads an inference may use.
    Raises:
        ModelError, FileFormatError, ConfigError: It cannot be opened.
    """

    def __init__(self, plan: ModelPlan, service: ServicePlan, threads: int) -> None:
        self.name, self.place, self.shadow = plan.name, plan.place, plan.shadow
        package = _package(plan.place)
        self.predictor: Predictor = open_model(plan.place, device=service.device, threads=threads, trust=service.trust)
        self.version = package.manifest.model_version if package is not None else ""
        self.accuracy = None if package is None else _accuracy(package)
        self.task, self.labels = self.predictor.task, self.predictor.labels
        self._logger: PredictionLogger | None = None

    @property
    def identity(self) -> str:
        """By what two loadings are known for the same model."""
        return f"{self.version} {self.predictor.sha256 or ''}".strip()

    @property
    def described(self) -> dict[str, Any]:
        """What answers say of it."""
        return {
            "name": self.name,
            "version": self.version or None,
            "sha256": self.predictor.sha256,
            "task": self.task,
            "accuracy": self.accuracy,
        }

    def open_log(self, place: str, measurers: tuple[Measurer, ...]) -> None:
        """Log what it predicts from now on.

        Raises:
            ConfigError: Its predictions have no form there.
        """
        kind = _LOGGERS.get(self.task)
        if kind is None:
            raise ConfigError(
                f"{self.name} gives a {self.task}, which the log does not hold", "Serve it without a log.", key="log"
            )
        self._logger = kind(
            self.name,
            model_version=self.version or None,
            labels=list(self.labels),
            measurers=measurers,
            directory=place,
        )

    def predict(self, pixels: Any) -> Prediction:
        """What it says of an image.

        Raises:
            ModelError: It fails.
        """
        answer = self.predictor.predict_each([pixels])[0]
        if isinstance(answer, LookoutError):
            raise answer
        return answer

    def log(self, prediction: Prediction | None, image: Any, id: str, **details: Any) -> bool:
        """Hand a prediction to the log; whether it was taken. Without a log it is not."""
        if self._logger is None:
            return False
        if prediction is None:
            return bool(self._logger.log_prediction(image=image, image_name=id, **details))  # type: ignore[attr-defined]
        return self._logger.log(prediction, image, id, **details)

    @property
    def log_stats(self) -> Any:
        """What became of the calls of its log; None without one."""
        return None if self._logger is None else self._logger.stats()

    def close(self, seconds: float) -> None:
        """Bring its log to the table, and let the model go."""
        if self._logger is not None:
            self._logger.close(seconds)


def _package(place: str) -> Package | None:
    with suppress(OSError, ValueError):
        return package_at(place)
    return None


def _accuracy(package: Package) -> float | None:
    """As its evaluation says; None where it says nothing."""
    with suppress(LookoutError, ValueError):
        return Evaluation.from_dict(json.loads(package.read(EVALUATION)), package.name).accuracy
    return None

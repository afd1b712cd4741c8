"""What becomes of an image: read, judged, predicted, logged, answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import LookoutError
from lookoutcv.gate.opinions import first_objection, verdict_values
from lookoutcv.images import Image, Limits, read
from lookoutcv.pixels.view import Facts, ImageView
from lookoutcv.results.gate_verdict import GateVerdict
from lookoutcv.results.json_values import to_values
from lookoutcv.service.hosting.answer_forms import answer_form, number
from lookoutcv.service.hosting.hosted_model import HostedModel
from lookoutcv.service.hosting.shelf import Loaded
from lookoutcv.service.plan import ServicePlan
from lookoutcv.service.problems import Problem
from lookoutcv.service.telemetry.instruments import Instruments

_log = logging.getLogger("lookoutcv.service")


@dataclass(frozen=True)
class Asked:
    """An image and what is asked about it.

    Args:
        data: Of the file.
        id: Of the record.
        name: What the client calls it; None where it does not say.
        model: By name; None for the first.
        top: How many classes are named; None for what the service was told.
        mask: Also the class of each pixel.
        camera: Whose image it is; None where that is not said.
        request_id: Of the request.
    """

    data: bytes
    id: str
    name: str | None = None
    model: str | None = None
    top: int | None = None
    mask: bool = False
    camera: str | None = None
    request_id: str | None = None


class Answers:
    """What a service says of images. Called by several threads.

    Args:
        plan: What it does.
        instruments: What is counted.
    """

    def __init__(self, plan: ServicePlan, instruments: Instruments) -> None:
        self._plan, self._instruments = plan, instruments
        self._limits = Limits.of(plan.max_pixels, plan.max_body_bytes)

    def judge(self, loaded: Loaded, asked: Asked) -> dict[str, Any]:
        """The gate's verdict.

        Raises:
            Problem: There is no gate.
        """
        if loaded.gate is None:
            raise Problem(404, "This service has no gate.", "no-gate")
        verdict = loaded.gate.check(asked.data, camera=asked.camera, id=asked.id, limits=self._limits)
        self._instruments.judged(verdict.verdict, first_objection(verdict))
        return verdict_form(verdict)

    def predict(self, loaded: Loaded, asked: Asked) -> dict[str, Any]:
        """A model's prediction, with the gate's verdict.

        Raises:
            ImageError: It cannot be read.
            ModelError: The model fails.
            Problem: The gate refuses it, or there is no such model.
        """
        model = loaded.model(asked.model)
        began = time.perf_counter()
        image = read(asked.data, limits=self._limits)
        verdict = self._verdict(loaded, asked, image)
        measured = None if verdict is None else verdict_values(verdict)
        if verdict is not None and verdict.verdict == "unfit" and self._plan.on_reject == "refuse":
            for one in (model, *loaded.shadows):
                one.log(None, image, asked.id, tags=_tags(asked), measured=measured, flagged=True)
            raise Problem(
                422,
                f"The gate refuses the image: {'; '.join(verdict.reasons)}.",
                "unfit-image",
                id=asked.id,
                gate=verdict_form(verdict),
            )
        ready = time.perf_counter()
        prediction = model.predict(image.pixels)
        self._instruments.predicted(model.name, time.perf_counter() - ready, ready - began)
        unfit = verdict is not None and verdict.verdict == "unfit"
        logged = model.log(prediction, image, asked.id, tags=_tags(asked), measured=measured, flagged=unfit)
        self._ask_shadows(loaded, asked, image, measured)
        answer: dict[str, Any] = {
            "id": asked.id,
            "model": model.described,
            **answer_form(
                prediction,
                model.labels,
                self._plan.top if asked.top is None else asked.top,
                self._plan.thresholds,
                mask=asked.mask,
            ),
            "width_px": image.width,
            "height_px": image.height,
            "logged": logged,
        }
        if verdict is not None:
            answer["gate"] = verdict_form(verdict)
        return answer

    def _verdict(self, loaded: Loaded, asked: Asked, image: Image) -> GateVerdict | None:
        if loaded.gate is None:
            return None
        view = ImageView(image.pixels, Facts(image.stored_bytes, image.exif_orientation))
        verdict = loaded.gate.judge(view, asked.id, asked.camera)
        self._instruments.judged(verdict.verdict, first_objection(verdict))
        return verdict

    def _ask_shadows(self, loaded: Loaded, asked: Asked, image: Image, measured: Mapping[str, Any] | None) -> None:
        for shadow in loaded.shadows:
            self._ask_shadow(shadow, asked, image, measured)

    def _ask_shadow(self, shadow: HostedModel, asked: Asked, image: Image, measured: Mapping[str, Any] | None) -> None:
        """A shadow that fails costs no answer."""
        try:
            began = time.perf_counter()
            prediction = shadow.predict(image.pixels)
            self._instruments.predicted(shadow.name, time.perf_counter() - began, None)
        except LookoutError as error:
            _log.warning("the shadow %s failed: %s", shadow.name, error)
            self._instruments.shadow_failed(shadow.name)
            return
        shadow.log(prediction, image, asked.id, tags=_tags(asked), measured=measured)


def verdict_form(verdict: GateVerdict) -> dict[str, Any]:
    """A verdict as answers hold it."""
    form: dict[str, Any] = to_values(verdict)
    for key in ("id", "opinions", "abstained"):
        form.pop(key, None)
    for key in ("score", "confidence"):
        form[key] = None if form[key] is None else number(form[key])
    return form


def _tags(asked: Asked) -> dict[str, str] | None:
    tags = {"file": asked.name, "camera": asked.camera}
    return {key: value for key, value in tags.items() if value} or None

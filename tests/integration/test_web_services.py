"""The services of the cook book, each asked through its framework's own client: every answer is in the log."""

from __future__ import annotations

import importlib
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```py\n# (\w+)\.py\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Load = Callable[[str], ModuleType]


def picture(level: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((24, 32, 3), level, np.uint8)).save(out, "png")
    return out.getvalue()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Imports a service of the page, as its user would, in an empty folder."""
    page = (ROOT / "docs" / "cook-book.md").read_text(encoding="utf-8")
    services = dict(FENCE.findall(page))
    for name, body in services.items():
        (tmp_path / f"{name}.py").write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded: list[ModuleType] = []

    def imported(name: str) -> ModuleType:
        loaded.append(importlib.import_module(name))
        return loaded[-1]

    yield imported
    for module in loaded:
        module.log.close()
    for name in services:
        sys.modules.pop(name, None)


def logged(module: ModuleType) -> list[dict[str, Any]]:
    """The rows, once the logger has brought them to the table; images measured."""
    module.log.close()
    frame = pl.read_delta("lookout_cv_logs").sort("prediction")
    return frame.select("model", "prediction", "confidence", "exposure.brightness").to_dicts()


def is_right(rows: list[dict[str, Any]]) -> bool:
    assert [(row["model"], row["prediction"]) for row in rows] == [("light", "day"), ("light", "night")]
    assert [round(row["exposure.brightness"], 2) for row in rows] == [0.86, 0.04]
    return all(row["confidence"] > 0.8 for row in rows)


def test_fastapi(load: Load) -> None:
    pytest.importorskip("fastapi", reason="the package fastapi is not installed")
    testing = pytest.importorskip("fastapi.testclient", reason="the package httpx is not installed")
    service = load("fast_service")
    with testing.TestClient(service.app) as client:
        answers = [client.post("/predict", content=picture(level)).json()["label"] for level in (220, 10)]
    assert answers == ["day", "night"]
    assert is_right(logged(service))


def test_flask(load: Load) -> None:
    pytest.importorskip("flask", reason="the package flask is not installed")
    pytest.importorskip("fastapi", reason="the package fastapi is not installed")
    load("fast_service")
    service = load("flask_service")
    client = service.app.test_client()
    answers = [client.post("/predict?name=a", data=picture(level)).get_json()["label"] for level in (220, 10)]
    assert answers == ["day", "night"]
    assert is_right(logged(service))


def test_django(load: Load) -> None:
    django = pytest.importorskip("django", reason="the package django is not installed")
    pytest.importorskip("fastapi", reason="the package fastapi is not installed")
    from django.conf import settings

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["testserver"], DEFAULT_CHARSET="utf-8")
        django.setup()
    from django.test import RequestFactory

    load("fast_service")
    views = load("django_views")
    requests = [
        RequestFactory().post("/predict?name=a", picture(level), content_type="image/png") for level in (220, 10)
    ]
    assert [views.answer(request).status_code for request in requests] == [200, 200]
    assert is_right(logged(views))

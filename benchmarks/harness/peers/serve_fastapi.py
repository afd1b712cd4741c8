"""A FastAPI endpoint as people write it first: `uvicorn serve_fastapi:app`, with the model's path in MODEL."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from harness.bare_answers import BareClassifier

app = FastAPI()
_classify = BareClassifier(os.environ["MODEL"])


@app.get("/health")
async def health() -> dict[str, str]:
    """It lives."""
    return {"status": "alive"}


@app.post("/predict")
async def predict(request: Request) -> dict[str, Any]:
    """The best class of the JPEG that is the body."""
    return await run_in_threadpool(_classify, await request.body())

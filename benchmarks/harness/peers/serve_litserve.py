"""LitServe with the same model: `python serve_litserve.py MODEL PORT WORKERS`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import litserve
from fastapi import Request

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from harness.bare_answers import BareClassifier


class Classifier(litserve.LitAPI):
    """The best class of a JPEG in a form's `file`."""

    def setup(self, device: str) -> None:
        """Open the model."""
        self.classify = BareClassifier(sys.argv[1])

    def decode_request(self, request: Any) -> bytes:
        """The bytes."""
        data: bytes = request["file"].file.read()
        return data

    def predict(self, data: bytes) -> dict[str, Any]:
        """The answer."""
        return self.classify(data)

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """As it is."""
        return output


if __name__ == "__main__":
    assert Request
    server = litserve.LitServer(Classifier(), accelerator="cpu", workers_per_device=int(sys.argv[3]))
    server.run(port=int(sys.argv[2]), num_api_servers=int(sys.argv[3]), generate_client_file=False, log_level="error")

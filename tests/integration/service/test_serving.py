"""A service as its users meet it: a real one, asked over loopback."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.demo.photographs import views
from served import Served, command, served
from tiny_packages import hand_packed


def png(pixels: Any) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def blank(*colour: int) -> bytes:
    """A picture of one colour."""
    return png(np.full((96, 96, 3), colour, np.uint8))


def reddish() -> bytes:
    """A sharp photograph, of which most is red."""
    pixels = next(views(1, seed=3))[1].copy()
    pixels[..., 1:] //= 2
    return png(pixels)


RED = reddish()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("service")
    hand_packed(folder / "colours")
    return folder


@pytest.fixture(scope="module")
def service(place: Path) -> Iterator[Served]:
    words = ("colours", "--gate", "composite", "--on-reject", "tag", "--log", "log", "--workers", 2)
    with served(*words, "--shadow", "next=colours", "--threshold", "red=1.0", cwd=place) as running:
        yield running


def test_all_forms_of_a_request_get_the_same_answer(service: Served, place: Path) -> None:
    encoded = base64.b64encode(RED).decode()
    answers = [
        service.post("/predict", content=RED, headers={"content-type": "image/png"}),
        service.post("/predict", content=RED),
        service.post("/api/v1/predict", files={"file": ("red.png", RED)}),
        service.post("/predict", json={"image": encoded, "name": "red.png"}),
        service.post("/predict", json={"image": f"data:image/png;base64,{encoded}"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * 5
    told = [answer.json() for answer in answers]
    ids = [one.pop("id") for one in told]
    assert len(set(ids)) == 5
    assert told == [told[0]] * 5
    expected = lo.open_model(place / "colours").predict(lo.read(RED).pixels)[0]
    assert told[0]["label"] == expected.label
    assert told[0]["confidence"] == pytest.approx(expected.confidence, abs=1e-5)
    assert [one["label"] for one in told[0]["top"]] == [label for label, _ in expected.top(3, ["red", "green", "blue"])]
    assert told[0]["model"]["name"] == "colours"
    assert told[0]["gate"]["verdict"] == lo.Gate.load().check(RED).verdict
    assert told[0]["logged"] is True


def test_what_is_asked_in_the_query(service: Served) -> None:
    answer = service.post("/predict?top=1&id=mine&camera=north", content=RED).json()
    assert answer["id"] == "mine"
    assert len(answer["top"]) == 1


def test_an_answer_below_its_threshold_is_not_accepted(service: Served) -> None:
    answer = service.post("/predict", content=RED).json()
    assert (answer["label"], answer["accepted"], answer["threshold"]) == ("red", answer["confidence"] >= 1, 1.0)
    assert "accepted" not in service.post("/predict", content=blank(20, 20, 220)).json()


@pytest.mark.parametrize(
    ("path", "request_", "status", "kind"),
    [
        ("/predict", {"content": b""}, 422, "no-image"),
        ("/predict", {"content": b"no image"}, 422, "unsupported-image"),
        ("/predict", {"content": RED[:200]}, 422, "unreadable-image"),
        ("/predict", {"json": {"picture": "x"}}, 422, "no-image"),
        ("/predict", {"json": {"image": "?"}}, 422, "bad-base64"),
        ("/predict", {"json": {"image": "YQ==", "model": "x"}}, 422, "unknown-field"),
        ("/predict", {"content": b"{", "headers": {"content-type": "application/json"}}, 400, "bad-json"),
        ("/predict", {"files": {"a": b"x", "b": b"y"}}, 422, "no-image"),
        ("/predict", {"files": {"file": RED}, "data": {"top": "3"}}, 422, "unknown-field"),
        ("/predict", {"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, "bad-form"),
        ("/predict", {"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "no-image"),
        ("/predict?tpo=2", {"content": RED}, 422, "unknown-query"),
        ("/predict?top=0", {"content": RED}, 422, "bad-query"),
        ("/predict?top=1&top=2", {"content": RED}, 422, "bad-query"),
        ("/predict?mask=perhaps", {"content": RED}, 422, "bad-query"),
        ("/predict?model=colour", {"content": RED}, 404, "unknown-model"),
        ("/predict?model=next", {"content": RED}, 404, "unknown-model"),
        ("/predict", {"content": bytes(21 << 20)}, 413, "too-large"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    path: str, request_: dict[str, Any], status: int, kind: str, service: Served
) -> None:
    answer = service.post(path, **request_)
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (answer.status_code, told["status"], told["type"]) == (status, status, f"urn:lookoutcv:problem:{kind}")
    assert told["detail"][-1] in ".?"
    assert "Traceback" not in answer.text


def test_every_answer_has_its_id_and_is_told_not_to_be_guessed_at(service: Served) -> None:
    for answer in (service.get("/health"), service.get("/nowhere"), service.post("/predict", content=b"x")):
        assert len(answer.headers["x-request-id"]) == 16
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert service.get("/health", headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert service.get("/health", headers={"x-request-id": "<b>"}).headers["x-request-id"] != "<b>"


def test_the_gate_alone(service: Served) -> None:
    told = service.post("/predict_image", content=RED).json()
    expected = lo.Gate.load().check(RED)
    assert (told["label"], told["label_name"]) == (expected.label, expected.label_name)
    assert told["score"] == pytest.approx(expected.score, abs=1e-5)
    assert told["confidence"] == pytest.approx(expected.confidence, abs=1e-5)


def test_what_the_model_looked_at_is_a_picture(service: Served, place: Path) -> None:
    answer = service.post("/explain?class=red&method=occlusion", content=RED)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    expected = lo.open_model(place / "colours").explain(lo.read(RED).pixels, classes="red", method="occlusion")[0]
    shown = Image.open(BytesIO(answer.content))
    assert shown.size == expected.pixels.shape[1::-1]
    assert answer.headers["x-explained-class"] == "red"
    assert float(answer.headers["x-explained-score"]) == pytest.approx(expected.heatmap.score, abs=1e-4)
    alone = service.post("/explain?class=red&method=occlusion&form=heatmap", content=RED)
    grey = np.asarray(Image.open(BytesIO(alone.content)), np.float32) / 255
    np.testing.assert_allclose(grey, np.nan_to_num(expected.heatmap.values), atol=0.003)
    wrong = service.post("/explain?class=rad&method=occlusion", content=RED)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:lookoutcv:problem:explanation-error")
    assert service.post("/explain?method=magic", content=RED).status_code == 422
    assert service.post("/explain?form=gif", content=RED).status_code == 422


def test_what_was_predicted_is_counted_over_all_processes(service: Served) -> None:
    def count(name: str) -> float:
        lines = service.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    before = count('cv_predictions_total{model="colours"}')
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: service.post("/predict", content=RED), range(12)))
    assert count('cv_predictions_total{model="colours"}') == before + 12
    assert count("lookout_workers ") == 2
    assert count("lookout_gate_verdicts_total") >= 12


def test_every_prediction_is_in_the_log_with_verdict_and_shadow(tmp_path: Path) -> None:
    hand_packed(tmp_path / "colours")
    words = ("colours", "--shadow", "next=colours", "--gate", "composite", "--log", "log", "--workers", 2)
    with served(*words, cwd=tmp_path) as running:
        ids = [running.post("/predict", files={"file": ("a.png", RED)}).json()["id"] for _ in range(8)]
        refused = running.post("/predict?id=blank&camera=north", content=blank(40, 40, 40))
        assert running.stop() == 0
    assert (refused.status_code, refused.json()["gate"]["verdict"]) == (422, "unfit")
    rows = lo.open_log(tmp_path / "log").read().to_pylist()
    assert sorted((row["model"], row["id"]) for row in rows) == sorted(
        (model, id) for model in ("colours", "next") for id in (*ids, "blank")
    )
    first = next(row for row in rows if row["id"] == ids[0])
    assert (first["prediction"], first["gate.verdict"], first["tag.file"]) == ("red", "fit", "a.png")
    assert first["image_state"] == "measured"
    blank_row = next(row for row in rows if row["id"] == "blank")
    assert (blank_row["prediction"], blank_row["gate.verdict"], blank_row["flagged"]) == (None, "unfit", True)
    assert blank_row["gate.reasons"] == "; ".join(refused.json()["gate"]["reasons"])
    assert blank_row["tag.camera"] == "north"


def test_a_process_that_dies_is_replaced_and_counted(tmp_path: Path) -> None:
    hand_packed(tmp_path / "colours")
    with served("colours", "--workers", 2, cwd=tmp_path) as running:
        running.wait_for(running.is_ready)
        before = running.workers()
        os.kill(before[0], signal.SIGKILL)
        running.wait_for(lambda: not running.is_ready() or running.workers() != before)
        for _ in range(20):  # the other one goes on
            with_new = running.client.post("/predict", content=RED)
            assert with_new.status_code == 200
        running.wait_for(lambda: running.is_ready() and before[0] not in running.workers())
        assert running.get("/ready").json()["worker_deaths"] == 1
        assert running.stop() == 0


def test_models_are_replaced_without_a_dropped_request(tmp_path: Path) -> None:
    hand_packed(tmp_path / "colours", model_version="1")
    with served("colours", "--workers", 2, cwd=tmp_path) as running:
        running.wait_for(running.is_ready)

        def version() -> str:
            answer = running.post("/predict", content=RED)
            assert answer.status_code == 200
            return str(answer.json()["model"]["version"])

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(version) for _ in range(30)]
            shutil.rmtree(tmp_path / "colours")
            assert running.post("/admin/reload").status_code == 409
            assert version() == "1"
            hand_packed(tmp_path / "colours", model_version="2")
            answer = running.post("/admin/reload")
            assert answer.json()["models"][0]["version"] == "2"
            later = [pool.submit(version) for _ in range(30)]
            assert {one.result() for one in asking} <= {"1", "2"}
            assert {one.result() for one in later} == {"2"}


def test_only_who_has_a_key_may_ask(tmp_path: Path) -> None:
    hand_packed(tmp_path / "colours")
    keys = lo.AccessKeys(tmp_path / "keys.json")
    shop, chief = keys.add("shop"), keys.add("chief", scopes=["admin"])
    with served("colours", "--workers", 1, "--keys", "keys.json", "--host", "0.0.0.0", cwd=tmp_path) as running:

        def asked(path: str, key: str = "", **more: Any) -> int:
            headers = {"authorization": f"Bearer {key}"} if key else {}
            return running.client.request("POST" if more else "GET", path, headers=headers, **more).status_code

        running.client.base_url = running.url.replace("0.0.0.0", "127.0.0.1")
        assert (asked("/health"), asked("/api/v1/ready")) == (200, 200)
        for path in ("/predict", "/api/v1/predict", "/predict/", "/PREDICT", "//predict"):
            assert asked(path, content=RED) == 401
            assert asked(path, "lk_wrong", content=RED) == 401
        assert asked("/metrics") == asked("/nowhere") == asked("/api/v1/openapi.json") == 401
        assert (asked("/predict", shop, content=RED), asked("/predict", chief, content=RED)) == (200, 200)
        assert (asked("/metrics", shop), asked("/admin/reload", shop, content=b"")) == (403, 403)
        assert (asked("/metrics", chief), asked("/admin/reload", chief, content=b"")) == (200, 200)
        assert running.post("/predict", content=RED, headers={"x-api-key": shop}).status_code == 200
        keys.remove("shop")
        assert asked("/predict", shop, content=RED) == 401
        (tmp_path / "keys.json").write_text("{")
        assert asked("/predict", chief, content=RED) == 503
        assert running.stop() == 0
    assert [line for line in running.lines if shop in line or chief in line] == []


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["nowhere"], "nowhere", 1),
        ([], "no model is given", 2),
        (["colours", "--model", "colours"], "--model 'colours' is not NAME=MODEL", 2),
        (["colours", "--model", "colours=colours"], "two models are called 'colours'", 2),
        (["colours", "--threshold", "red=much"], "the threshold of 'red' is much", 2),
        (["colours", "--threshold", "red=7"], "the threshold of 'red' is 7", 2),
        (["colours", "--on-reject", "move"], "--on-reject is 'move'", 2),
        (["colours", "--gate", "nowhere/gate"], "nowhere/gate", 1),
        (["colours", "--host", "127.0.0.1.invalid"], "cannot be listened on", 2),
        (["colours", "--host", "0.0.0.0"], "can be reached from other machines", 2),
        (["colours", "--keys", "none.json"], "holds no key", 2),
        (["colours", "--keys", "colours/model.onnx"], "holds no keys", 1),
    ],
)
def test_what_cannot_be_served_is_said_and_ends_it(words: list[str], said: str, code: int, place: Path) -> None:
    done = subprocess.run(command(*words), cwd=place, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr

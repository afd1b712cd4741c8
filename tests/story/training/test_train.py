"""Somebody with photographs in folders trains, and then predicts, monitors and shows with what came of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import lookoutcv as lo
from lookoutcv.errors import OutputUnwritable
from lookoutcv.models.backbones.hub import HubError
from lookoutcv.training.run_folder import CHECKPOINTS
from terminal import Terminal
from tiny_backbones import saved_weights
from tiny_packages import COLOURS, colour_pictures

# The smallest networks of timm; they learn three colours in seconds.
QUICK = ["--models", "test_efficientnet", "--weights", "none", "--image-size", "32", "--threads", "1"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = tmp_path_factory.mktemp("desk")
    colour_pictures(desk / "photos", each=24)
    colour_pictures(desk / "today", each=12, seed=7)
    return desk


@pytest.fixture(autouse=True)
def here(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk)


@pytest.fixture(scope="module")
def trained(desk: Path) -> lo.TrainingRun:
    before = os.getcwd()
    os.chdir(desk)
    try:
        return lo.train(
            "photos",
            "run",
            models="test_efficientnet,test_resnet",
            weights="none",
            image_size=32,
            threads=1,
            epochs=8,
            int8=True,
            folds=3,
        )
    finally:
        os.chdir(before)


def test_a_run_says_what_was_compared_and_which_is_the_best(trained: lo.TrainingRun, desk: Path) -> None:
    assert [one.status for one in trained.candidates] == ["trained", "trained"]
    assert trained.best in ("test_efficientnet", "test_resnet")
    assert trained.best in trained.why
    assert [part.name for part in trained.parts] == ["train", "validation", "test"]
    assert sum(part.images for part in trained.parts) == 72
    best = next(one for one in trained.candidates if one.name == trained.best)
    assert best.test is not None
    assert best.test.accuracy > 0.9
    assert trained.evaluation is not None
    # The network that was packed is the one that was scored, its images read as a service reads them.
    assert trained.evaluation.accuracy == pytest.approx(best.test.accuracy)
    assert len(best.test_right) == best.test.images
    assert [score.images > 0 for score in best.folds] == [True] * 3
    assert sum(score.images for score in best.folds) == 72
    (difference,) = trained.differences
    assert {difference.better, difference.worse} == {"test_efficientnet", "test_resnet"}
    assert [note.startswith("model.int8.onnx is the model in whole numbers") for note in trained.notes].count(True) == 1
    assert lo.load(desk / "run" / "run.json") == trained
    assert not (desk / "run" / CHECKPOINTS).exists()


def test_the_package_is_a_model_with_its_baseline(trained: lo.TrainingRun, lookout: Terminal) -> None:
    assert lookout("predict", "run/package", "today/red/0.png", "--json") == 0
    assert json.loads(lookout.out)["predictions"][0]["predictions"][0]["label"] == "red"
    assert lookout("evaluate", "run/package", "today", "--json") == 0
    assert json.loads(lookout.out)["accuracy"] > 0.9
    assert lookout("monitor", "today", "--model", "run/package", "--no-cache", "--json") == 0
    report = json.loads(lookout.out)
    assert report["overall_drift_detected"] is not True  # few images: it may not be judged
    assert report["baseline"]["images"] == trained.parts[2].images
    model = lo.open_model("run/package")
    assert model.labels == tuple(sorted(COLOURS))
    # Pictures of 24 px are enlarged to 32 as they were when it learnt: smoothly.
    assert model.card.input.interpolation == "bilinear"


def test_the_verb_writes_a_report_and_says_what_to_type_next(lookout: Terminal, desk: Path) -> None:
    assert lookout("train", "photos", *QUICK, "--epochs", "2", "-o", "runs/verb", "--state-dict") == 0
    assert "test_efficientnet is the only model that was trained" in " ".join(lookout.out.split())
    assert "--model runs/verb/package" in lookout.out
    assert "test_efficientnet  epoch 2" in lookout.err
    assert lookout.err.count(" s left") == 2
    assert lookout.err.count("Each epoch: its loss on the images that teach / on the validation images") == 1
    assert "<svg" in (desk / "runs/verb/report.html").read_text("utf-8")
    import torch

    tensors = torch.load(desk / "runs/verb/package/model.pth", weights_only=True)
    facts = json.loads((desk / "runs/verb/package/metadata.json").read_text("utf-8"))
    assert len(tensors) > 10
    assert facts["classes"] == ["blue", "green", "red"]


def test_images_for_the_test_can_lie_elsewhere(lookout: Terminal) -> None:
    words = ("train", "photos", *QUICK, "--epochs", "1", "--test", "today", "-o", "runs/elsewhere", "--json")
    assert lookout(*words) == 0
    parts = {part["name"]: part["images"] for part in json.loads(lookout.out)["parts"]}
    assert parts["test"] == 36
    assert parts["train"] + parts["validation"] == 72
    assert lookout("train", "photos", *QUICK, "--test", "photos", "-o", "runs/same") == 2
    assert "cannot be the test too" in lookout.err


def test_what_cannot_be_done_is_said_before_anything_is_learnt(lookout: Terminal, desk: Path) -> None:
    cases = {
        ("photos", "--models", "resnet81", "-o", "runs/a"): "Did you mean",
        ("photos", *QUICK, "--augment", "srong", "-o", "runs/b"): "Did you mean strong",
        ("photos", *QUICK, "--budget", "soon", "-o", "runs/c"): "no stretch of time",
        ("photos", *QUICK, "--device", "gpu", "-o", "runs/d"): "--device is 'gpu'",
        ("photos", *QUICK, "--folds", "2", "-o", "runs/g"): "at least 3 after --folds",
        ("photos", *QUICK, "--test-size", "1", "-o", "runs/e"): "--test-size is 1",
        ("photos/red", *QUICK, "-o", "runs/f"): "it takes two at the least",
        ("photos", *QUICK, "-o", "today"): "something that no training made",
    }
    for words, said in cases.items():
        assert lookout("train", *words) in (1, 2), words
        assert said in " ".join(lookout.err.split()), words
        assert "Traceback" not in lookout.err
    assert sorted(one.name for one in (desk / "today").iterdir()) == sorted(COLOURS)
    # Nothing is left that would refuse the same command, put right.
    assert not [name for name in "abcdef" if (desk / "runs" / name).exists()]


def test_a_misspelt_network_is_told_before_the_images_are_read(
    lookout: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookoutcv.training.whole_run.read_material", lambda *_: pytest.fail("they were read"))
    assert lookout("train", "photos", "--models", "resnet18,resnet81", "-o", "runs/misspelt") == 1
    assert "timm knows no network called 'resnet81'" in " ".join(lookout.err.split())


def test_images_that_are_nowhere_are_told_before_weights_are_asked_for(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "lookoutcv.models.backbones.pretrained.weights_from_hub"
    monkeypatch.setattr(asked, lambda *_: pytest.fail("the hub was asked"))
    assert lookout("train", "photoss", "--models", "resnet18", "-o", "runs/nowhere") == 1
    assert "there is no file or folder 'photoss'" in " ".join(lookout.err.split())
    assert lookout("train", "photos", "--test", "nowhere", "--models", "resnet18", "-o", "runs/nowhere") == 1
    assert "there is no file or folder 'nowhere'" in " ".join(lookout.err.split())
    assert not (desk / "runs/nowhere").exists()
    for words, said in {
        ("photoss",): "Did you mean 'photos'?",
        ("photos/red",): "If photos/red is one class, give the folder in which it lies with the others: photos.",
        ("photos/red/0.png",): "photos/red/0.png is one file without a label",
        ("photos", "--test-size", "1.5"): "--test-size is 1.5",
    }.items():
        assert lookout("train", *words, "--models", "resnet18", "-o", "runs/nowhere") in (1, 2)
        assert said in " ".join(lookout.err.split())


def test_what_must_be_known_is_told_while_it_learns(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def unreachable(repository: str, file: str | None, silence: HubError | None) -> Path:
        asked.append((repository, silence))
        raise silence or HubError("the hub did not answer within 4.5 seconds", silent=True)

    monkeypatch.setattr("lookoutcv.models.backbones.pretrained.weights_from_hub", unreachable)
    auto = ["auto" if word == "none" else word for word in QUICK]
    assert lookout("train", "photos", *auto, "--epochs", "1", "-o", "runs/told", "--resume") == 0
    told = lookout.err.split("epoch 1")[0]
    assert "Nothing was stopped in runs/told: this run begins anew." in told
    assert told.count("the hub did not answer within 4.5 seconds") == 1
    asked.clear()
    both = [word if word != "test_efficientnet" else "resnet18,resnet34" for word in auto]
    assert lookout("train", "photos", *both, "--epochs", "1", "-o", "runs/both", "--json") == 0
    # A hub that is silent is asked once, and both are named in one sentence.
    assert [silence is None for _, silence in asked] == [True, False]
    (note,) = [note for note in json.loads(lookout.out)["notes"] if "did not answer" in note]
    assert note == (
        "No pretrained weights could be had for resnet18 and resnet34: the hub did not answer within 4.5 seconds. They "
        "learn from scratch, which needs many more images and epochs to be as good. Give them as files "
        "(--weights FOLDER), or say --weights none to begin at chance."
    )
    assert "did not answer" in lookout.err
    # Where no network is left, its error alone says so.
    hub = ["hub" if word == "none" else word for word in QUICK]
    assert lookout("train", "photos", *hub, "-o", "runs/hub") == 1
    assert lookout.err.count("the hub did not answer within 4.5 seconds") == 1
    assert "left out" not in lookout.err


def test_a_hub_that_never_answers_is_waited_for_once(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookoutcv.models.backbones.hub.ANSWER_SECONDS", 0.3)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        words = ("--models", "resnet18,resnet34", "--weights", "hub", "-o", "runs/silent")
        assert lookout("train", "photos", *words) == 1
    said = " ".join(lookout.err.split())
    assert said.count("there are no pretrained weights for resnet18: the hub ") == 1
    assert "say --weights none to begin at chance" in said
    assert not (desk / "runs" / "silent").exists()


def test_a_finished_run_is_not_written_over(trained: lo.TrainingRun, lookout: Terminal) -> None:
    assert lookout("train", "photos", *QUICK, "-o", "run", "--resume") == 2
    assert "a run ended in it" in " ".join(lookout.err.split())


def _started(desk: Path, output: str, *more: str) -> subprocess.Popen[bytes]:
    words = ["train", "photos", *QUICK, "--epochs", "40", "-o", output, *more]
    command = [sys.executable, "-m", "lookoutcv", *words]
    return subprocess.Popen(command, cwd=desk, stderr=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def _after(process: subprocess.Popen[bytes], text: str) -> None:
    """Wait until the process says so on standard error."""
    assert process.stderr is not None
    end = time.monotonic() + 120
    while time.monotonic() < end and (line := process.stderr.readline()):
        if text in line.decode():
            return
    process.kill()
    pytest.fail(f"{text!r} was not said")


def test_a_run_that_was_killed_goes_on_where_it_was(desk: Path, lookout: Terminal) -> None:
    process = _started(desk, "runs/killed")
    _after(process, "epoch 3")
    process.kill()
    process.communicate()
    assert lookout("train", "photos", *QUICK, "--epochs", "40", "-o", "runs/killed") == 2
    assert "--resume" in lookout.err
    assert lookout("train", "photos", *QUICK, "--epochs", "40", "-o", "runs/killed", "--resume", "--json") == 0
    run = json.loads(lookout.out)
    (candidate,) = run["candidates"]
    assert [point["epoch"] for point in candidate["curve"]][:3] == [1, 2, 3]
    assert any("goes on after epoch" in note for note in run["notes"])
    assert "epoch 1 " not in lookout.err


def test_what_is_worth_telling_of_the_images_is_told_before_it_learns(lookout: Terminal, desk: Path) -> None:
    """And a budget that has no time for corrupted copies of the test images goes without, and says so."""
    colour_pictures(desk / "some", each=24)
    (desk / "some" / "red" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n of no use")
    words = ("train", "some", *QUICK, "--epochs", "2", "--budget", "1s", "-o", "runs/short", "--json")
    assert lookout(*words) == 0
    assert "1 image cannot be read" in lookout.err.split("epoch 1")[0]
    notes = json.loads(lookout.out)["notes"]
    assert [note for note in notes if "the budget had no time for it" in note]
    assert lookout("train", "photos", *QUICK, "--mixup", "50", "-o", "runs/mixed") == 1
    assert "Give --mixup as a number from 0 to 10" in lookout.err


def test_an_error_after_it_learnt_says_how_to_go_on(
    lookout: Terminal, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputUnwritable("nothing can be written: the disk is full", "Free some.", path="x", reason="full")

    words = ("train", "photos", *QUICK, "--epochs", "1", "-o", "runs/full")
    with monkeypatch.context() as patched:
        patched.setattr("lookoutcv.training.whole_run.pack_fitted", full)
        assert lookout(*words) == 2
    assert "What was learnt is kept in runs/full: the same again with --resume goes on with it." in lookout.err
    assert lookout(*words, "--resume") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_ctrl_c_keeps_the_best_so_far_and_packs_it(desk: Path) -> None:
    process = _started(desk, "runs/stopped")
    _after(process, "epoch 2")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "It was stopped by hand" in " ".join(out.decode().split())
    assert lo.open_model(desk / "runs/stopped/package").labels == tuple(sorted(COLOURS))


def test_with_pretrained_weights_it_is_told_how_much_more_images_would_help(desk: Path, lookout: Terminal) -> None:
    colour_pictures(desk / "many", each=40)
    weights = saved_weights(desk, "test_efficientnet")
    words = ("--models", "test_efficientnet", "--weights", str(weights), "--threads", "1", "--epochs", "0", "--plan")
    assert lookout("train", "many", *words, "-o", "runs/plan", "--json") == 0
    run = json.loads(lookout.out)
    assert run["outlook"]
    assert any("images" in sentence for sentence in run["outlook"])
    (candidate,) = run["candidates"]
    assert candidate["weights"]["kind"] == "file"
    assert [point["stage"] for point in candidate["curve"]] == ["head"]
    assert lookout("train", "photos", *QUICK, "--epochs", "1", "--plan", "-o", "runs/unplanned", "--json") == 0
    assert "cannot be told without pretrained weights" in json.loads(lookout.out)["outlook"][0]


def test_a_run_is_told_to_mlflow_when_that_is_asked(desk: Path, lookout: Terminal) -> None:
    store = f"sqlite:///{desk / 'mlflow.db'}"
    words = ("train", "photos", *QUICK, "--epochs", "2", "-o", "runs/tracked", "--json")
    assert lookout(*words, "--mlflow", store, "--experiment", "colours") == 0
    tracking = json.loads(lookout.out)["tracking"]
    assert tracking["experiment"] == "colours"
    from mlflow import MlflowClient

    client = MlflowClient(store)
    (run,) = client.search_runs(
        [client.get_experiment_by_name("colours").experiment_id], "tags.mlflow.runName = 'tracked'"
    )
    assert run.info.status == "FINISHED"
    assert run.data.params["seed"] == "0"


def test_a_head_learns_from_those_that_chose_where_others_judge(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class AskedError(Exception):
        """Nothing needs to be learnt here."""

    def asked(backbones: object, lesson: Any) -> None:
        assert lesson.settings.head_on_both
        raise AskedError

    monkeypatch.setattr("lookoutcv.training.whole_run.teach", asked)
    with pytest.raises(AskedError):
        lo.train("photos", "asked", models="test_resnet", weights="none", image_size=32, threads=1)

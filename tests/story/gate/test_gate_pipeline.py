"""Somebody keeps a gate as a pipeline of DVC: it runs what has to be run, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import lookoutcv as lo
from lookoutcv.demo.photographs import photograph
from terminal import Terminal

pytest.importorskip("dvc")
pytest.importorskip("torch")
STAGES = {"cv-ingest", "cv-prepare-data", "cv-train", "cv-train-cnn"}


class Project:
    """A folder with git and DVC in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scripts = Path(sys.executable).parent
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "CV_", "GIT_"))},
            **{
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "DVC_NO_ANALYTICS": "1",
                "HOME": str(folder.parent),
            },
            **{"GIT_CONFIG_NOSYSTEM": "1", "LOOKOUTCV_CONFIG": "", "PYTHONIOENCODING": "utf-8"},
            **{f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        self.run("git", "init", "-q")
        self.dvc("init", "-q")

    def run(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            words, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def dvc(self, *words: str, code: int = 0) -> str:
        return self.run(sys.executable, "-m", "dvc", *words, code=code)

    def commit(self) -> None:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", "state")

    def reproduced(self) -> set[str]:
        """The stages that `dvc repro` ran."""
        said = self.dvc("repro")
        return {name for name in STAGES if f"Running stage '{name}'" in said}

    def metrics(self) -> dict[str, dict[str, object]]:
        (told,) = json.loads(self.dvc("metrics", "show", "--json")).values()
        return {path: one["data"] for path, one in told["data"].items()}

    def sharp(self) -> int:
        """How many sharp images the gate was fitted on."""
        return json.loads((self.folder / "models" / "gate" / "metrics.json").read_text())["sharp"]

    def change(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def project(tmp_path: Path, lookout: Terminal) -> Project:
    folder = tmp_path / "project"
    assert lookout("gate", "init", folder) == 0
    assert "dvc repro" in lookout.out
    return Project(folder)


@pytest.mark.timeout(600)
def test_a_pipeline_runs_what_has_to_be_run(project: Project, tmp_path: Path) -> None:
    assert project.reproduced() == STAGES
    figures = project.metrics()
    assert figures["models/gate/metrics.json"]["accuracy"] == 1.0
    assert figures["models/cnn/cnn_metrics.json"]["variant"] == "cnn"
    assert lo.Gate.load(project.folder / "models" / "cnn").variant == "cnn"
    epochs = json.loads((project.folder / "models" / "cnn" / "cnn_metrics.json").read_text())["epochs"]
    assert len(epochs) == 5
    project.commit()
    assert project.run("git", "status", "--porcelain") == ""
    assert project.reproduced() == set()

    # A parameter runs again what depends on it, and no more.
    project.change("params.yaml", "variant: threshold", "variant: composite")
    assert "threshold" in project.dvc("params", "diff", "--md")
    assert project.reproduced() == {"cv-train"}
    assert project.metrics()["models/gate/metrics.json"]["variant"] == "composite"
    project.change("params.yaml", "epochs: 5", "epochs: 2")
    assert project.reproduced() == {"cv-train-cnn"}
    project.dvc("plots", "show", "-o", "plots")
    assert "What the cnn learnt" in (project.folder / "plots" / "index.html").read_text("utf-8")
    shutil.rmtree(project.folder / "plots")

    # A new sample is taken in and learnt from; one that cannot be read is refused by its name.
    others = lo.gate_data(tmp_path / "others", count=4, seed=9).folder / "raw" / "cv"
    incoming = project.folder / "data" / "incoming"
    shutil.copy(next((others / "sharp").iterdir()), incoming / "sharp")
    (incoming / "sharp" / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    assert "Refused: sharp/cut.jpg: " in (said := project.dvc("repro"))
    assert "1 sharp and 0 blurred images are added to data/labelled." in said
    assert {path: one["sharp"] for path, one in project.metrics().items()} == {
        **{"models/gate/metrics.json": 13, "models/cnn/cnn_metrics.json": 13}
    }
    assert "accuracy" in project.dvc("metrics", "diff", "--all")

    # What was taken in stays when the folder is emptied for the next.
    for path in (incoming / "sharp").glob("*.*g"):
        path.unlink()
    shutil.copy(next((others / "blurred").iterdir()), incoming / "blurred")
    project.dvc("repro", "cv-train")
    assert {name: project.metrics()["models/gate/metrics.json"][name] for name in ("sharp", "blurred")} == {
        **{"sharp": 13, "blurred": 13}
    }
    assert project.run("git", "status", "--porcelain", "data/incoming") == ""


@pytest.mark.timeout(600)
def test_photographs_are_watched_too(tmp_path: Path, lookout: Terminal) -> None:
    folder = tmp_path / "project"
    photos = folder / "my photos"
    photograph(photos, 3, seed=1)
    assert lookout("gate", "init", folder, "--from", photos) == 0
    project = Project(folder)
    project.dvc("repro", "cv-train")
    before = project.sharp()
    assert before % 3 == 0
    assert "Stage 'cv-prepare-data' didn't change" in project.dvc("repro", "cv-train")
    photograph(photos / "more", 1, seed=2)
    project.dvc("repro", "cv-train")
    assert project.sharp() == before + before // 3

"""Training that is killed, stopped, out of memory or of disk, or whose numbers run away."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drawn_pictures import SHAPES, DrawnPictures
from lookoutcv.errors import TrainingError
from lookoutcv.models.backbones.backbone import Backbone, prepare
from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.fitting.epochs import epoch_loop
from lookoutcv.training.fitting.failures import is_device_gone
from lookoutcv.training.fitting.fit import fit
from lookoutcv.training.fitting.fit_settings import FitSettings
from lookoutcv.training.fitting.fitted_model import FittedModel
from lookoutcv.training.fitting.watcher import NobodyWatches
from tiny_backbones import MOBILENET, from_scratch, saved_weights, small_vit

torch = pytest.importorskip("torch")
SETTINGS = FitSettings(epochs=4, batch_size=8, mixup=0.2)
_TESTS = Path(__file__).parents[2]


class Watching(NobodyWatches):
    """Does something after an epoch, or after so many steps."""

    def __init__(self, after: dict[int, object] | None = None, at_step: tuple[int, object] | None = None) -> None:
        self._after, self._at, self._steps = after or {}, at_step, 0
        self.notes: list[str] = []

    def epoch(self, point: EpochPoint) -> str:
        if point.epoch in self._after:
            self._after[point.epoch]()
        return ""

    def progress(self, stage: str, done: int, total: int) -> None:
        self._steps += stage.startswith("Epoch")
        if self._at is not None and self._steps == self._at[0]:
            self._at[1]()

    def note(self, text: str) -> None:
        self.notes.append(text)


def _fitted(backbone: Backbone, settings: FitSettings = SETTINGS, **more: object) -> FittedModel:
    train, validation = DrawnPictures(backbone.input, 8, 1), DrawnPictures(backbone.input, 4, 2)
    return fit(backbone, train, validation, SHAPES, settings, threads=1, **more)


def _same(one: FittedModel, other: FittedModel) -> bool:
    held = other.module.state_dict()
    return all(torch.equal(value, held[name]) for name, value in one.module.state_dict().items())


_KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import test_training_faults as faults
from pathlib import Path

def die():
    os.kill(os.getpid(), signal.SIGKILL)

make = faults.small_vit if sys.argv[3] == "vit" else faults.from_scratch
watch = faults.Watching(after={2: die}) if sys.argv[4] == "epoch" else faults.Watching(at_step=(8, die))
faults._fitted(make(), checkpoint=Path(sys.argv[2]), watch=watch)
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize(("network", "when"), [("vit", "epoch"), ("mobilenet", "step")])
def test_a_killed_process_goes_on_and_ends_where_it_would_have_ended(tmp_path: Path, network: str, when: str):
    make = small_vit if network == "vit" else from_scratch
    arguments = [sys.executable, "-c", _KILLED, str(Path(__file__).parent), str(tmp_path), network, when]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_TESTS), *sys.path])}
    ended = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    watch = Watching()
    resumed = _fitted(make(), checkpoint=tmp_path, watch=watch)
    assert watch.notes == ["It goes on after epoch 2, which a run before had reached."]
    whole = _fitted(make())
    assert _same(resumed, whole)
    assert resumed.best_epoch == whole.best_epoch
    told = [(p.train_loss, p.validation_loss, p.validation_macro_f1, p.learning_rate) for p in whole.curve]
    assert [(p.train_loss, p.validation_loss, p.validation_macro_f1, p.learning_rate) for p in resumed.curve] == told
    # One that has ended is not taught again.
    again = _fitted(make(), checkpoint=tmp_path, watch=Watching(at_step=(1, lambda: pytest.fail("it learns again"))))
    assert _same(again, whole)


def test_a_checkpoint_of_other_settings_is_not_gone_on_from(tmp_path: Path):
    _fitted(small_vit(), FitSettings(epochs=1, batch_size=8, seed=1), checkpoint=tmp_path)
    watch = Watching()
    model = _fitted(small_vit(), FitSettings(epochs=1, batch_size=8, seed=2), checkpoint=tmp_path, watch=watch)
    assert watch.notes == []
    assert len(model.curve) == 1


@pytest.mark.parametrize("damage", ["last", "best", "cut"])
def test_a_damaged_checkpoint_is_begun_again(tmp_path: Path, damage: str):
    whole = _fitted(small_vit(), checkpoint=tmp_path)
    last = tmp_path / "last.safetensors"
    (best,) = tmp_path.glob("best-*.safetensors")
    if damage == "cut":
        last.write_bytes(last.read_bytes()[:-1000])
    else:
        {"last": last, "best": best}[damage].unlink()
    assert _same(_fitted(small_vit(), checkpoint=tmp_path), whole)


def test_a_full_disk_does_not_end_it_and_the_checkpoint_before_stays(tmp_path: Path):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))

    watch = Watching(after={2: fill})
    try:
        model = _fitted(small_vit(), checkpoint=tmp_path, watch=watch)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(model.curve) == 4
    assert len(watch.notes) == 1
    assert watch.notes[0].startswith("The checkpoint of epoch 3 could not be written (")
    assert watch.notes == list(model.notes)
    assert not list(tmp_path.glob(".*"))
    resumed = Watching()
    assert _same(_fitted(small_vit(), checkpoint=tmp_path, watch=resumed), model)
    assert resumed.notes == ["It goes on after epoch 2, which a run before had reached."]


def test_ctrl_c_keeps_the_best_so_far_and_it_goes_on_from_there(tmp_path: Path):
    watch = Watching(at_step=(8, lambda: signal.raise_signal(signal.SIGINT)))
    model = _fitted(small_vit(), checkpoint=tmp_path, watch=watch)
    assert model.interrupted
    assert model.stopped == f"It was stopped by hand; what it knew after epoch {model.best_epoch} is kept."
    assert len(model.curve) == 2
    assert _same(_fitted(small_vit(), checkpoint=tmp_path), _fitted(small_vit()))


def test_ctrl_c_before_anything_was_learnt_is_ctrl_c():
    with pytest.raises(KeyboardInterrupt):
        _fitted(small_vit(), watch=Watching(at_step=(1, lambda: signal.raise_signal(signal.SIGINT))))


def _allocates(most: int):
    """A hook that fails as torch does where memory is short: it asks for more than any machine has."""

    def hook(module: object, inputs: tuple[torch.Tensor]) -> None:
        if len(inputs[0]) > most:
            torch.empty(10**15)

    return hook


def test_too_little_memory_makes_batches_smaller_and_that_is_said():
    backbone = small_vit()
    backbone.module.register_forward_pre_hook(_allocates(4))
    watch = Watching()
    model = _fitted(backbone, FitSettings(epochs=2, batch_size=16), watch=watch)
    assert watch.notes == [
        "There was too little memory: it goes on with 8 images a step.",
        "There was too little memory: it goes on with 4 images a step.",
    ]
    assert list(model.notes) == watch.notes
    assert len(model.curve) == 2


def test_too_little_memory_for_two_images_is_told():
    backbone = small_vit()
    backbone.module.register_forward_pre_hook(_allocates(1))
    with pytest.raises(TrainingError, match=r"too little memory to teach .* even two images"):
        _fitted(backbone)


def test_numbers_that_run_away_end_it_with_the_best_kept(tmp_path: Path):
    backbone = prepare(MOBILENET, saved_weights(tmp_path), 3, side_px=32)
    calls: list[int] = []

    def poison(module: object, inputs: tuple[torch.Tensor]) -> None:
        calls.append(1)
        # Of 3 batches an epoch and 1 of scoring, the second of the second epoch.
        if module.training and len(calls) == 6:
            module.conv_stem.weight.data.fill_(float("nan"))

    backbone.module.register_forward_pre_hook(poison)
    watch = Watching()
    model = _fitted(backbone, watch=watch)
    assert len(model.curve) == 2
    assert model.stopped.startswith("Its loss was no number any more in epoch 2; ")
    assert "larger batch_size" in model.stopped
    assert watch.notes[-1] == model.stopped
    assert all(value.isfinite().all() for value in model.module.state_dict().values())


def test_numbers_that_run_away_before_anything_was_learnt_are_an_error():
    backbone = small_vit()
    backbone.module.patch_embed.proj.weight.data.fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"learnt nothing: its loss was no number .* larger batch_size"):
        _fitted(backbone)


def test_a_graphics_card_that_disappears_ends_it_with_the_best_kept(monkeypatch: pytest.MonkeyPatch):
    backbone = small_vit()
    calls: list[int] = []

    def lost(module: object, inputs: tuple[torch.Tensor]) -> None:
        calls.append(1)
        if len(calls) == 6:
            raise RuntimeError("CUDA error: unspecified launch failure\nCUDA kernel errors might be reported later")

    backbone.module.register_forward_pre_hook(lost)
    monkeypatch.setattr(epoch_loop, "is_device_gone", lambda reason, device: is_device_gone(reason, "cuda"))
    model = _fitted(backbone)
    assert model.stopped.startswith("The graphics card failed (CUDA error: unspecified launch failure); what it knew")
    assert len(model.curve) == 1


def test_another_failure_is_none_of_these():
    backbone = small_vit()
    backbone.module.register_forward_pre_hook(lambda module, inputs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _fitted(backbone)

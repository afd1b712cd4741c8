"""The memory that a model's process may hold: enough for an honest one, and no more because the machine has more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lookoutcv.errors import BrokenModel, InferenceFailed
from lookoutcv.models import open_model
from lookoutcv.models.runtimes import confined_runtime, memory_bound, runtime_failures
from lookoutcv.models.tensor_model import TensorModel
from model_programs import CARD, Programs
from tiny_models import RED, onnx_repeating, onnx_wide, picture, torchscript_program

ON_COLOURS = {"labels": ["r", "g", "b"], "input": {"size": [4, 4]}, "head": "logits"}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    return Programs(tmp_path, monkeypatch)


pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is bounded on Linux")


def repeating_onnx(path: Path) -> Path:
    return onnx_repeating(path / "net.onnx", 825_000_000)


def repeating_torchscript(path: Path) -> Path:
    return torchscript_program(path / "net.pt", "return x.mean().expand(x.size(0), 425000000).clone()")


@pytest.mark.parametrize("made", [repeating_onnx, repeating_torchscript])
def test_outputs_of_gigabytes_are_refused_before_they_exist(
    made: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined_runtime, "available_bytes", lambda: 64 << 30)
    path = made(tmp_path)
    assert path.stat().st_size < 10_000
    with pytest.raises(InferenceFailed, match=r"wants more than the 1\.\d+ GB of memory .* trust=True"):
        open_model(path, ON_COLOURS)


@pytest.mark.parametrize("eight_bits", [False, True])
def test_weights_have_room_that_follows_from_their_file(
    eight_bits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 256 MB of floats, well beyond a base that is less than the true one, which differs from machine to machine.
    monkeypatch.setattr(memory_bound, "_BASE_BYTES", 152 << 20)
    monkeypatch.setattr(memory_bound, "_BYTES_A_PROCESSOR", 8 << 20)
    path = onnx_wide(tmp_path / "net.onnx", 8000, eight_bits=eight_bits)
    opened = open_model(path, ON_COLOURS)
    assert [said.label for said in opened.predict([picture(RED)] * 40)] == ["r"] * 40
    monkeypatch.setattr(memory_bound, "_TIMES_ITS_FILES", 0)
    with pytest.raises((BrokenModel, InferenceFailed), match="wants more than"):
        open_model(path, ON_COLOURS)


def test_a_larger_batch_has_more_room(tmp_path: Path) -> None:
    # Fifty times what it is given, as a small U-Net holds: 1.5 GB for the six of 640 x 640 that are run at once.
    lines = ("held = torch.empty([50 * x.numel()])", "held[0] = 8.0", "return held[0] * x.mean(dim=[2, 3])")
    opened = open_model(torchscript_program(tmp_path / "net.pt", *lines), ON_COLOURS | {"input": {"size": [640, 640]}})
    assert opened.batch == 6
    assert [said.label for said in opened.predict([picture(RED)] * 12)] == ["r"] * 12
    assert isinstance(opened, TensorModel)
    assert opened._batches is not False


def test_one_that_wants_too_much_when_it_is_opened_is_said_to(programs: Programs) -> None:
    with pytest.raises(BrokenModel, match=r"cannot be opened: it wants more than the 1\.\d+ GB of memory") as caught:
        open_model(programs.write("import numpy as np", "held = np.ones(1 << 28)"), CARD)
    assert str(caught.value.fields["reason"]).startswith("it wants more than 1.")


def test_what_is_said_where_no_memory_is_left() -> None:
    said = [
        "std::bad_alloc",
        "DefaultCPUAllocator: not enough memory: you tried to allocate",
        "Unable to allocate 8.0 GiB",
    ]
    said += ["Failed to allocate memory for requested buffer of size 3300000000", "bad allocation"]
    assert all(runtime_failures.lacks_memory(RuntimeError(words)) for words in said)
    assert not runtime_failures.lacks_memory(RuntimeError("an allocation of labels that fits no output"))

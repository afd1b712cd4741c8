"""TorchScript archives, run by PyTorch. Pickled files are refused: to load one is to run whatever it holds."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.errors import BrokenModel, ConfigError, UntrustedModel
from lookoutcv.extras import need
from lookoutcv.files.stderr_filter import without_stderr_lines
from lookoutcv.models.cards.file_facts import facts_in, parsed_text
from lookoutcv.models.cards.label_file import labels_in_text
from lookoutcv.models.formats.base import RuntimeOptions, Tensor, TensorInfo, model_format

_SUFFIXES = (".pt", ".pth", ".torchscript", ".ptl", ".ckpt", ".pkl")
# The code of a large detector has 2 MB.
_MOST_CODE_BYTES = 64 << 20
# Of the 4,374 operators of torch 2.13 these take the name of a file, whatever they are called on; a list of what may be
# called would be 4,000 names long and other in each version, and the process holds what is not on this one.
_FILE_CALL = re.compile(r"\b(save|from_file)\b(?:\s|\\\n|#[^\n]*\n)*\(")
# Those that speak to other processes and machines, and a loader of tensors for debugging; and classes likewise.
_FOREIGN_NAMES = re.compile(
    r"\b(c10d|_c10d_functional|_c10d_functional_autograd|symm_mem|debugprims|dist_rpc|dist_c10d|rpc|aoti_torch)"
    r"(?:\s|\\\n)*\.(?:\s|\\\n)*(\w+)"
)
# The end of a ZIP, and where it is larger than 4 GB or says so, another before it and where that is.
_END, _PLACE_64, _END_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
_PICKLE_PROTOCOLS = range(2, 6)
# Of torchvision's models of maps (`aux` is for training), of transformers' classifiers (hidden states beside).
_MAIN = ("out", "logits")
_LAST_CAUSE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception): ", re.MULTILINE)
# Written once a process where a module holds quantised tensors; whoever has a file of it can do nothing about that.
_CHATTER = b"quantized tensor creation functions"


class TorchRuntime:
    """A scripted or traced module. Its file says nothing of shapes."""

    inputs: tuple[TensorInfo, ...] = ()
    outputs: tuple[TensorInfo, ...] = ()

    def __init__(self, torch: Any, module: Any, options: RuntimeOptions, label_text: str, path: Path) -> None:
        self._path = path
        self.notes: tuple[str, ...] = ()
        self._torch, self._module, self._options = torch, module, options
        self.labels = labels_in_text(label_text)
        written = parsed_text(label_text)
        self.facts = facts_in(written if isinstance(written, dict) else {})
        # A quantised module that was traced with one image was seen to crash the process when it got two.
        self.batch = 1 if "quantized::" in str(module.inlined_graph) else None

    def run(self, batch: Tensor) -> list[Any]:
        """One inference."""
        torch = self._torch
        # Both are settings of the whole process: another model may have changed them.
        if self._options.engine is not None:
            torch.backends.quantized.engine = self._options.engine
        torch.set_num_threads(self._options.threads)
        try:
            with torch.inference_mode():
                returned = self._module(torch.from_numpy(batch).to(self._options.device))
        except RuntimeError as reason:
            raise RuntimeError(cause_of(str(reason))) from reason
        # What a module leaves out, as the second output of those that give one in training only, is None.
        if isinstance(returned, dict):
            returned, self.notes = main_output(returned)
        given = [part for part in flattened(returned) if part is not None]
        foreign = next((type(part).__name__ for part in given if not torch.is_tensor(part)), None)
        if foreign is not None or not given:
            what = f"a {foreign} among its outputs" if foreign else "no tensor"
            raise BrokenModel(
                f"{self._path} returns {what}, which is not read",
                "Wrap it in a module that returns tensors only, and export that; or in a function of yours "
                "(file.py:function), which may return what torchvision and others return for an image.",
                model=str(self._path),
                reason="outputs that are no tensors",
            )
        return [self._array(tensor) for tensor in given]

    def _array(self, tensor: Any) -> Any:
        plain = tensor.dequantize() if tensor.is_quantized else tensor
        if plain.dtype == self._torch.bfloat16:
            plain = plain.float()
        return plain.cpu().numpy()


def cause_of(message: str) -> str:
    """What went wrong in a module's own code: torch says it last, after pages of that code.

    Example:
        >>> cause_of("It failed.\\nTraceback of TorchScript:\\n  x + y\\nRuntimeError: other sizes")
        'other sizes'
    """
    return _LAST_CAUSE.split(message)[-1].strip() or message


def main_output(returned: dict[str, Any]) -> tuple[Any, tuple[str, ...]]:
    """Of the outputs of a mapping the one that the others only accompany, and that these are not read; else all.

    Example:
        >>> main_output({"out": 1, "aux": 2})
        (1, ("Of its outputs 'out' is read, and 'aux' is not.",))
        >>> main_output({"logits": 1, "pred_boxes": 2})[1]
        ()
    """
    main = next((key for key in _MAIN if key in returned), None)
    others = [key for key in returned if key != main]
    if main is None or not others or any("box" in str(key) for key in others):
        return returned, ()
    are = "is" if len(others) == 1 else "are"
    return returned[main], (f"Of its outputs {main!r} is read, and {', '.join(map(repr, others))} {are} not.",)


def flattened(returned: Any) -> list[Any]:
    """The parts of whatever a module returned, in order; of a mapping, its values. Mappings inside are parts."""
    if isinstance(returned, dict):
        return [tensor for part in returned.values() for tensor in flattened(part)]
    if isinstance(returned, list | tuple):
        return [one for part in returned for one in ([part] if isinstance(part, dict) else flattened(part))]
    return [returned]


def is_archive(path: Path) -> bool:
    """Whether a file is a TorchScript archive: a ZIP with constants, a version and code. Only names are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # zipfile raises many kinds for a broken directory
        return False
    inner = {name.partition("/")[2] for name in names}
    return {"constants.pkl", "version"} <= inner and any(name.startswith("code/") for name in inner)


def _recognises(path: Path, head: bytes) -> bool:
    pickled = head[:1] == b"\x80" and len(head) > 1 and head[1] in _PICKLE_PROTOCOLS
    return pickled or (head[:4] == b"PK\x03\x04" and (is_archive(path) or path.suffix.lower() in _SUFFIXES))


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode("utf-8", "replace")


def _is_zip(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # raised for archives of several disks
        return False


def _refused(path: Path) -> Exception:
    with path.open("rb") as file:
        head = file.read(2)
    if head[:1] != b"\x80" and not _is_zip(path):
        return BrokenModel(
            f"{path} is no TorchScript archive, or it is cut off",
            "Copy or export it again, with torch.jit.script(model).save(...).",
            model=str(path),
            reason="not a TorchScript archive",
        )
    return UntrustedModel(
        f"{path} is a pickle: to load it would run whatever code it holds",
        "Where you trust it, load it yourself and save torch.jit.script(model) or export ONNX.",
        model=str(path),
    )


def _without_file_operators(path: Path) -> tuple[Path, ...]:
    """Refuse code that reads or writes files, or speaks to other machines; no other files belong to an archive."""
    for name in foreign_operators(path) if is_archive(path) else ():
        raise UntrustedModel(
            f"the code in {path} calls {name}, which reads or writes files or speaks to other machines",
            f"Ask where it is from. Where you made it yourself, export it without, or use {option('trust', True)}.",
            model=str(path),
            reason=name,
        )
    return ()


def foreign_operators(path: Path) -> list[str]:
    """The operators in the code of an archive that do more than compute, as PyTorch calls them. Nothing is run.

    Args:
        path: An archive, see `is_archive`.
    Raises:
        BrokenModel: Its code cannot be read, or not all of it.
    """
    found: list[str] = []
    left = _MOST_CODE_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            if not _has_one_directory(path):
                raise zipfile.BadZipFile("its directory is not where its end says")
            # Every entry: of two with one name the readers of ZIP take one or the other. Torch's reader takes names as
            # they are written, in capitals or not.
            for entry in archive.infolist():
                if not entry.orig_filename.lower().endswith(".py"):
                    continue
                with archive.open(entry) as file:
                    code = file.read(left + 1)
                left -= len(code)
                if left < 0:
                    raise BrokenModel(
                        f"{path} holds more than {_MOST_CODE_BYTES >> 20} MB of code",
                        "Export it again: a model has a thousandth of that.",
                        model=str(path),
                        reason="too much code",
                    )
                text = code.decode("utf-8", "replace")
                found += [f"aten::{match[1]}" for match in _FILE_CALL.finditer(text)]
                found += [f"{match[1]}::{match[2]}" for match in _FOREIGN_NAMES.finditer(text)]
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as reason:
        # Torch's reader might read what this one does not.
        raise BrokenModel(
            f"the code in {path} cannot be read ({reason})",
            "Copy or export it again.",
            model=str(path),
            reason=f"code that cannot be read: {reason}",
        ) from reason
    return list(dict.fromkeys(found))


def _has_one_directory(path: Path) -> bool:
    """Whether the directory of a ZIP lies where its end says, with nothing behind it.

    Else `zipfile` takes the one before the end and torch the one at the place that is told: two archives in a file.
    """
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(size - sum(part.size for part in (_END_64, _PLACE_64, _END)), 0))
        tail = file.read()
    mark, *_, length, start, comment = _END.unpack(tail[-_END.size :])
    before = size - _END.size
    there, _, place, _ = _PLACE_64.unpack(tail[-_END.size - _PLACE_64.size : -_END.size])
    if there == b"PK\x06\x07":
        before -= _PLACE_64.size + _END_64.size
        large, *_, length, start = _END_64.unpack(tail[: _END_64.size])
        if large != b"PK\x06\x06" or place != before:
            return False
    return mark == b"PK\x05\x06" and not comment and start + length == before


@model_format("torchscript", suffixes=_SUFFIXES, recognises=_recognises, examine=_without_file_operators)
def torchscript(path: Path, options: RuntimeOptions) -> TorchRuntime:
    """TorchScript, run by torch (extra `torch`); pickles are refused."""
    if not is_archive(path):
        raise _refused(path)
    torch = need("torch", "torch")
    device = options.device
    if device != "cpu" and not torch.cuda.is_available():
        raise ConfigError("the installed torch finds no CUDA device", "Use the device cpu.", key="device")
    engines = torch.backends.quantized.supported_engines
    if options.engine is not None and options.engine not in engines:
        names = ", ".join(engine for engine in engines if engine != "none")
        raise ConfigError(f"torch has no engine {options.engine!r} here", f"Its engines are {names}.", key="engine")
    if options.engine is not None:
        torch.backends.quantized.engine = options.engine
    try:
        with warnings.catch_warnings(), without_stderr_lines(_CHATTER):
            # TorchScript is deprecated; whoever has a file of it can do nothing about that here.
            warnings.simplefilter("ignore", DeprecationWarning)
            # What Ultralytics packs beside the code.
            extra = {"config.txt": ""}
            module = torch.jit.load(str(path), map_location=device, _extra_files=extra).eval()
            return TorchRuntime(torch, module, options, _text(extra["config.txt"]), path)
    except Exception as reason:
        # Torch goes on with the line of the module's own code.
        why = " ".join(str(reason).split()).partition(" : File ")[0]
        lacking = "Unknown builtin op" in why or "Could not find" in why or "Unknown type name" in why
        raise BrokenModel(
            f"{path} cannot be loaded by torch {torch.__version__} ({why[:300]})",
            "Script it without operators of other packages." if lacking else "Copy or export it again.",
            model=str(path),
            reason="operators that torch lacks" if lacking else why,
        ) from reason

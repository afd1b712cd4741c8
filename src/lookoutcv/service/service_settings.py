"""What can be said of serving models."""

from pathlib import Path
from typing import Annotated

from lookoutcv.gate.gate_settings import GATE_PLACES
from lookoutcv.inference.inference_settings import DeviceSetting, TrustSetting
from lookoutcv.measuring.model_settings import MAX_PIXELS
from lookoutcv.settings.declaration import JsonSetting, Setting, settings_class

PORT = 8000
QUEUE = 64
BODY_BYTES = 20 << 20
REQUEST_SECONDS = 30.0
DRAIN_SECONDS = 10.0


@settings_class
class ServeSettings:
    """Models behind an HTTP API."""

    model: Annotated[
        str | None,
        Setting(
            "A package, or an ONNX, TFLite or TorchScript file, or file.py:function.",
            positional=True,
            metavar="MODEL",
            place=True,
        ),
    ] = None
    models: Annotated[
        list[str] | None,
        Setting("Another model under a name of its own; may be repeated.", flag="model", metavar="NAME=MODEL"),
    ] = None
    shadow: Annotated[
        list[str] | None,
        Setting(
            "A model that is asked about the same images as the first one; its answers are logged, never returned; may "
            "be repeated.",
            metavar="NAME=MODEL",
        ),
    ] = None
    gate: Annotated[
        str | None,
        Setting(
            "A gate that images pass before a model is asked.", metavar="GATE", place=True, place_names=GATE_PLACES
        ),
    ] = None
    on_reject: Annotated[
        str, Setting("An image that the gate finds unfit: refuse it, or answer all the same and say so (tag).")
    ] = "refuse"
    log: Annotated[
        Path | None,
        Setting("Log every prediction with the quality of its image there: a folder or a URL.", metavar="LOG"),
    ] = None
    top: Annotated[int, Setting("How many classes an answer names.", minimum=1)] = 3
    thresholds: Annotated[
        list[str] | None,
        Setting(
            "Answers of this class below this confidence are marked as not accepted; may be repeated; '*' for all "
            "classes.",
            flag="threshold",
            metavar="CLASS=NUMBER",
        ),
    ] = None
    host: Annotated[str, Setting("The address to listen on.", metavar="ADDRESS")] = "127.0.0.1"
    port: Annotated[int, Setting("The port to listen on; 0 for a free one.", minimum=0)] = PORT
    workers: Annotated[int | None, Setting("How many processes serve; unless given, one a core.", minimum=1)] = None
    threads: Annotated[int, Setting("How many images a process works at, at once.", minimum=1)] = 1
    queue: Annotated[
        int, Setting("How many images may wait in a process; further ones are told to come again.", minimum=1)
    ] = QUEUE
    request_seconds: Annotated[float, Setting("A request that takes longer is given up.", minimum=0.1)] = (
        REQUEST_SECONDS
    )
    drain_seconds: Annotated[
        float, Setting("How long requests and the log are waited for when the service stops.", minimum=0)
    ] = DRAIN_SECONDS
    max_body_bytes: Annotated[int, Setting("Larger requests are refused.", minimum=1)] = BODY_BYTES
    max_pixels: Annotated[int | None, MAX_PIXELS] = None
    keys: Annotated[
        Path | None,
        Setting(
            "Only who has a key of this file may ask; needed where the address is not this machine's own.",
            metavar="FILE",
            place=True,
        ),
    ] = None
    open_metrics: Annotated[bool, Setting("/metrics needs no key.")] = False
    device: DeviceSetting = "cpu"
    trust: TrustSetting = False


_KEY_NAME = Setting("Whose key it is.", positional=True, metavar="NAME")


@settings_class
class KeysPlaceSettings:
    """Where keys are."""

    keys: Annotated[Path, Setting("The file of keys.", name="file", flag="keys", metavar="FILE", place=True)] = Path(
        "lookout_keys.json"
    )


@settings_class
class KeyAddSettings:
    """A new key."""

    name: Annotated[str, _KEY_NAME]
    scopes: Annotated[
        list[str] | None,
        Setting(
            "What it allows: read, predict, train or admin, which is all; may be repeated; predict unless given.",
            flag="scope",
            metavar="SCOPE",
        ),
    ] = None


@settings_class
class KeyListSettings:
    """Who has a key."""

    as_json: JsonSetting = False


@settings_class
class KeyRemoveSettings:
    """A key that is to open nothing any more."""

    name: Annotated[str, _KEY_NAME]

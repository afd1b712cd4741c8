"""Pretrained weights from the Hugging Face hub, or the reason why they cannot be had, said within seconds."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lookoutcv.extras import need

# From the first try to the answer that it cannot be reached: looking up a name that no server knows can take longer
# than any limit that is set on a connection.
ANSWER_SECONDS = 4.5
_FILE = "model.safetensors"


class HubError(Exception):
    """The weights cannot be had from the hub; its text says why, as the end of a sentence.

    Args:
        reason: That text.
        silent: Whether it is the same for all weights: there is no hub, or it does not answer.
    """

    def __init__(self, reason: str, *, silent: bool = False) -> None:
        super().__init__(reason)
        self.silent = silent


def weights_from_hub(repository: str, file: str | None = None, silence: HubError | None = None) -> Path:
    """The file of a repository, from the cache or the hub. `HF_HOME`, `HF_ENDPOINT` and `HF_HUB_OFFLINE` are honoured.

    Args:
        repository: "timm/resnet18.a1_in1k".
        file: Its name; model.safetensors unless the repository has another.
        silence: Of the hub, when it was asked for others just now: it is not asked again.
    Raises:
        MissingExtra: huggingface_hub is not installed.
        HubError: Neither in the cache nor reachable.
    """
    hub = need("huggingface_hub", "train")
    name = file or _FILE
    cached = hub.try_to_load_from_cache(repository, name)
    if isinstance(cached, str):
        return Path(cached)
    if need("huggingface_hub.constants", "train").HF_HUB_OFFLINE:
        raise HubError("HF_HUB_OFFLINE is set, and they are not in the cache")
    if silence is not None:
        raise silence
    endpoint = os.environ.get("HF_ENDPOINT") or None
    url = hub.hf_hub_url(repository, name, endpoint=endpoint)
    _within(lambda: hub.get_hf_file_metadata(url, timeout=ANSWER_SECONDS), "the hub did not answer")
    hub.utils.disable_progress_bars()
    try:
        return Path(hub.hf_hub_download(repository, name, endpoint=endpoint, etag_timeout=ANSWER_SECONDS))
    except Exception as reason:  # a client's own errors are of many kinds, and none of them may end a training
        raise _told(reason) from reason


def _within(ask: Callable[[], Any], silence: str) -> None:
    """Ask in a thread that is left alone when it takes too long."""
    failures: list[BaseException] = []

    def answered() -> None:
        try:
            ask()
        except Exception as reason:  # as above
            failures.append(reason)

    thread = threading.Thread(target=answered, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    if thread.is_alive():
        raise HubError(f"{silence} within {ANSWER_SECONDS:g} seconds", silent=True)
    if failures:
        raise _told(failures[0]) from failures[0]


def _told(reason: BaseException) -> HubError:
    status = getattr(getattr(reason, "response", None), "status_code", None)
    if status in (401, 403):
        return HubError("the hub wants a token that may read them (HF_TOKEN)")
    if status == 404:
        return HubError("the hub does not have them")
    if status is not None:
        return HubError(f"the hub answered with an error ({status})")
    text = (str(reason).splitlines() or [type(reason).__name__])[0].rstrip(".")
    return HubError(f"the hub cannot be reached ({text})", silent=True)

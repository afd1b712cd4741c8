"""A model of tensors: images to a batch, the batch through a runtime, outputs to predictions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.byte_sizes import byte_size
from lookoutcv.errors import InferenceFailed, LookoutError, RuntimeDied, WrongCard
from lookoutcv.models.cards.card import Card
from lookoutcv.models.choose_head import choose_head, probe_of
from lookoutcv.models.declared_input import class_names, only_input, sized
from lookoutcv.models.formats.base import NotTensor, Runtime, Tensor, TensorInfo, as_tensor, facts_of
from lookoutcv.models.input.complete_input import complete_input
from lookoutcv.models.input.framing import Framing, Pixels, framed
from lookoutcv.models.input.preprocessing import Preprocessor
from lookoutcv.models.output_tensors import agree, joined, padded, real_numbers
from lookoutcv.models.predictor import Predictor
from lookoutcv.models.python_function import FunctionRuntime
from lookoutcv.models.runtimes.confined_runtime import ConfinedRuntime
from lookoutcv.models.sight import Sight
from lookoutcv.predictions import Prediction
from lookoutcv.processes.told_errors import RaisedElsewhereError

# More images at once make inference no faster on a processor, and a batch of 416 x 416 floats has 2 MB an image.
_BATCH = 32
_MOST_BATCH_BYTES = 32 * 2**20
# Of maps with a score for each class at each pixel the outputs are larger by far.
_MOST_OUTPUT_BYTES = 256 * 2**20
# Of a model that takes one number of images only: tensors as large have to fit into memory several times.
_MOST_FIXED_BYTES = 2**29
_NOISE_SEED = 0
# Below, outputs of single images are joined and read at once: that takes microseconds an image.
_LARGE_OUTPUT_BYTES = 2**16


class TensorModel(Predictor):
    """A model of tensors: a file and its runtime, or a function of batches.

    Args:
        name: What messages call it.
        runtime: The opened file.
        user_card: The card as the user has it.
        sha256: Of the model's file, in hexadecimal; None for a function.
        find_network: Gives the same model as a network of torch, asked for once; None where there is none.
    Raises:
        WrongCard: The card does not fit.
        InferenceFailed: It fails on a picture of noise.
    """

    def __init__(
        self,
        name: str,
        runtime: Runtime,
        user_card: Card,
        sha256: str | None,
        find_network: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__(name, sha256)
        self._runtime, self._find_network = runtime, find_network
        self._network: Any | None = None
        info = only_input(runtime, name)
        facts = facts_of(runtime)
        card_input, notes = complete_input(sized(user_card.input, info, facts), info, name, facts)
        assert card_input.size is not None  # complete
        self._info = info
        self._prepare = Preprocessor(card_input, None if info is None else info.quantisation)
        self._pixels = card_input.size
        self._refuse_many_at_once()
        self._room: Tensor | None = None
        # Whether whole batches get the same outputs as single images; None until it was tried.
        self._batches: bool | None = None
        self._bytes_out = 0
        # The room for a batch is one: threads take turns.
        self._alone = threading.Lock()
        outputs = self.infer(self.prepare([_noise(card_input.size)])[0])
        names = class_names(user_card, runtime, name)
        probe = probe_of(outputs, runtime.outputs, card_input.size, names, facts)
        self._chosen_head = choose_head(user_card, probe, names, name)
        self.task, self.labels = self._chosen_head.head.task, self._chosen_head.labels
        # Torchvision's detectors, which give boxes in pixels, resize by themselves.
        resizes = any(info.in_pixels for info in runtime.outputs)
        if self.task == "detection" and user_card.input.resize is None and facts.resize is None and not resizes:
            notes.append("input.resize stretch is assumed; many detectors want letterbox.")
        self.notes = (*notes, *getattr(runtime, "notes", ()), *self._chosen_head.notes)
        self.card = replace(user_card, task=self.task, input=card_input, head=self._chosen_head.as_card)

    @property
    def batch(self) -> int:
        """How many images are run at once."""
        outputs = _MOST_OUTPUT_BYTES // max(self._bytes_out, 1)
        return self._runtime.batch or max(1, min(_BATCH, _MOST_BATCH_BYTES // self._bytes_an_image, outputs))

    def _refuse_many_at_once(self) -> None:
        fixed = self._runtime.batch or 1
        if fixed * self._bytes_an_image > _MOST_FIXED_BYTES:
            raise WrongCard(
                f"{self.name} takes {fixed:,} images at once and no fewer, which are "
                f"{byte_size(fixed * self._bytes_an_image)}",
                "Export it with a free number of images, or for one.",
                model=self.name,
                key="input",
            )

    @property
    def _bytes_an_image(self) -> int:
        return int(3 * self._pixels[0] * self._pixels[1] * np.dtype(self._prepare.dtype).itemsize)

    def with_card(self, card: Card) -> TensorModel:
        """The same opened model under another card."""
        return TensorModel(self.name, self._runtime, card, self.sha256, self._find_network)

    def network(self) -> Any | None:
        """The same model as a network of torch, in eval mode; None where there is none."""
        with self._alone:
            if self._network is None and self._find_network is not None:
                self._network = self._find_network()
        return self._network

    def sight(self, pixels: Pixels) -> Sight:
        """What the model sees of an image."""
        seen, framing = framed(pixels, self.card.input)
        with self._alone:
            tensor = self._prepare.filled([seen])
        whole = Framing(framing.size, framing.size, 1.0, 1.0, 0.0, 0.0)

        def predict(variants: Sequence[Pixels]) -> list[Prediction]:
            found: list[Prediction] = []
            for first in range(0, len(variants), self.batch):
                some = variants[first : first + self.batch]
                with self._alone:
                    found += self.predict_batch(self._prepare.filled(some), [whole] * len(some))
            return found

        return Sight(seen.copy(), framing, tensor, predict)

    def _predicted(self, images: Sequence[Pixels]) -> list[Prediction]:
        with self._alone:
            # A function may keep what it is given; a file's runtime does not.
            if not isinstance(self._runtime, FunctionRuntime) and self._room is None:
                self._room = self._empty(self.batch)
            batch, framings = self._prepare(images, self._room)
            return self.predict_batch(batch, framings)

    def _empty(self, count: int) -> Tensor:
        shared = (
            self._runtime.empty((count, *self._prepare.shape), self._prepare.dtype)
            if (isinstance(self._runtime, ConfinedRuntime))
            else None
        )
        return self._prepare.empty(count) if shared is None else shared

    def prepare(self, images: Sequence[Pixels]) -> tuple[Tensor, list[Framing]]:
        """The tensor that the model gets, and how each image lies in it."""
        return self._prepare(images)

    def predict_batch(self, batch: Tensor, framings: Sequence[Framing]) -> list[Prediction]:
        """The predictions for a tensor that `prepare` made.

        Raises:
            InferenceFailed: As `infer`.
        """
        # Where each image has as many rows as objects, there is nothing to join.
        ragged = any(None in info.shape[1:] for info in self._runtime.outputs)
        if not self._one_by_one or (self._bytes_out < _LARGE_OUTPUT_BYTES and not ragged):
            return self.read(self.infer(batch), framings)
        # To join outputs of a megabyte an image takes fresh memory, which costs more than reading them.
        with closing(self._run_each(batch)) as parts:
            return [
                prediction
                for part, framing in zip(parts, framings, strict=True)
                for prediction in self.read(self._decoded(part, 1), [framing])
            ]

    @property
    def _one_by_one(self) -> bool:
        return self._runtime.batch == 1 or (self._runtime.batch is None and self._batches is False)

    def infer(self, batch: Tensor) -> list[Any]:
        """The outputs for a batch, as real numbers.

        Raises:
            InferenceFailed: The runtime failed, or returned not one row an image.
        """
        fixed = self._runtime.batch
        if fixed is not None and fixed != len(batch):
            batches = (padded(batch[i : i + fixed], fixed) for i in range(0, len(batch), fixed))
            parts = list(self._run_each(batch)) if fixed == 1 else [self._run(part) for part in batches]
            return self._decoded(joined(parts, len(batch)), len(batch))
        if fixed is not None or len(batch) == 1 or self._batches:
            return self._decoded(self._run(batch), len(batch))
        return self._compared_singly(batch)

    def _compared_singly(self, batch: Tensor) -> list[Any]:
        """The outputs one by one, and whether the model gives the same for the whole batch.

        Many models have a batch of one written into constants: they refuse another, or take it and predict wrongly.
        """
        parts = list(self._run_each(batch))
        separate = self._decoded(joined(parts, len(batch)), len(batch))
        if self._batches is None:
            try:
                together = self._decoded(self._run(batch), len(batch))
            except (InferenceFailed, RuntimeDied):
                self._batches = False
            else:
                same = all(agree(output, single) for output, single in zip(together, separate, strict=True))
                # Where every image gets the same output, agreement says nothing: the next batch is compared again.
                distinguishable = any((output[1:] != output[:-1]).any() for output in separate)
                self._batches = same if distinguishable or not same else None
        return separate

    def read(self, outputs: Sequence[Any], framings: Sequence[Framing]) -> list[Prediction]:
        """The predictions in outputs."""
        try:
            return self._chosen_head.head.read(outputs, framings, self.labels, self._chosen_head.settings)
        except ValueError as reason:
            raise WrongCard(
                f"{self.name}: the head {self._chosen_head.head.name} cannot read its outputs: {reason}",
                "Correct the card's head or labels.",
                model=self.name,
                key="head",
            ) from None

    def _run(self, batch: Tensor) -> list[Any]:
        with self._explained(batch):
            return self._runtime.run(batch)

    def _run_each(self, batch: Tensor) -> Generator[list[Any], None, None]:
        """The outputs for each image of a batch, run by itself."""
        if isinstance(self._runtime, ConfinedRuntime):
            with self._explained(batch):
                yield from self._runtime.run_each(batch)
        else:
            for index in range(len(batch)):
                yield self._run(batch[index : index + 1])

    @contextmanager
    def _explained(self, batch: Tensor) -> Iterator[None]:
        try:
            yield
        except LookoutError:
            raise
        except Exception as reason:  # a runtime, or a user's function: anything may happen
            why = " ".join(str(reason).split())[:400]
            kind = reason.kind if isinstance(reason, RaisedElsewhereError) else type(reason).__name__
            raise InferenceFailed(
                f"{self.name} failed on a batch of shape {batch.shape} ({kind}: {why})",
                "Compare the input in its card with what it was trained on: size, layout, dtype, engine.",
                model=self.name,
                reason=why,
            ) from reason

    def _no_tensor(self, returned: str) -> InferenceFailed:
        return InferenceFailed(
            f"{self.name} returned {returned}",
            "Export it, or write the function, so that it returns arrays of numbers only.",
            model=self.name,
            reason="outputs that are no tensors",
        )

    def _decoded(self, outputs: Sequence[Any], count: int) -> list[Any]:
        infos: Sequence[TensorInfo | None] = self._runtime.outputs or [None] * len(outputs)
        decoded = []
        if len(outputs) != len(infos):
            raise self._no_tensor(f"{len(outputs)} outputs, and its file says {len(infos)}")
        for returned, info in zip(outputs, infos, strict=True):
            output = as_tensor(returned)
            if isinstance(output, NotTensor):
                raise self._no_tensor(f"{output.what}, which is no tensor of numbers")
            if output.shape[:1] != (count,):
                raise InferenceFailed(
                    f"{self.name} returned an output of shape {output.shape} for {count} images",
                    "Export it with the number of images as the first side of every output.",
                    model=self.name,
                    reason="not one row an image",
                )
            decoded.append(real_numbers(output, info))
        self._bytes_out = sum(output.nbytes for output in decoded) // max(count, 1)
        return decoded


def _noise(size: tuple[int, int]) -> Pixels:
    return np.random.default_rng(_NOISE_SEED).integers(0, 256, (*size, 3), dtype=np.uint8)

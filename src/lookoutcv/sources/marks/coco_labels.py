"""Labels of whole images in a COCO file that marks no place: an annotation that names a category and nothing else."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

_NONE, _SEVERAL = -1, -2


@dataclass
class WholeImageLabels:
    """The category of each image, where its annotations name one and no place.

    Args:
        images: How many there are.
    """

    images: int
    _kinds: array[int] = field(init=False)

    def __post_init__(self) -> None:
        self._kinds = array("i", [_NONE]) * self.images

    def add(self, image: int, kind: int | None) -> None:
        """Note what an annotation without a place says of an image.

        Args:
            image: Its number.
            kind: The number of the category; None for one that the file does not name.
        """
        if kind is not None and self._kinds[image] != kind:
            self._kinds[image] = kind if self._kinds[image] == _NONE else _SEVERAL

    @property
    def known(self) -> bool:
        """Whether an image has one."""
        return any(kind >= 0 for kind in self._kinds)

    def of_images(self, names: list[str]) -> list[str | None]:
        """The label of each image; None where there is none, or there are several.

        Args:
            names: Of the categories.
        Example:
            >>> labels = WholeImageLabels(3)
            >>> for image, kind in ((0, 1), (0, 1), (1, 0), (1, 1)):
            ...     labels.add(image, kind)
            >>> labels.of_images(["cat", "dog"])
            ['dog', None, None]
        """
        return [names[kind] if kind >= 0 else None for kind in self._kinds]

    def notes(self, name: str) -> Iterator[str]:
        """What is said of them, in sentences.

        Args:
            name: Of the file.
        """
        yield f"{name} marks no places: its categories are taken for labels of whole images."
        several = sum(kind == _SEVERAL for kind in self._kinds)
        if several:
            images = "1 image has" if several == 1 else f"{several:,} images have"
            yield f"{images} several categories in {name}, and no label."

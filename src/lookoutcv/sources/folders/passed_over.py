"""What a tree of files holds that looks like an image and is not tried as one: counted, and the first is named."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.files.tars import DOUBLED, LINK
from lookoutcv.sources.file_names import is_candidate, is_hidden, is_system, looks_like_image, printable

HIDDEN = "hidden"
_ONE_AND_MANY = {
    HIDDEN: ("1 hidden image is not read: {}.", "{:,} hidden images are not read, the first is {}."),
    LINK: ("1 link is not followed: {}.", "{:,} links are not followed, the first is {}."),
    DOUBLED: (
        "1 image is not read, since its name comes again behind it: {}.",
        "{:,} images are not read, since their names come again behind them, the first is {}.",
    ),
}


@dataclass
class PassedOver:
    """How many files were passed over, by the reason, and the first of each."""

    _count: dict[str, int] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, name: str) -> None:
        """Note one: `HIDDEN`, `LINK` or `DOUBLED`."""
        self._count[reason] = self._count.get(reason, 0) + 1
        self._first.setdefault(reason, printable(name))

    def add_hidden(self, name: str) -> None:
        """Note a file that is hidden, or lies in a hidden folder, where its name says that it is an image.

        What the system keeps beside images (`__MACOSX`, `._1.jpg`, `@eaDir`) is none of the user's.

        Example:
            >>> seen = PassedOver()
            >>> for name in (".trash/1.jpg", "__MACOSX/._1.jpg", ".DS_Store"):
            ...     seen.add_hidden(name)
            >>> seen.notes
            ('1 hidden image is not read: .trash/1.jpg.',)
        """
        parts = name.split("/")
        if "." in parts[-1].lstrip(".") and looks_like_image(parts[-1]) and not any(map(is_system, parts)):
            self.add(HIDDEN, name)

    @property
    def notes(self) -> tuple[str, ...]:
        """All of it, in sentences."""
        return tuple(
            _ONE_AND_MANY[reason][0].format(self._first[reason])
            if count == 1
            else _ONE_AND_MANY[reason][1].format(count, self._first[reason])
            for reason, count in self._count.items()
        )


def is_candidate_path(name: str, passed_over: PassedOver) -> bool:
    """Whether a member of an archive is tried as an image, as it would be in a folder; one that is hidden is counted.

    Example:
        >>> [is_candidate_path(name, PassedOver()) for name in ("a/1.jpg", ".a/1.jpg", "a/labels.csv")]
        [True, False, False]
    """
    parts = name.split("/")
    if any(map(is_hidden, parts)):
        passed_over.add_hidden(name)
        return False
    return is_candidate(parts[-1])

"""What the names of images say of where they come from: which are altered copies of one, which are of one film."""

from __future__ import annotations

import re
from collections.abc import Collection

from lookoutcv.sources.folders.folder_roles import is_recording

# Roboflow writes NAME_jpg.rf.HASH.jpg, Augmentor CLASS_original_NAME_UUID.
_BY_TOOLS = (
    re.compile(r"(.+)\.rf\.[0-9a-zA-Z]{16,64}"),
    re.compile(r"(?:.+_)?original_(.+)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
)
_SURE = r"aug(?:mented|mentation)?|[hv]?[-_ ]?flip(?:ped)?(?:[-_ ]?(?:lr|ud|[hvxy]))?|rot(?:ated?|ation)?|mirror(?:ed)?"
# Words that may as well say what is to be seen: these count where the image itself is there beside the altered one.
_PERHAPS = (
    "blur(?:red|ry)?|nois[ey]|bright(?:er|ness|ened)?|dark(?:er|ened)?|contrast|crop(?:ped)?|gr[ae]y(?:scale)?|copy"
    "|shift(?:ed)?|translated?|zoom(?:ed)?|scaled?|shear(?:ed)?|cutout|jitter(?:ed)?|orig(?:inal)?|hue|saturat(?:ed|ion)"
)
_NUMBER = r"(?:[-_ ]?[0-9]{1,3}(?:deg)?)?"
_ENDS = re.compile(rf"(.+?)[-_ .](?:{_SURE}){_NUMBER}", re.IGNORECASE)
_BEGINS = re.compile(rf"(?:{_SURE}){_NUMBER}[-_ .](.*[^-_ .0-9].*)", re.IGNORECASE)
_MAY_END = re.compile(rf"(.+?)[-_ .](?:{_SURE}|{_PERHAPS}){_NUMBER}", re.IGNORECASE)
_FRAME = re.compile(r"(.*?)[-_ .]*(?:frame|frm)[-_ .]?[0-9]+", re.IGNORECASE)
_OF_FILM = re.compile(
    r"(.*(?:video|film|clip|movie|scene|seq(?:uence)?|recording)[-_ ]?[0-9]+)[-_ .](?:f[-_ ]?)?[0-9]+", re.IGNORECASE
)


def original_of(stem: str, stems: Collection[str]) -> str:
    """The name of the image that one was made from; its own where it was made from none.

    Args:
        stem: Its name without folder and suffix.
        stems: Those of all images in its folder.
    Example:
        >>> original_of("cat1_flip_aug2", ()), original_of("cat1_dark", ()), original_of("cat1_dark", {"cat1"})
        ('cat1', 'cat1_dark', 'cat1')
    """
    for form in _BY_TOOLS:
        if found := form.fullmatch(stem):
            return found[1]
    name = stem
    while found := _ENDS.fullmatch(name) or _BEGINS.fullmatch(name):
        name = found[1]
    before = name
    while found := _MAY_END.fullmatch(before):
        before = found[1]
        if before in stems:
            name = before
    return name


def film_of(id: str, label: str) -> str | None:
    """The film that an image is a frame of, by its folders or its name; None where they name none.

    Args:
        id: Its path below the source, with forward slashes.
        label: Its class, which is no film, whatever it is called.
    Example:
        >>> film_of("cat/clip3_frame_0012.jpg", "cat"), film_of("cat/video 7/1.jpg", "cat"), film_of("12.jpg", "cat")
        ('cat/clip3', 'cat/video 7', None)
    """
    *folders, name = id.split("/")
    for depth, folder in enumerate(folders, start=1):
        if folder != label and is_recording(folder):
            return "/".join(folders[:depth])
    stem = name.rpartition(".")[0] or name
    found = _FRAME.fullmatch(stem) or _OF_FILM.fullmatch(stem)
    if found is None:
        return None
    if found[1]:
        return "/".join((*folders, found[1]))
    return "/".join(folders) if folders and folders[-1] != label else None

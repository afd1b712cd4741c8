"""The network in a package, as torch holds it: its architecture from timm, its weights from the package."""

from __future__ import annotations

from typing import Any

from lookoutcv.errors import BrokenModel, CorruptFile
from lookoutcv.models.networks.input_side import side_options
from lookoutcv.models.networks.timm_import import timm
from lookoutcv.models.networks.weight_file import read_weights
from lookoutcv.models.packages.manifest import WEIGHTS
from lookoutcv.models.packages.package import Package


def has_network(package: Package) -> bool:
    """Whether a package says which network its weights belong to, and brings them."""
    backbone = package.manifest.backbone
    return (
        backbone is not None
        and backbone.library == "timm"
        and any(file.name == WEIGHTS for file in package.manifest.files)
    )


def packed_network(package: Package) -> Any:
    """The network of a package, ready to be asked: in eval mode, on the CPU.

    Nothing that the package holds is run: the network is timm's own, and its weights are numbers.

    Args:
        package: One for which `has_network` holds.
    Returns:
        A `torch.nn.Module`.
    Raises:
        MissingExtra: torch or timm is not installed.
        BrokenModel: This timm does not know the network.
        CorruptFile: The weights are not those of the network, or are damaged.
    """
    library = timm()
    backbone, size = package.manifest.backbone, package.card.input.size
    assert backbone is not None
    if not library.is_model(backbone.name):
        raise BrokenModel(
            f"{package.path} holds a network that timm {library.__version__} does not know: {backbone.name!r}",
            "Install the timm that it was made with, or a later one: pip install --upgrade timm",
            model=str(package.path),
            reason="unknown network",
        )
    options = {} if size is None else side_options(backbone.name, size[0])
    module = library.create_model(
        backbone.name, pretrained=False, num_classes=len(package.manifest.classes), **options
    ).float()
    try:
        module.load_state_dict(read_weights(package.file(WEIGHTS)).tensors)
    except RuntimeError as reason:
        raise CorruptFile(
            f"{package.path}: {WEIGHTS} does not hold the weights of {backbone.name}",
            "Make the package again.",
            path=str(package.path),
        ) from reason
    return module.eval()

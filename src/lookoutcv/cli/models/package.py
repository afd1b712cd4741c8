"""`lookout package`: a model that exists already, with its card, its baseline and its figures in one folder or ZIP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.training.packing.packing_settings import PackageSettings


@verb("package")
def package(settings: PackageSettings) -> None:
    """Wrap, write and print; what it can be told is declared in `training.packing.packing_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.package import print_package
    from lookoutcv.cli.printing.progress_bar import progress_bar

    with progress_bar(f"Packing {settings.model}") as progress:
        made = lo.package(
            settings.model,
            settings.data,
            settings.output,
            name=settings.name,
            model_version=settings.model_version,
            licence=settings.licence,
            weights=settings.weights,
            card=settings.card,
            device=settings.device,
            trust=settings.trust,
            perturb=settings.perturb,
            thumbnails=settings.thumbnails,
            workers=settings.workers,
            strict=settings.strict,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            force=settings.force,
            progress=progress,
        )
    print_package(made, settings.as_json)

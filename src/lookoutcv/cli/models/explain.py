"""`lookout explain`: what a model looked at in images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.inference.inference_settings import ExplainSettings
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.reports.report_settings import ReportSettings

_OWN = (".png", ".npy", ".npz")


@verb("explain")
def explain(settings: ExplainSettings, styling: ReportSettings, pictures: Options) -> None:
    """Explain, write and print; what it can be told is declared in `inference.inference_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.predictions import print_explanations
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.cli.printing.report import check_outputs, write_report
    from lookoutcv.files.outputs import check_output, refuse_doubled
    from lookoutcv.inference.explaining.explanations import kind_of

    outputs = settings.output or []
    _check_endings(outputs)
    refuse_doubled(outputs)
    own = [path for path in outputs if path.suffix.lower() in _OWN]
    reports: list[Path] = [path for path in outputs if path not in own]
    drawing = replace(styling, output=reports, force=settings.force)
    check_outputs(drawing, lo.ExplanationSheet)
    for path in own:
        check_output(path, kind_of(path), force=settings.force)
    with progress_bar(f"Asking {settings.model}") as progress:
        found = lo.explain(
            settings.model,
            settings.images,
            classes=settings.classes,
            top=settings.top,
            method=settings.method,
            layer=settings.layer,
            layout=settings.layout,
            samples=settings.samples,
            seed=settings.seed,
            faithfulness=settings.faithfulness,
            sample=settings.sample,
            card=settings.card,
            device=settings.device,
            trust=settings.trust,
            strict=settings.strict,
            max_pixels=settings.max_pixels,
            max_bytes=settings.max_bytes,
            thumbnails=pictures.get("thumbnails", True),
            redact=pictures.get("redact"),
            progress=progress,
        )
    sheet = found.sheet()
    written = [found.save(path, force=settings.force) for path in own]
    written += write_report(sheet, drawing) if reports else []
    print_explanations(sheet, written, settings.as_json)


def _check_endings(outputs: Sequence[Path]) -> None:
    """Refuse a name that says nothing, with all that could be said."""
    from lookoutcv.errors import UsageError
    from lookoutcv.reports.formats.base import registry
    from lookoutcv.results.explanation_sheet import ExplanationSheet

    known = {ending for form in registry if ExplanationSheet in form.of for ending in form.suffixes}
    for path in outputs:
        if path.suffix.lower() not in {*known, *_OWN} and not str(path).startswith("--"):
            raise UsageError(
                f"'{path}' does not say what is to be written",
                f"End its name in .png (a picture), .npy or .npz (the maps), or one of {', '.join(sorted(known))}.",
                key="output",
            )

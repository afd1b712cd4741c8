"""`lookout measure`: numbers for one image, or a record for every image of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lookoutcv.cli.parameters import verb

if TYPE_CHECKING:
    from lookoutcv.measuring.measuring_settings import MeasureSettings, Options


@verb("measure")
def measure(settings: MeasureSettings, options: Options) -> None:
    """Measure, write and print; what it can be told is declared in `measuring.measuring_settings`."""
    import lookoutcv as lo
    from lookoutcv.cli.printing.measured import print_measured
    from lookoutcv.cli.printing.progress_bar import progress_bar
    from lookoutcv.measuring.record_file import check_record_output

    if settings.output is not None:
        check_record_output(settings.output, force=settings.force)
    with progress_bar(f"Measuring {settings.source}") as progress:
        options["progress"] = progress
        measured = lo.measure(
            settings.source, output=settings.output, force=settings.force, raw=settings.raw, **options
        )
    print_measured(measured, settings.output, settings.as_json)

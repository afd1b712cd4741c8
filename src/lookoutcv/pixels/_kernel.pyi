from typing import Any

def survey(
    pixels: Any, height: int, width: int, detail_step: int, colour_step: int, luma: Any, out: Any, /
) -> None: ...

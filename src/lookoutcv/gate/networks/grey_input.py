"""A network for colour photographs, asked about grey levels as the gate's small network is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lookoutcv.extras import need


def with_grey_input(module: Any, mean: Sequence[float], std: Sequence[float]) -> Any:
    """A `torch.nn.Module` around another.

    Args:
        module: From (n, 3, H, W) float32 as it was pretrained to (n, 1); what comes back has it as `network`.
        mean, std: Of three channels, of levels from 0 to 1.
    Returns:
        From (n, 1, H, W) float32 grey levels 0 to 255 to (n,).
    """
    torch: Any = need("torch", "train")

    class GreyInput(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = module
            self.register_buffer("mean", torch.tensor(mean).reshape(1, -1, 1, 1), persistent=False)
            self.register_buffer("std", torch.tensor(std).reshape(1, -1, 1, 1), persistent=False)

        def forward(self, levels: Any) -> Any:
            return self.network((levels / 255 - self.mean) / self.std).squeeze(1)

    return GreyInput()

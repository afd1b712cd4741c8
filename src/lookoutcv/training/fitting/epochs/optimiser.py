"""How far each layer goes in a step: AdamW, slower towards the input, along a warm-up and half a cosine."""

from __future__ import annotations

import math
from typing import Any

from lookoutcv.models.backbones.backbone import classifier_names

# Of the whole way; Goyal et al., "Accurate, Large Minibatch SGD", 2017, for why.
_WARM_UP = 0.1
_WEIGHT_DECAY = 0.05


def optimiser_of(module: Any, rate: float, *, first_layer: float = 1.0, head: float = 1.0) -> Any:
    """An AdamW over a network, each group of it with `base`, its largest learning rate.

    Args:
        module: Of timm.
        rate: The largest learning rate of the last layers of the backbone.
        first_layer: Share of it with which the first layer learns; those between lie between, each by the same factor
            (Clark et al., "ELECTRA", ICLR 2020). Given by the ends, and not by the factor, so that a network of 12
            layers and one of 50 are treated alike.
        head: Multiple of it with which the classifier learns.
    """
    import torch  # noqa: PLC0415

    depth = _depths(module)
    last = max(depth.values(), default=0) or 1
    heads = tuple(f"{name}." for name in classifier_names(module))
    spared = set(module.no_weight_decay()) if hasattr(module, "no_weight_decay") else set()
    groups: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in module.named_parameters():
        base = rate * (head if name.startswith(heads) else first_layer ** (1 - depth.get(name, last) / last))
        # Biases, scales and places of patches are no sizes of features: they are not held small.
        decay = 0.0 if parameter.ndim <= 1 or name in spared else _WEIGHT_DECAY
        groups.setdefault((base, decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": held, "lr": base, "base": base, "weight_decay": decay} for (base, decay), held in groups.items()]
    )


def set_rates(optimiser: Any, share: float) -> float:
    """Set the learning rates for a share of the way, 0 to 1; the largest of them is returned.

    The way is told in images, not in steps: a smaller batch does not change it.
    """
    factor = way_factor(share)
    for group in optimiser.param_groups:
        group["lr"] = group["base"] * factor
    return max(float(group["lr"]) for group in optimiser.param_groups)


def way_factor(share: float) -> float:
    """What of the largest learning rate is taken at a share of the way.

    Example:
        >>> [round(way_factor(share), 2) for share in (0, 0.05, 0.1, 0.55, 1)]
        [0.01, 0.5, 1.0, 0.5, 0.0]
    """
    if share < _WARM_UP:
        return max(0.01, share / _WARM_UP)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (share - _WARM_UP) / (1 - _WARM_UP))))


def _depths(module: Any) -> dict[str, int]:
    """How deep each parameter lies, from 0 at the images."""
    from timm.models import group_parameters  # noqa: PLC0415

    if not hasattr(module, "group_matcher"):
        return {}
    return dict(group_parameters(module, module.group_matcher(coarse=False), reverse=True))

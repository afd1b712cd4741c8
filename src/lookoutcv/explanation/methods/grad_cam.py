"""Maps from a layer's activations, weighted by the gradients of the score."""

from __future__ import annotations

from typing import Any

from lookoutcv.explanation.methods.base import layer_method

# Where the weight of a place would be divided by less than this, it is divided by this.
_LEAST_DIVISOR = 1e-6


@layer_method("grad_cam", source="Selvaraju et al., Grad-CAM, ICCV 2017")
def grad_cam(activation: Any, gradient: Any) -> Any:
    """What the layer holds, each channel weighted by its mean gradient."""
    return (gradient.mean((2, 3), keepdim=True) * activation).sum(1)


@layer_method("grad_cam_plus_plus", source="Chattopadhay et al., Grad-CAM++, WACV 2018")
def grad_cam_plus_plus(activation: Any, gradient: Any) -> Any:
    """As Grad-CAM, its weights those of the places that raise the score: several objects of one class show better."""
    # The paper's g^2 / (2 g^2 + sum(A) g^3), divided by g^2, which small gradients would underflow.
    divisor = 2 + activation.sum((2, 3), keepdim=True) * gradient
    divisor = divisor.where(divisor.abs() > _LEAST_DIVISOR, _LEAST_DIVISOR)
    weights = (gradient.clamp(min=0) / divisor).sum((2, 3), keepdim=True)
    return (weights * activation).sum(1)


@layer_method("layer_attribution", source="Draelos and Carin, HiResCAM, arXiv 2011.08891, 2020")
def layer_attribution(activation: Any, gradient: Any) -> Any:
    """What the layer holds times its gradient at each place: only what the network used is marked."""
    return (gradient * activation).sum(1)

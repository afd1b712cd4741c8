"""Maps from a layer's activations alone."""

from __future__ import annotations

from typing import Any

from lookoutcv.explanation.methods.base import layer_method
from lookoutcv.extras import need


@layer_method("eigen_cam", source="Muhammad and Yeasin, Eigen-CAM, IJCNN 2020", by_class=False)
def eigen_cam(activation: Any, gradient: Any) -> Any:
    """The first principal component of what the layer holds; the same for every class."""
    images, channels, height, width = activation.shape
    places = activation.reshape(images, channels, height * width).transpose(1, 2)
    centred = places - places.mean(1, keepdim=True)
    component = need("torch.linalg", "torch").svd(centred, full_matrices=False)[2][:, :1].transpose(1, 2)
    projected = (centred @ component)[..., 0]
    # A component has no sign of its own: positive is where the layer holds more.
    strength = places.norm(dim=2)
    along = (projected * (strength - strength.mean(1, keepdim=True))).sum(1, keepdim=True)
    return projected.where(along >= 0, -projected).reshape(images, height, width)

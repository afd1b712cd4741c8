"""How maps are computed. `base.py` says what a method is; every other file is one family of them.

Methods of a layer get its activations and gradients; methods of scores ask a function about variants of the image.
"""

from lookoutcv.explanation.methods.base import Method, layer_method, registry, score_method

__all__ = ["Method", "layer_method", "registry", "score_method"]

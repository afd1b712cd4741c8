"""What a model looked at: maps of how much each place of an image counts for a score.

Open `explain_network` for networks of torch, of which a layer is looked at, and `explain_scores` for anything that
gives scores, such as ONNX and TFLite. Both give `Attribution`s. `focus` says in numbers where a map lies, and
`measure_faithfulness` whether the places that it marks are those that the score follows from. Pure: arrays and networks
in, arrays out; no files.

A caller hands over what a network takes, prepared, and gets maps at the method's own resolution, from 0 to 1. Class
indices may be None, for the best class, or a function from a network's outputs to one number an image, for boxes and
pixels. `layout` is typed only where an error asks for it.
"""

from lookoutcv.explanation.attribution import Attribution, Faithfulness
from lookoutcv.explanation.explain_network import explain_network
from lookoutcv.explanation.explain_scores import explain_scores
from lookoutcv.explanation.faithfulness import measure_faithfulness
from lookoutcv.explanation.focus import mass_in_box, mass_in_mask, mass_on_border, spread

__all__ = [
    "Attribution",
    "Faithfulness",
    "explain_network",
    "explain_scores",
    "mass_in_box",
    "mass_in_mask",
    "mass_on_border",
    "measure_faithfulness",
    "spread",
]

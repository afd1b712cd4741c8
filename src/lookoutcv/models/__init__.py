"""Models: files and functions that predict something of images. Start with `opener`.

A format (`formats`) opens a model's file for its runtime; the card (`cards`) says how the model wants its images, which
`input` makes of them, and what its outputs mean; a head (`heads`) turns the outputs into predictions, those of
detectors with what `detection` holds. A new format or head is one new file in its room.
"""

from lookoutcv.models.cards.card import Card, Input, card_path
from lookoutcv.models.cards.card_text import card_json, card_text
from lookoutcv.models.opener import CardLike, open_model
from lookoutcv.models.predictor import Predictor, is_undefined

__all__ = [
    "Card",
    "CardLike",
    "Input",
    "Predictor",
    "card_json",
    "card_path",
    "card_text",
    "is_undefined",
    "open_model",
]

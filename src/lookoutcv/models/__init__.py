"""Models: files and functions that say something of images.

A format (`formats`) opens a model's file for its runtime; the card says how the model wants its images and what its
outputs mean; a head (`heads`) turns the outputs into predictions. A new format or head is one new file there.
"""

from lookoutcv.models.cards.card import Card, Input, card_path
from lookoutcv.models.cards.card_text import card_text
from lookoutcv.models.opener import CardLike, open_model
from lookoutcv.models.predictor import Predictor, is_undefined

__all__ = ["Card", "CardLike", "Input", "Predictor", "card_path", "card_text", "is_undefined", "open_model"]

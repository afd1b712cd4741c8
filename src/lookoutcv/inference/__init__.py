"""What a model predicts for images, how good that is, and the card that says how to run it; nothing is measured here.

Start with `labelled_images`, where the images come from, then `predict`, `evaluate` and `propose_card`.
"""

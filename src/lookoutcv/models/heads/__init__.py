"""What the outputs of models mean. `base.py` says what a head is; every other file is one family of them."""

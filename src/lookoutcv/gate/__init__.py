"""Is this image fit to use? Judges of one image or of a camera's last images, and one verdict from what they say.

Start with `gate`. What makes gates (samples, fitting, evaluating) is the room `gate_training`.
"""

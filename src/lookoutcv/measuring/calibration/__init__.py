"""How right a baseline's model is, learnt from its labelled images. Start with `calibrate_model`."""

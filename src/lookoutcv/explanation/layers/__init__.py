"""Where in a network to look, and how what a layer gives lies on the image.

`target_layer` finds the layer, `token_layout` brings activations of any layout to (N, C, h, w).
"""

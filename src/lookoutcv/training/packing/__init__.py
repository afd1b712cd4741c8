"""What was taught becomes a package: weights, ONNX, card, model card and baseline."""

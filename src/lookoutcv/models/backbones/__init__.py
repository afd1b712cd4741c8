"""Networks to begin with: timm's architectures, their pretrained weights, and how those want their images."""

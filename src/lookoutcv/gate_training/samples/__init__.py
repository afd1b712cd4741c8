"""Sharp and blurred images to fit a gate on: drawn patterns, or the user's photographs and copies of them."""

"""A window of images, or records, against a baseline. Start with `monitor`; `load` reads any file of ours."""

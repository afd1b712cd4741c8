"""TIFF: the first page read, checked against the file, and decoded by Pillow or, in planes, here.

Start with `tiff_check`.
"""

"""Streams of images or windows: alarms that stay valid however long one watches.

Start with `image_stream`; `e_process` holds the evidence that both streams gather.
"""

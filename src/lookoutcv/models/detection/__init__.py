"""What the heads of detectors share. Start with `box_decoding`: from outputs to boxes that are confident enough."""

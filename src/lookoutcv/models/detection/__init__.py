"""What the heads of detectors share: boxes, scores of classes, suppression."""

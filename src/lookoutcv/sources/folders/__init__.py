"""What the folders of images say: classes, or parts, cameras and days; and what lies beside the images."""

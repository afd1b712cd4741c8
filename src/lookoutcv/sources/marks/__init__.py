"""What people marked in images: boxes as data sets write them, checked, counted, and read from masks and COCO files."""

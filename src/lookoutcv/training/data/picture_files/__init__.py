"""Pictures in files on disk, in the forms that models and augmentation want."""

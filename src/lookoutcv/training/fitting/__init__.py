"""A backbone is taught the classes of a data set: weights, a linear head on fixed features, fine-tuning."""

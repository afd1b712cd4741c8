"""What is said of a training run: which model is the best, how all of them learnt, on what, and how it was done."""

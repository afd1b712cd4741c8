"""Which of several models is the best, and whether by more than chance."""

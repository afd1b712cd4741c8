"""Learning from images epoch by epoch: what is drawn of them, the steps, the time they take, what is kept on disk."""

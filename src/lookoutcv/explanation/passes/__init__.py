"""Forward and backward passes through a network that leave it exactly as it was. Start with `watched_pass`."""

"""The card of a model: what it is for, how it wants its images, what its outputs mean. Start with `card`."""

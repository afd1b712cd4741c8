"""A package: a model with its card, its baseline and what is known of it, a folder or a ZIP. Start with `package`."""

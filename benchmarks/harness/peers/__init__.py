"""What other tools say of the same windows. Each file runs in an environment of its own, where LookOutCV is not."""

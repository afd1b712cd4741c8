"""What probably caused a drift. Start with `classify`."""

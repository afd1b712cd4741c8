"""What probably caused a drift: `classify` says which family of causes it fits, `families` what each is."""

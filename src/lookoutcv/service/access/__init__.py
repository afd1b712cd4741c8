"""Who may ask what: keys, of which only hashes are kept, and what each allows."""

"""What the command line does with models: ask them, judge them, describe, teach and pack them; a module each."""

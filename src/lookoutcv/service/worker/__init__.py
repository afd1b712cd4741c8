"""One process that serves: it loads, answers, and hears what to do."""

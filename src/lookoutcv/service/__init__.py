"""The service: models behind one HTTP API, gated, logged and watched."""

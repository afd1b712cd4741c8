"""The whole story on pictures that the package brings: no data needed. Start with `story`."""

"""The log kept small and complete: rows removed, files compacted, people erased, labels and older logs brought in."""

"""Servers that store objects: buckets asked through their own clients, and why they refuse."""

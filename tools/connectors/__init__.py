"""Connectors: tools over systems that nobody here wrote, one file a kind of system."""

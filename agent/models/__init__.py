"""Models: one port, several ways to read and to word."""

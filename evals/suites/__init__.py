"""Suites: how well it reads, finds, recognises and speaks, in figures, on data that the code has not seen."""

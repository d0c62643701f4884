"""Whole cases, and rooms by themselves."""

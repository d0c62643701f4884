"""The commands of `deskhand`, one file for each group; `cli.py` puts them together."""

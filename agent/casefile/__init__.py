"""The case file: the append-only, hash-chained log of a case, and the only truth about it."""

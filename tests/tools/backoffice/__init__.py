"""The embedded company's systems, tried from outside and, for invariants, from within."""

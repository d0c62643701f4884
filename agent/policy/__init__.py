"""Policy: facts in, ruling out; no I/O."""

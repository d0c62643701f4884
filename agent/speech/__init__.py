"""Speech: what may be said, and how receipts become sentences."""

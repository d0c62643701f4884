"""How well it works."""

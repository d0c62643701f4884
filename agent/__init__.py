"""What happens, in which order, and who decides."""

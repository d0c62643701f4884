"""What the agent may say and do."""

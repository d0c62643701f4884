"""The embedded systems of record of the demo company; they know nothing of the agent."""

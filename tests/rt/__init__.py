"""Request Tracker, another ticket system that nobody here wrote, reached through the OpenAPI connector alone."""

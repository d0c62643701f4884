"""The browser agent: actions on pages that have no API, each declared as a recipe and never clicked freely."""

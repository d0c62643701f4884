"""A Django site around django-helpdesk. It runs in the help desk's venv."""

"""Recognisers: each finds one kind of value in a message, in the customer's own words."""

"""Real systems, written by others, on loopback: `pretix`, `helpdesk`, `radicale` and `mail` each start one.

Each is installed into a venv of its own from a lock file, seeded once, and started on a copy of what was seeded, so
that every run finds it alike. `python -m tests.systems` prepares them all (minutes, once); they are kept in
`DESKHAND_SYSTEMS_CACHE`, by default `.systems/` in the checkout.
"""

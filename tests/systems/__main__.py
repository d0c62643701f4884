"""Prepare every system: install and seed what is not in the cache yet."""

import tests.systems.helpdesk as helpdesk
import tests.systems.pretix as pretix

helpdesk.prepared()
pretix.prepared()

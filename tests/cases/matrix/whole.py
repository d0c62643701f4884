"""How much is tried: `make test` a part of each matrix, `make matrix` all of it, `make kill N=1000` that many kills."""

from __future__ import annotations

import os

WHOLE = "DESKHAND_KILLS" in os.environ
KILLS = int(os.environ.get("DESKHAND_KILLS", "9"))
SEED = int(os.environ.get("DESKHAND_SEED", "20261127"))
RUN = "`make kill`" if WHOLE else "`make test`"
"""Whose kills they are, on the page."""

"""What must stand before anything is imported: the same as for the product, and no real model anywhere."""

from __future__ import annotations

import os

os.environ |= {
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "LANGSMITH_TRACING": "false",
    "OPENBLAS_NUM_THREADS": "1",
}
for name in ("DESKHAND_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL", "DESKHAND_HOME", "PORT"):
    os.environ.pop(name, None)

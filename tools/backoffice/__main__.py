"""Run the back office alone: `python -m tools.backoffice --port 8100 --database .backoffice/harbor.db`."""

import argparse
import sys
from pathlib import Path

import uvicorn

from tools.backoffice.app import create_app
from tools.backoffice.store import Unusable


def main() -> None:
    """Serve on loopback until interrupted; exits with 2 and a sentence when the database cannot serve."""
    parser = argparse.ArgumentParser(prog="python -m tools.backoffice", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="on 127.0.0.1 (default: %(default)s)")
    parser.add_argument("--database", type=Path, default=Path(".backoffice/harbor.db"), help="default: %(default)s")
    asked = parser.parse_args()
    try:
        app = create_app(asked.database)
    except Unusable as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    try:
        uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="warning")
    finally:
        app.state.store.close()


if __name__ == "__main__":
    main()

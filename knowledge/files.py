"""Files that are there whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def put_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Fill a folder beside its place and move it there at once; another process may have put the same one first.

    Raises what `write` raises, and OSError when it cannot be moved; nothing is left of it then.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    try:
        write(beside)
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)

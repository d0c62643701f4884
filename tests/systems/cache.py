"""What is prepared once and kept: the systems' venvs and seeded data."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
INSIDE = HERE / "inside"
"""Code that runs in the systems' venvs, not in ours."""
SOURCE_ONLY = "django-jquery-js"
"""Published without a wheel."""


def _cache() -> Path:
    return Path(os.environ.get("DESKHAND_SYSTEMS_CACHE", HERE.parent.parent / ".systems")).absolute()


def made_once(name: str, recipe: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """The folder that `make` fills; made anew when a file of its recipe has changed. Other processes wait for it."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in recipe)).hexdigest()[:12]
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    folder, done = cache / f"{name}-{digest}", cache / f"{name}-{digest}.done"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            print(f"Preparing {folder.name} ...", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def lock_of(system: str) -> Path:
    """The file that names its packages."""
    return HERE / f"{system}.lock"


def installed(system: str) -> Path:
    """The folder of commands of the system's own venv, `python` among them."""

    def install(folder: Path) -> None:
        run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        only = ["--require-hashes", "--only-binary", ":all:", "--no-binary", SOURCE_ONLY]
        run([*pip, "--quiet", *only, "-r", str(lock_of(system))])

    return made_once(f"{system}-venv", [lock_of(system)], install) / "bin"


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """Run it to its end. Raises RuntimeError with what it said when it fails."""
    ended = subprocess.run(  # noqa: S603 - our own commands
        command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if ended.returncode != 0:
        raise RuntimeError(f"`{' '.join(command)}` ended with {ended.returncode}:\n{ended.stdout[-4000:]}")


def surroundings(**more: str) -> dict[str, str]:
    """An environment for a system: ours without what belongs to Deskhand or to our own Python, and `more`."""
    foreign = ("DESKHAND_", "LANG", "PYTHON", "VIRTUAL_ENV", "COVERAGE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": ""} | more

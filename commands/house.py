"""What all commands share: settings from the environment, and work that ends in one sentence where it cannot go on."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.status import Status

    from server import Settings

out = Console(highlight=False, soft_wrap=True)


def environment() -> None:
    """What must stand before libraries are imported.

    Checkpoints are strict, no trace leaves unless asked for, and small matrices are multiplied on one thread: several
    take fifteen times as long for fitting the intent head.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")


def read_settings() -> Settings:
    """The settings of the environment; ends the command with one sentence where one cannot be used."""
    environment()
    from pydantic import ValidationError

    import server

    try:
        return server.Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        known = name if name.isupper() else f"DESKHAND_{name.upper()}"
        fail(f"The setting {known} cannot be used: {first['msg']}.")


def carry_out(work: Coroutine[Any, Any, None]) -> None:
    """Run, and tell what stops it in one sentence."""
    import server

    try:
        asyncio.run(work)
    except server.REFUSALS as error:
        fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def told_done(shown: Status, n: int, done: int) -> None:
    """Show how far it is."""
    shown.update(f"{done} of {n} cases")


def report(line: str) -> None:
    """Say what is under way."""
    out.print(f"{line} ...")
    sys.stdout.flush()


def fail(sentence: str) -> NoReturn:
    """End the command with a sentence and exit code 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence)
    raise typer.Exit(1)

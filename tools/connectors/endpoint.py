"""An endpoint: where a mail server is, how the way there is kept private, and who we are there."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tools.connectors.connection import Needs
from tools.declared import DeclarationError, Declared, Secret

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Endpoint(Declared):
    """A server that is spoken to over a socket."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["tls", "starttls", "none"]
    """`tls` from the first byte on, `starttls` before anything is told; `none` on this machine alone."""
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    """Who vouches for the server, where that is not one of the authorities that the system trusts."""

    @model_validator(mode="after")
    def _kept_private(self) -> Self:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError(f"'{self.host}' is another machine; write `security: tls` or `security: starttls`.")
        if (self.user is None) != (self.password is None):
            raise ValueError("a user has a password; write both `user: …` and `password: …`, or neither.")
        return self

    def secret(self, needs: Needs) -> str | None:
        """The password, where there is a user. Raises DeclarationError."""
        return needs.secret(self.password) if self.password is not None else None

    def context(self, needs: Needs) -> ssl.SSLContext:
        """What a certificate of the server is held against. Raises DeclarationError."""
        try:
            return ssl.create_default_context(cafile=needs.at(self.ca_file) if self.ca_file else None)
        except OSError as error:
            raise DeclarationError(f"'ca_file' cannot be used ({error.strerror or error}); name a PEM file.") from None

"""Which model answers: the embedded one, or an endpoint's with the embedded one behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.models.failover import Failover
from agent.models.language import Language
from agent.models.mood_head import open_moods
from agent.models.offline import Offline
from agent.models.port import Model
from knowledge.embed import Embedder
from knowledge.head import open_head
from knowledge.release import Release

OPENAI = "https://api.openai.com/v1"
ENGLISH = "en"
"""What the embedder reads."""


def connected(name: str, base_url: str | None, api_key: str | None, *, timeout_s: float) -> Language:
    """The model behind an OpenAI-compatible endpoint; the caller closes it. Raises ValueError for a bad address."""
    return Language.connect(name, base_url or OPENAI, api_key or "", timeout_s=timeout_s)


def models_for(
    home: Path, embedder: Embedder, language: Language | None, *, budget_s: float
) -> Callable[[Release], Model]:
    """A maker of fresh models for one turn under a release. `budget_s`: what a turn may wait for the endpoint.

    The first model of a release fits its intent head, or reads the one kept in the home.
    """
    kept: dict[str, Offline | Failover] = {}

    def model_for(release: Release) -> Model:
        if release.id not in kept:
            company = release.playbook.company
            head = open_head(home, release, company.locales[0], embedder)
            offline = Offline(embedder, head, open_moods(home, {ENGLISH: embedder}))
            kept[release.id] = Failover(language, offline, budget_s=budget_s) if language else offline
        model = kept[release.id]
        return model.turn() if isinstance(model, Failover) else model

    return model_for

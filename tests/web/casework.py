"""A console over a real store, without a model: cases written as events, and a worker that does what a test says."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from agent.casefile import approvals, lease
from agent.casefile import events as e
from agent.casefile.canonical import proposal_digest
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.fold import fold
from agent.casefile.records import (
    Approval,
    Args,
    Intent,
    Mood,
    Outcome,
    Proposal,
    Receipt,
    ReceiptState,
    Ruling,
    TargetRecord,
    Turn,
    CaseStatus,
)
from agent.casefile.store import CaseFiles
from agent.desk import Desk, Limits
from agent.handoff import packed
from agent.models.port import Model
from agent.policy.facts import vocabulary
from agent.turns import Turns
from knowledge.release import Release, Releases
from knowledge.search import Search
from tools.catalog import harbor_catalog
from tools.http import Backoffice
from web import console, problems
from web.front import Front

HARBOR = Path(__file__).parents[2] / "knowledge" / "harbor"
TOKEN = "a-staff-token-of-the-tests"

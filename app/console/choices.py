"""The words that options take."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    JAN1_MONDAY = "jan1-monday"
    ISO = "iso"


class OnConflict(StrEnum):
    SKIP = "skip"
    REPLACE = "replace"


class Form(StrEnum):
    MARKDOWN = "markdown"
    JSON = "json"


class Role(StrEnum):
    LEAD = "lead"
    MANAGER = "manager"
    EXECUTIVE = "executive"


class Lang(StrEnum):
    ZH = "zh"
    EN = "en"

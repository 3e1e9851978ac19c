"""An open editing page as the server meets it: it names its saves, counts them and sends JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from starlette.testclient import TestClient

from app.db import Database
from app.document.schema import Document
from app.reports.assembly import document_of
from app.reports.models import Item, Report, Section
from tests.reports.pages import MONDAY

URL = f"/teams/payments/weeks/{MONDAY.isoformat()}"


def uid() -> str:
    return str(uuid4())


@dataclass
class OpenPage:
    """One browser page on the week; every page has a name and counts of its own."""

    client: TestClient
    name: str = field(default_factory=uid)
    cookies: dict[str, str] = field(default_factory=dict)
    url: str = URL
    _sent: dict[str, int] = field(default_factory=dict)

    def send(self, *changes: dict[str, Any], field: str = "structure", sequence: int | None = None) -> Any:
        if sequence is None:
            sequence = self._sent[field] = self._sent.get(field, 0) + 1
        body = {"client": self.name, "field": field, "sequence": sequence, "changes": list(changes)}
        return self.client.post(f"{self.url}/changes", json=body, headers={"Accept": "application/json"})

    def text(self, item: Item, text: str, *, version: int | None = None, sequence: int | None = None) -> Any:
        change = {
            "kind": "text",
            "item": item.id,
            "text": text,
            "version": item.version if version is None else version,
            "base": item.text,
        }
        return self.send(change, field=f"item-{item.id}", sequence=sequence)


@dataclass
class StoredWeek:
    """A week as it is stored."""

    database: Database
    report_id: int

    def item(self, beginning: str) -> Item:
        with self.database.reading() as session:
            return session.scalars(
                select(Item).where(Item.report_id == self.report_id, Item.text.startswith(beginning))
            ).one()

    def items(self) -> list[Item]:
        with self.database.reading() as session:
            return list(
                session.scalars(select(Item).where(Item.report_id == self.report_id).order_by(Item.id))
            )

    def with_id(self, item_id: int) -> Item:
        with self.database.reading() as session:
            return session.get_one(Item, item_id)

    def section(self, title: str) -> Section:
        with self.database.reading() as session:
            return session.scalars(
                select(Section).where(Section.report_id == self.report_id, Section.title == title)
            ).one()

    def outline(self, title: str) -> list[Any]:
        """The section's texts as they nest, those without text too: `["a", ["b", ["c"]]]`."""
        section = self.section(title)
        with self.database.reading() as session:
            rows = session.scalars(
                select(Item).where(Item.section_id == section.id).order_by(Item.position, Item.id)
            ).all()

        def below(parent: int | None) -> list[Any]:
            listed: list[Any] = []
            for row in rows:
                if row.parent_id == parent:
                    listed.append(row.text)
                    if under := below(row.id):
                        listed.append(under)
            return listed

        return below(None)

    @property
    def document(self) -> Document:
        with self.database.reading() as session:
            return document_of(session, session.get_one(Report, self.report_id))

    @property
    def report(self) -> Report:
        with self.database.reading() as session:
            return session.get_one(Report, self.report_id)

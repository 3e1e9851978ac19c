"""What a rendered page says, found by ids, roles and words rather than by markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
    "path",
    "use",
    "circle",
}


@dataclass
class Node:
    """An element with its children; texts are children too."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find(self, tag: str | None = None, *, of: str | None = None, id: str | None = None) -> list[Node]:
        """Elements below by tag, class and id."""
        return [
            node
            for node in self.walk()
            if node is not self
            and (tag is None or node.tag == tag)
            and (of is None or of in node.classes)
            and (id is None or node.attributes.get("id") == id)
        ]

    def one(self, tag: str | None = None, *, of: str | None = None, id: str | None = None) -> Node:
        (node,) = self.find(tag, of=of, id=id)
        return node

    def text(self, *, without: set[str] = frozenset()) -> str:  # type: ignore[assignment]  # an empty one
        """The text with white space made single, leaving out elements of the classes in `without`."""
        return " ".join("".join(self._pieces(without)).split())

    def _pieces(self, without: set[str]) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif not child.classes & without:
                yield from child._pieces(without)
                if child.tag in {"p", "dd", "dt", "li", "td", "th", "tr", "div", "br", "h1", "h2", "h3"}:
                    yield " "


def parse(html: str) -> Node:
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root


def letters(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def stands_in(words: str, text: str) -> bool:
    """Whether all characters of `words` stand in `text` in this order, whatever is between them."""
    rest = iter(text)
    return all(character in rest for character in words)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("page")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

"""`python -m app.web.catalogues` says which messages are not translated, and fails if there are any.

Messages come from templates and from code (`_()`, `N_()`, `gettext()`, `ngettext()`); dotted keys come from
refusals, wherever one is made. Chinese must have them all, English the dotted keys.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

from app import paths

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+|stale_version|refused|signed_out")
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
JINJA_OPTIONS = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true", "silent": "false"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
EITHER_WAY = {"zh": 1, "en": 2}
"""How many forms a plural has."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with one message, and where it is used."""

    language: str
    message: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.language}: {self.what}: {self.message!r} ({self.where})"


def main() -> int:
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


def problems() -> list[Problem]:
    """Everything that is missing, empty, fuzzy, or names other values than its message."""
    messages, keys = used_messages(), used_keys()
    found = [
        problem
        for language in ("zh", "en")
        for problem in _missing(language, keys | (messages if language == "zh" else {}))
    ]
    return sorted(found)


def used_messages() -> dict[str, str]:
    """Messages of templates and code, with a place each is used at."""
    used: dict[str, str] = {}
    for path, method, options in _sources():
        with path.open("rb") as file:
            found = extract(method, file, keywords=KEYWORDS, options=options)
            for line, message, _comments, _context in found:
                first = message[0] if isinstance(message, tuple) else message
                if first and not KEY.fullmatch(first):
                    used.setdefault(first, f"{path.name}:{line}")
    return used


def used_keys() -> dict[str, str]:
    """Dotted keys of refusals and of `say()` and `key()`, with a place each is used at."""
    kinds = _refusal_kinds()
    used = {"stale_version": "errors.py", "refused": "i18n.py", "signed_out": "errors.py"}
    for path in _code():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key in _keys_in(node, kinds):
                used.setdefault(key, f"{path.name}:{getattr(node, 'lineno', 0)}")
    for path in sorted(paths.TEMPLATES.rglob("*.html")):
        for match in re.finditer(r"""\bsay\(\s*["']([\w.]+)["']""", path.read_text(encoding="utf-8")):
            used.setdefault(match[1], path.name)
    return used


def _keys_in(node: ast.AST, kinds: set[str]) -> Iterator[str]:
    """Refusals made here, and every other string that can only be a key, such as those in tables."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        value = node.args[0].value
        if isinstance(value, str) and KEY.fullmatch(value) and (name in kinds or name in {"key", "N_"}):
            yield value
    if isinstance(node, ast.Call):
        for argument in node.args[1:]:
            name = getattr(node.func, "id", "")
            if name == "Failure" and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        named = any(isinstance(target, ast.Name) and target.id.endswith("_KEYS") for target in targets)
        if named and isinstance(node.value, ast.Dict):
            for value_node in node.value.values:
                if isinstance(value_node, ast.Constant) and isinstance(value_node.value, str):
                    yield value_node.value


def _refusal_kinds() -> set[str]:
    """The names of all classes that derive from `Refusal`, found by reading, not importing."""
    bases: dict[str, set[str]] = {}
    for path in _code():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    kinds = {"Refusal"}
    while more := {name for name, above in bases.items() if above & kinds} - kinds:
        kinds |= more
    return kinds


def _code() -> list[Path]:
    return sorted(path for path in paths.LOCALES.parent.rglob("*.py") if path.name != "catalogues.py")


def _sources() -> Iterator[tuple[Path, str, dict[str, str]]]:
    for path in _code():
        yield path, "python", {}
    for path in sorted(paths.TEMPLATES.rglob("*.html")):
        yield path, "jinja2", JINJA_OPTIONS


def _missing(language: str, used: dict[str, str]) -> Iterator[Problem]:
    translated: dict[str, tuple[str, ...]] = {}
    for path in sorted((paths.LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, abort_invalid=True):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                if key in translated and translated[key] != forms:
                    yield Problem(language, key, "translated twice, differently", path.name)
                if message.fuzzy:
                    yield Problem(language, key, "fuzzy", path.name)
                if not isinstance(message.id, str) and len(forms) != EITHER_WAY[language]:
                    yield Problem(language, key, "has the wrong number of plural forms", path.name)
                translated[key] = forms
                yield from _different_values(language, message.id, forms, path.name)
    for key, where in used.items():
        forms = translated.get(key, ())
        if not forms or not all(forms):
            yield Problem(language, key, "not translated", where)


def _different_values(
    language: str, message: str | list[str] | tuple[str, ...], forms: tuple[str, ...], where: str
) -> Iterator[Problem]:
    originals = [message] if isinstance(message, str) else list(message)
    if KEY.fullmatch(originals[0]):
        return
    allowed = {name for original in originals for name in PLACEHOLDER.findall(original)}
    for form in forms:
        if not set(PLACEHOLDER.findall(form)) <= allowed:
            yield Problem(language, originals[0], "names a value that is not there", where)


if __name__ == "__main__":
    raise SystemExit(main())

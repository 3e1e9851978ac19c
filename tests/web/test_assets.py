"""Static files: kept forever under an address of their content, compressed, and as others published them."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # has none
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import paths
from app.db import Database
from app.web.assets import Assets

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """None of this depends on the kind of database."""
    return sqlite_database


class TestAnAddress:
    def test_changes_with_the_content_of_any_file(self, tmp_path: Path) -> None:
        (tmp_path / "js").mkdir()
        (tmp_path / "js" / "a.js").write_text("import './b.js'")
        (tmp_path / "js" / "b.js").write_text("1")
        before = Assets(tmp_path).url("js/a.js")
        (tmp_path / "js" / "b.js").write_text("2")
        after = Assets(tmp_path).url("js/a.js")
        assert before != after
        assert re.fullmatch(r"/static/[0-9a-f]{12}/js/a\.js", after)

    def test_of_a_file_that_is_not_there_is_a_mistake(self, tmp_path: Path) -> None:
        with pytest.raises(LookupError):
            Assets(tmp_path).url("css/none.css")

    @pytest.mark.parametrize(
        "path", ["css/../../pyproject.toml", "..%2f..%2fpyproject.toml", "vendor/README.md", "", "nothing.js"]
    )
    def test_leads_nowhere_else(self, client: TestClient, app: FastAPI, path: str) -> None:
        assert client.get(f"/static/{app.state.assets.hash}/{path}").status_code == 404


class TestAFile:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("css/weekline.css", "text/css; charset=utf-8"),
            ("js/site.js", "text/javascript; charset=utf-8"),
            ("icons/sprite.svg", "image/svg+xml"),
        ],
    )
    @pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
    def test_comes_compressed_as_asked(
        self, client: TestClient, app: FastAPI, path: str, kind: str, encoding: str
    ) -> None:
        with client.stream(
            "GET", app.state.assets.url(path), headers={"Accept-Encoding": encoding}
        ) as answer:
            raw = b"".join(answer.iter_raw())
        plain = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}[encoding](raw)
        assert plain == (paths.STATIC / path).read_bytes()
        assert answer.headers["content-type"] == kind
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers.get("content-encoding", "identity") == encoding

    def test_is_kept_forever_only_under_its_own_address(self, client: TestClient, app: FastAPI) -> None:
        assert "immutable" in client.get(app.state.assets.url("js/site.js")).headers["cache-control"]
        stale = client.get("/static/000000000000/js/site.js")
        assert stale.status_code == 200
        assert stale.headers["cache-control"] == "no-cache"

    def test_can_only_be_read(self, client: TestClient, app: FastAPI) -> None:
        assert client.post(app.state.assets.url("js/site.js")).status_code == 405


class TestWhatOthersMade:
    @pytest.mark.parametrize("folder", ["static/vendor", "tests/browser/vendor"])
    def test_is_as_they_published_it(self, folder: str) -> None:
        listed = dict(
            re.findall(
                r"^\| (\S+) \|.*\| `([0-9a-f]{64})` \|$",
                (REPOSITORY / folder / "README.md").read_text(),
                re.MULTILINE,
            )
        )
        files = [path for path in (REPOSITORY / folder).iterdir() if path.suffix == ".js"]
        assert files
        assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == listed

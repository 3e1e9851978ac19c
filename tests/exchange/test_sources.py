"""Where pages come from, and in which encodings."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.exchange.sources import MAX_PAGE_BYTES, Page, Unreadable, page_from, pages_at
from tests.exchange.zips import zipped

TEXT = "# 第23周 2025-06-06\n\n- 一项工作，进度80%\n"


def write(path: Path, content: bytes | str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def kept(*paths: Path | str) -> list[str]:
    """The kept names of the pages found, and the keys of what is none."""
    return [
        found.kept_as if isinstance(found, Page) else found.key
        for found in pages_at([str(path) for path in paths])
    ]


class TestPaths:
    def test_a_single_page(self, tmp_path: Path) -> None:
        page = write(tmp_path / "第23周.md")
        (found,) = pages_at([str(page)])
        assert found == Page(str(page), TEXT.encode(), TEXT, kept_as="第23周.md")

    def test_a_folder_with_all_below_it_in_order(self, tmp_path: Path) -> None:
        for name in ("b/2.md", "b/1.MD", "a.md", "c.markdown", "picture.png", ".hidden.md", "__MACOSX/x.md"):
            write(tmp_path / "pages" / name)
        assert kept(tmp_path / "pages") == [
            "pages/a.md",
            "pages/b/1.MD",
            "pages/b/2.md",
            "pages/c.markdown",
        ]

    def test_the_current_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(tmp_path / "a" / "1.md")
        monkeypatch.chdir(tmp_path)
        assert kept(".") == ["a/1.md"]

    def test_folders_that_are_links_are_not_followed(self, tmp_path: Path) -> None:
        write(tmp_path / "pages" / "1.md")
        (tmp_path / "pages" / "loop").symlink_to(tmp_path / "pages")
        assert kept(tmp_path / "pages") == ["pages/1.md"]

    def test_a_zip_whatever_its_name(self, tmp_path: Path) -> None:
        archive = write(tmp_path / "export.download", zipped({"周报/第23周.md": TEXT}))
        assert kept(archive) == ["export.download/周报/第23周.md"]

    def test_parts_of_an_export_that_lie_in_a_folder(self, tmp_path: Path) -> None:
        write(tmp_path / "in" / "ExportBlock-1-Part-1.zip", zipped({"1.md": TEXT}))
        write(tmp_path / "in" / "logs.zip", zipped({"2.md": TEXT}))
        assert kept(tmp_path / "in") == ["in/ExportBlock-1-Part-1.zip/1.md"]

    def test_a_databases_table_is_a_problem(self, tmp_path: Path) -> None:
        table = write(tmp_path / "周报.csv", "Name,Created\n")
        assert kept(table) == ["exchange.page.table"]
        assert kept(write(tmp_path / "x.zip", zipped({"周报.csv": "a", "1.md": TEXT}))) == [
            "x.zip/1.md",
            "exchange.page.table",
        ]

    def test_pasted_text(self) -> None:
        (found,) = pages_at(["-"], pasted=io.BytesIO(TEXT.encode()))
        assert found == Page("-", TEXT.encode(), TEXT, kept_as="-")

    def test_what_is_not_there_stops_nothing(self, tmp_path: Path) -> None:
        page = write(tmp_path / "1.md")
        assert kept(tmp_path / "no.md", page) == ["exchange.page.not_found", "1.md"]

    def test_a_refused_zip_stops_nothing(self, tmp_path: Path) -> None:
        bad = write(tmp_path / "a.zip", zipped({"../1.md": TEXT}))
        assert kept(bad, write(tmp_path / "1.md")) == ["exchange.archive.unsafe_name", "1.md"]


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk"])
    def test_that_people_use_are_read(self, encoding: str) -> None:
        found = page_from("1.md", TEXT.encode(encoding))
        assert isinstance(found, Page)
        assert found.text == TEXT
        assert found.content == TEXT.encode(encoding)

    @pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
    def test_utf_16_needs_its_mark(self, mark: bytes) -> None:
        encoding = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
        found = page_from("1.md", mark + TEXT.encode(encoding))
        assert isinstance(found, Page)
        assert found.text == TEXT
        assert isinstance(page_from("1.md", TEXT.encode(encoding)), Unreadable)

    def test_a_utf_8_mark_stays_in_the_text(self) -> None:
        found = page_from("1.md", b"\xef\xbb\xbf" + TEXT.encode())
        assert isinstance(found, Page)
        assert found.text == "\ufeff" + TEXT

    @pytest.mark.parametrize(
        ("content", "key"),
        [
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "exchange.page.binary"),
            (b"# 1\x00", "exchange.page.binary"),
            (b"\x01\x02\x03\x04 # Week", "exchange.page.binary"),
            (b"\xff\xfe\x00\xd8\x41\x00", "exchange.page.encoding"),
            (b"caf\xe9\n", "exchange.page.encoding"),
            (b"", "exchange.page.empty"),
            (b"\xef\xbb\xbf \n\t\xe3\x80\x80\n", "exchange.page.empty"),
            (b"x" * (MAX_PAGE_BYTES + 1), "exchange.page.too_large"),
        ],
    )
    def test_what_is_no_text_is_said(self, content: bytes, key: str) -> None:
        found = page_from("1.md", content)
        assert isinstance(found, Unreadable)
        assert found.key == key

    def test_a_stray_control_character_is_no_reason(self) -> None:
        assert isinstance(page_from("1.md", TEXT.encode() * 20 + b"\x0c\x1b[0m\x08"), Page)

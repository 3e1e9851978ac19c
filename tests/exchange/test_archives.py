"""Notion zips: what is taken, and what is refused before a page is unpacked."""

from __future__ import annotations

import io
import random
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest

from app.errors import Invalid, Refusal, TooLarge
from app.exchange import archives
from app.exchange.archives import members
from app.exchange.sources import Page, Unreadable, pages_in_upload
from tests.exchange.zips import declaring, flagged, named_in_bytes, with_link, zipped

PAGE = "# 第23周 2025-06-06\n\n## 【O1 业务】\n\n- 一项工作\n".encode()
PART = "ExportBlock-0c4bb6a1-Part-1.zip"
MEBIBYTE = 1024 * 1024


def paths(data: bytes) -> list[str]:
    return [member.path for member in members(io.BytesIO(data))]


def refused(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        members(io.BytesIO(data))
    return caught.value


class TestWhatIsTaken:
    def test_files_by_path(self) -> None:
        assert paths(zipped({"b/2.md": PAGE, "a.md": PAGE})) == ["a.md", "b/2.md"]

    def test_files_of_parts_inside(self) -> None:
        part = zipped({"周报/第23周 1075ef5d1b63f9321795e7940eba5126.md": PAGE})
        data = zipped({PART: part, "Export-0c4bb6a1-Part-2.zip": zipped({"b.md": PAGE})})
        assert paths(data) == [
            "Export-0c4bb6a1-Part-2.zip/b.md",
            f"{PART}/周报/第23周 1075ef5d1b63f9321795e7940eba5126.md",
        ]
        assert [member.read() for member in members(io.BytesIO(data))] == [PAGE, PAGE]

    def test_no_other_zip_is_opened(self) -> None:
        found = paths(zipped({"attachments/logs.zip": zipped({"a.md": PAGE}), "Part-1.zip": b"no zip"}))
        assert found == ["Part-1.zip", "attachments/logs.zip"]

    def test_by_products_and_dot_files_are_left_out(self) -> None:
        data = zipped({"__MACOSX/._a.md": b"x", ".DS_Store": b"x", "a/.git/b.md": b"x", "a.md": PAGE})
        assert paths(data) == ["a.md"]

    def test_folders_are_no_files(self) -> None:
        assert paths(zipped({"a/": b"", "a/b.md": PAGE})) == ["a/b.md"]

    def test_names_are_decoded_member_by_member(self) -> None:
        names = ["第23周.md".encode(), "第24周.md".encode("gb18030"), "Überblick.md".encode("cp437")]
        assert sorted(paths(named_in_bytes(names, PAGE))) == sorted(
            ["第23周.md", "第24周.md", "Überblick.md"]
        )

    def test_rare_characters_of_gb18030(self) -> None:
        assert paths(named_in_bytes(["鎏玥组.md".encode("gb18030")], PAGE)) == ["鎏玥组.md"]

    def test_backslashes_are_folders(self) -> None:
        data = zipped({"a@b.md": PAGE}).replace(b"a@b.md", b"a\\b.md")
        assert paths(data) == ["a/b.md"]

    def test_nothing_is_written_to_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        for member in members(io.BytesIO(zipped({PART: zipped({"a.md": PAGE})}))):
            member.read()
        assert list(tmp_path.iterdir()) == []


class TestWhatIsRefused:
    def test_more_than_ten_thousand_entries(self) -> None:
        many = zipped({f"{n}.md": b"" for n in range(archives.MAX_ENTRIES + 1)})
        assert refused(many).key == "exchange.archive.too_many_entries"

    def test_ten_thousand_are_still_taken(self) -> None:
        many = zipped({f"{n}.md": b"" for n in range(archives.MAX_ENTRIES)})
        assert len(paths(many)) == archives.MAX_ENTRIES

    def test_entries_of_parts_count(self) -> None:
        half = zipped({f"{n}.md": b"" for n in range(archives.MAX_ENTRIES // 2 + 1)})
        refusal = refused(zipped({PART: half, "Export-x-Part-2.zip": half}))
        assert refusal.key == "exchange.archive.too_many_entries"

    def test_a_directory_of_millions_is_not_parsed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archives, "_MAX_DIRECTORY_BYTES", 70_000)
        many = zipped({f"{n:060}.md": b"" for n in range(1000)})
        assert refused(many).key == "exchange.archive.too_many_entries"

    def test_more_than_200_mebibytes_declared(self) -> None:
        data = declaring(zipped({f"{n}.bin": b"x" for n in range(26)}), 8 * MEBIBYTE)
        assert refused(data).key == "exchange.archive.too_large"

    def test_exactly_200_mebibytes_declared_pass(self) -> None:
        data = declaring(zipped({f"{n}.bin": b"x" for n in range(25)}), 8 * MEBIBYTE)
        assert len(paths(data)) == 25

    def test_a_member_over_8_mebibytes(self) -> None:
        refusal = refused(zipped({"a.md": PAGE, "picture.png": bytes(8 * MEBIBYTE + 1)}))
        assert isinstance(refusal, TooLarge)
        assert refusal.key == "exchange.archive.member_too_large"
        assert refusal.values["name"] == "picture.png"

    @pytest.mark.parametrize(
        "name", ["/etc/x.md", "../x.md", "a/../../x.md", "a\\..\\x.md", "C:\\x.md", "C:x.md"]
    )
    def test_names_outside_the_archive(self, name: str) -> None:
        stand_in = "@" * len(name)
        data = zipped({stand_in: PAGE}).replace(stand_in.encode(), name.encode())
        assert refused(data).key == "exchange.archive.unsafe_name"

    def test_names_outside_in_a_part(self) -> None:
        assert refused(zipped({PART: zipped({"../x.md": PAGE})})).key == "exchange.archive.unsafe_name"

    def test_names_with_nul(self) -> None:
        data = zipped({"a@b.md": PAGE}).replace(b"a@b.md", b"a\0b.md")
        assert refused(data).key == "exchange.archive.unsafe_name"

    def test_dots_in_a_name_are_fine(self) -> None:
        assert paths(zipped({"a..b/版本2..3.md": PAGE})) == ["a..b/版本2..3.md"]

    def test_symlinks(self) -> None:
        assert refused(with_link("a.md", "/etc/passwd")).key == "exchange.archive.symlink"

    def test_parts_in_parts(self) -> None:
        deeper = zipped({PART: zipped({PART: zipped({"a.md": PAGE})})})
        assert refused(deeper).key == "exchange.archive.too_deep"

    def test_passwords(self) -> None:
        assert refused(flagged(zipped({"a.md": PAGE}), 0x1)).key == "exchange.archive.encrypted"

    @pytest.mark.parametrize("compression", [ZIP_BZIP2, ZIP_LZMA])
    def test_compressions_that_cannot_be_bounded(self, compression: int) -> None:
        data = zipped({"a.md": PAGE}, compression=compression)
        assert refused(data).key == "exchange.archive.compression"

    @pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(10), b"no zip at all"])
    def test_what_is_no_zip(self, data: bytes) -> None:
        assert refused(data).key == "exchange.archive.damaged"

    def test_a_damaged_part(self) -> None:
        assert refused(zipped({PART: b"PK\x03\x04 and nothing"})).key == "exchange.archive.damaged"


class TestZipsThatLie:
    def test_more_than_was_declared_costs_that_page_only(self) -> None:
        lying = declaring(zipped({"a.md": b"x" * 9 * MEBIBYTE}), 100)
        held = io.BytesIO(lying)
        with ZipFile(held, "a") as archive:
            archive.writestr("b.md", PAGE)
        first, second = pages_in_upload("x.zip", held.getvalue())
        assert isinstance(first, Unreadable)
        assert first.key == "exchange.page.damaged"
        assert isinstance(second, Page)

    def test_less_than_was_declared(self) -> None:
        (found,) = pages_in_upload("x.zip", declaring(zipped({"a.md": PAGE}), len(PAGE) + 7))
        assert isinstance(found, Unreadable)
        assert found.key == "exchange.page.damaged"

    def test_wrong_checksums(self) -> None:
        data = zipped({"a.md": PAGE}, compression=0).replace(PAGE, PAGE[:-2] + b"x\n")
        (found,) = pages_in_upload("x.zip", data)
        assert isinstance(found, Unreadable)
        assert found.key == "exchange.page.damaged"

    def test_whatever_is_broken_is_said_and_never_thrown(self) -> None:
        whole = zipped({PART: zipped({"第23周.md": PAGE, "b.md": PAGE}), "c.md": PAGE, "d.csv": b"a,b"})
        chance = random.Random(23)
        for _ in range(1500):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            for found in pages_in_upload(
                "x.zip", bytes(data[: chance.choice([None, chance.randrange(len(data))])])
            ):
                assert isinstance(found, Page | Unreadable)


def test_a_refusal_names_what_it_is_about() -> None:
    with pytest.raises(Invalid) as caught:
        members(io.BytesIO(zipped({PART: zipped({"/x.md": PAGE})})))
    assert caught.value.values == {"name": f"{PART}//x.md"}

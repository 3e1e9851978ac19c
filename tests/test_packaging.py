"""What is handed out: the wheel, the locks, the README, vendored files; and what none of them may name."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

import app
from app.cli import cli
from app.config import Settings

ROOT = Path(__file__).resolve().parent.parent
DATA_FOLDERS = ("templates", "static", "migrations", "seeds")
LOCKS = ("requirements.txt", "requirements-dev.txt")
TEST_SETTINGS = {"WEEKLINE_TEST_POSTGRESQL", "WEEKLINE_TEST_REQUIRE"}


def tracked_files() -> list[Path]:
    """The project's files: git's, and new ones it would take; without git, all but what is made."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        names = [name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
        made = re.compile(r"(^|/)(\.[a-z_]+(?<!\.ci)|__pycache__|data|dist|build|secrets|[^/]+\.egg-info)/")
        names = [name for name in names if not made.search(name)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def project() -> dict[str, object]:
    section: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return section


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    from hatchling.builders.wheel import WheelBuilder

    built = next(
        WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")), versions=["standard"])
    )
    with ZipFile(built) as opened:
        yield opened


class TestTheWheel:
    @pytest.mark.parametrize("folder", DATA_FOLDERS)
    def test_it_holds_every_file_that_is_beside_the_package_in_a_checkout(self, wheel, folder):
        expected = {
            f"app/{path.relative_to(ROOT)}" for path in tracked_files() if path.is_relative_to(ROOT / folder)
        }
        assert expected
        assert expected <= set(wheel.namelist())

    def test_it_holds_the_catalogues_of_both_languages(self, wheel):
        expected = {str(path.relative_to(ROOT)) for path in (ROOT / "app" / "locales").rglob("*.po")}
        assert {path.split("/")[2] for path in expected} == {"zh", "en"}
        assert expected <= set(wheel.namelist())

    def test_it_holds_the_program_and_nothing_of_its_making(self, wheel):
        tops = {name.split("/")[0] for name in wheel.namelist()}
        assert tops == {"app", f"weekline-{app.__version__}.dist-info"}
        assert not [
            name for name in wheel.namelist() if "__pycache__" in name or name.endswith((".mo", ".sqlite3"))
        ]

    def test_it_has_the_programs_version_its_command_and_its_licence(self, wheel):
        info = f"weekline-{app.__version__}.dist-info"
        assert f"\nVersion: {app.__version__}\n" in wheel.read(f"{info}/METADATA").decode()
        assert "weekline = app.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in wheel.namelist()

    def test_the_changelog_begins_with_this_version(self):
        first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
        assert first
        assert first[1] == app.__version__


class TestTheLocks:
    @pytest.mark.parametrize("name", LOCKS)
    def test_every_requirement_is_pinned_and_has_a_hash(self, name):
        pins = locked(name)
        assert len(pins) > 20
        for pin in pins:
            assert "--hash=sha256:" in pin, pin.split()[0]

    @pytest.mark.parametrize("name", LOCKS)
    def test_no_address_is_in_them(self, name):
        assert "://" not in (ROOT / name).read_text("utf-8")

    def test_they_hold_what_the_project_asks_for(self):
        run, dev = (versions(name) for name in LOCKS)
        asked = project()
        for line in asked["dependencies"]:
            wanted = Requirement(line)
            assert wanted.specifier.contains(run[wanted.name]), line
            assert dev[wanted.name] == run[wanted.name]
        for line in asked["optional-dependencies"]["dev"]:
            wanted = Requirement(line)
            assert wanted.specifier.contains(dev[wanted.name]), line


def locked(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def versions(name: str) -> dict[str, str]:
    found = (re.match(r"([a-z0-9._-]+)==([^\s;]+)", pin) for pin in locked(name))
    return {match[1]: match[2] for match in found if match}


class TestTheReadme:
    readme = (ROOT / "README.md").read_text("utf-8")

    def test_its_table_has_every_setting_and_its_default(self):
        rows = dict(re.findall(r"^\| `(WEEKLINE_\w+)` \| (.*?) ?\|", self.readme, re.M))
        assert rows == {f"WEEKLINE_{name.upper()}": shown(name) for name in Settings.model_fields}

    def test_every_command_it_names_exists(self):
        known = {command.name or command.callback.__name__ for command in cli.registered_commands}
        known |= {group.name for group in cli.registered_groups}
        named = set(re.findall(r"(?:^|[`\s/])weekline ([a-z]+)(?=[\s`]|$)", code_of(self.readme), re.M))
        assert {"serve", "import", "backup"} <= named
        assert named <= known | {"weekline"}

    @pytest.mark.parametrize(
        "name", ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
    )
    def test_links_between_documents_lead_somewhere(self, name):
        page = ROOT / name
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), target

    def test_pictures_are_small(self):
        for picture in (ROOT / "docs" / "images").glob("*"):
            assert picture.stat().st_size <= 200_000, picture.name


def shown(name: str) -> str:
    """The default as the table writes it."""
    default = Settings.model_fields[name].get_default(call_default_factory=True)
    return f"`{default}`" if default not in (None, []) else ""


def code_of(markdown: str) -> str:
    """The indented blocks and code spans of a page."""
    blocks = [line for line in markdown.splitlines() if line.startswith("    ")]
    return "\n".join([*blocks, *re.findall(r"`([^`]+)`", markdown)])


class TestWhatFilesName:
    def test_every_setting_they_name_exists(self):
        known = {f"WEEKLINE_{name.upper()}" for name in Settings.model_fields} | TEST_SETTINGS
        for name in ("Dockerfile", "compose.yaml", "README.md", "Makefile", ".ci/run"):
            named = set(re.findall(r"\bWEEKLINE_[A-Z_]+", (ROOT / name).read_text("utf-8")))
            assert named <= known, name

    def test_none_names_a_registrys_host_or_a_path_of_one_machine(self):
        hosts = [r"pypi\.org", r"pythonhosted\.org", r"registry\.npmjs", r"deb\.debian\.org"]
        paths = [r"(?<![\w.}-])/(?:work|farm|root)/", r"\.\./shared"]
        forbidden = re.compile("|".join([*hosts, *paths]))
        found = [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
            for path in tracked_files()
            for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1)
            if forbidden.search(line)
        ]
        assert found == []


class TestVendoredFiles:
    @pytest.mark.parametrize("folder", ["static/vendor", "tests/browser/vendor"])
    def test_each_is_the_one_that_the_folders_table_names(self, folder):
        table = (ROOT / folder / "README.md").read_text("utf-8")
        rows = re.findall(r"^\| (\S+) \| .* \| .*?(\S+-LICENSE\.txt) \| `([0-9a-f]{64})` \|$", table, re.M)
        sums = {name: hashlib.sha256((ROOT / folder / name).read_bytes()).hexdigest() for name, _, _ in rows}
        assert sums == {name: digest for name, _, digest in rows}
        there = {path.name for path in tracked_files() if path.parent == ROOT / folder}
        assert there == {"README.md", *sums, *(licence for _, licence, _ in rows)}

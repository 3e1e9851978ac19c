"""The command line: what it prints, and with which status it ends."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from time import monotonic, sleep
from urllib.request import urlopen

import pytest

from app import __version__, cli
from app.console import texts
from app.db import Database
from tests.exchange.pages import page_of
from tests.exchange.zips import zipped
from tests.serving import free_port

COMMAND = (sys.executable, "-c", "from app.cli import main; main()")
PATIENCE = 60
COMMANDS = (
    "serve",
    "migrate",
    "read",
    "import",
    "export",
    "seed",
    "health",
    "backup",
    "restore",
    "user",
    "team",
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("WEEKLINE_", "LC_", "LANG"))
    }
    return {**kept, "WEEKLINE_DATA_DIR": str(tmp_path / "data"), "LANG": "en_US.UTF-8"}


@pytest.fixture
def weekline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""
    monkeypatch.setenv("WEEKLINE_DATA_DIR", str(tmp_path / "data"))
    for name in [name for name in os.environ if name.startswith("WEEKLINE_") and "TEST" not in name]:
        if name != "WEEKLINE_DATA_DIR":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"", **settings: str) -> Ended:
        for name, value in settings.items():
            monkeypatch.setenv(f"WEEKLINE_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["weekline", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        capsys.readouterr()
        status = 0
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    monkeypatch.setattr(texts, "LANGUAGE", "en")
    return run


def in_a_process(environment: Mapping[str, str], *arguments: object, stdin: bytes = b"") -> Ended:
    ended = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=dict(environment),
        timeout=PATIENCE,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@pytest.fixture
def week_23(tmp_path: Path) -> Path:
    path = tmp_path / "第23周.md"
    path.write_text(page_of(), encoding="utf-8")
    return path


class TestHelp:
    def test_names_every_command(self, weekline: Run) -> None:
        said = weekline("--help").out
        for command in COMMANDS:
            assert re.search(rf"^  {command} ", said, re.MULTILINE)

    def test_speaks_the_language_of_the_terminal(self, environment: dict[str, str]) -> None:
        assert "团队周报" in in_a_process({**environment, "LANG": "zh_CN.UTF-8"}, "--help").out
        assert "团队周报" in in_a_process({**environment, "LC_ALL": "zh_TW", "LANG": "C"}, "--help").out
        assert "Weekly" in in_a_process({**environment, "LANG": "C.UTF-8"}, "--help").out

    def test_and_reading_load_neither_database_nor_web(
        self, week_23: Path, environment: dict[str, str]
    ) -> None:
        heavy = "{'sqlalchemy', 'alembic', 'babel', 'fastapi', 'starlette', 'uvicorn', 'pydantic_settings'}"
        code = (
            "import atexit, sys; from app.cli import main; "
            f"atexit.register(lambda: print('LOADED', sorted({heavy} & set(sys.modules)))); main()"
        )
        for arguments in (["--help"], ["read", str(week_23)], ["read", str(week_23), "--json"]):
            ended = subprocess.run(
                [sys.executable, "-c", code, *arguments],
                capture_output=True,
                env=environment,
                timeout=PATIENCE,
            )
            assert ended.stdout.decode().splitlines()[-1] == "LOADED []"

    def test_of_the_version(self, weekline: Run) -> None:
        assert weekline("--version") == Ended(0, f"weekline {__version__}\n", "")

    @pytest.mark.parametrize("arguments", [["nosuch"], ["read"], ["import"], ["import", "--rule", "x", "y"]])
    def test_of_what_was_typed_wrong(self, weekline: Run, arguments: list[str]) -> None:
        ended = weekline(*arguments)
        assert ended.status == 2
        assert "Usage: weekline" in ended.err

    def test_texts_name_the_same_values_in_both_languages(self) -> None:
        for key, both in texts.TEXTS.items():
            english, chinese = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in both)
            assert english == chinese, key


class TestRead:
    def test_gives_json(self, week_23: Path, environment: dict[str, str]) -> None:
        answer = json.loads(in_a_process(environment, "read", week_23, "--json").out)
        assert (answer["title"], answer["week"]["start"]) == ("第23周 2025-06-06", "2025-06-02")
        assert [metric["value"] for metric in answer["metrics"]] == ["99.972"]

    def test_gives_utf_8_whatever_the_terminal(self, week_23: Path, environment: dict[str, str]) -> None:
        plain = {**environment, "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        assert json.loads(in_a_process(plain, "read", week_23, "--json").out)["title"] == "第23周 2025-06-06"

    def test_gives_a_summary_and_problems_with_their_lines(self, weekline: Run, tmp_path: Path) -> None:
        path = tmp_path / "x.md"
        path.write_text(page_of(work="总计12个，可下线5个，已投产3个"), encoding="utf-8")
        ended = weekline("read", path)
        assert "week: 2025-W23, 2025-06-02 – 2025-06-08" in ended.out
        assert re.search(rf"^{re.escape(str(path))}:12: \w+: .", ended.out, re.MULTILINE)

    def test_takes_standard_input_and_the_rule(self, weekline: Run) -> None:
        ended = weekline("read", "-", "--rule", "iso", "--json", stdin=page_of().encode("utf-16"))
        assert json.loads(ended.out)["week"]["rule"] == "iso"

    def test_stores_nothing(self, weekline: Run, week_23: Path, tmp_path: Path) -> None:
        weekline("read", week_23)
        assert list(tmp_path.iterdir()) == [week_23]

    @pytest.mark.parametrize(
        ("content", "words"),
        [(None, "no such file"), (b"\0\1", "NUL"), (b"caf\xe9\n", "UTF-8"), (b"", "empty")],
    )
    def test_says_what_is_wrong_with_a_file(
        self, weekline: Run, tmp_path: Path, content: bytes | None, words: str
    ) -> None:
        path = tmp_path / "x.md"
        if content is not None:
            path.write_bytes(content)
        ended = weekline("read", path)
        assert ended.status == 1
        assert words in ended.err
        assert len(ended.err.splitlines()) == 1


class TestImport:
    def test_makes_database_and_team_where_there_are_none(self, weekline: Run, week_23: Path) -> None:
        ended = weekline("import", week_23)
        assert ended.status == 0
        assert ended.out.splitlines()[-1] == (
            "pages found 1, reports made 1, updated 0, unchanged 0, skipped 0"
        )
        assert weekline("team", "list").out.startswith("team\t")

    def test_again_changes_nothing(self, weekline: Run, week_23: Path) -> None:
        weekline("import", week_23)
        ended = weekline("import", week_23)
        assert (ended.status, "unchanged 1" in ended.out) == (0, True)

    def test_says_each_problem_with_page_and_line(self, weekline: Run, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "a.md").write_text(page_of(work="总计12个，可下线5个，已投产3个"), "utf-8")
        (tmp_path / "in" / "b.md").write_bytes(b"\0")
        (tmp_path / "in" / "c.csv").write_text("Name\n")
        ended = weekline("import", "in")
        assert ended.status == 1
        assert re.search(r"^in/a\.md:12: .", ended.err, re.MULTILINE)
        assert re.search(r"^in/b\.md:0: skipped: .*NUL", ended.err, re.MULTILINE)
        assert re.search(r"^in/c\.csv:0: skipped: .", ended.err, re.MULTILINE)
        assert "pages found 3, reports made 1, updated 0, unchanged 0, skipped 2" in ended.out

    def test_takes_zips_and_standard_input(self, weekline: Run, tmp_path: Path) -> None:
        (tmp_path / "x.zip").write_bytes(zipped({"ExportBlock-1-Part-1.zip": zipped({"a.md": page_of()})}))
        assert weekline("import", "x.zip").status == 0
        assert "unchanged 1" in weekline("import", "-", stdin=page_of().encode()).out

    def test_that_is_dry_makes_not_even_a_database(
        self, weekline: Run, week_23: Path, tmp_path: Path
    ) -> None:
        ended = weekline("import", week_23, "--dry-run")
        assert ended.status == 0
        assert f"{week_23}: new report 2025-W23" in ended.out
        assert "dry run, nothing was stored" in ended.out
        assert list(tmp_path.iterdir()) == [week_23]

    def test_of_nothing_says_so(self, weekline: Run, tmp_path: Path) -> None:
        ended = weekline("import", tmp_path)
        assert (ended.status, "no page found" in ended.err) == (1, True)

    def test_into_a_team_that_is_unknown_lists_the_teams(self, weekline: Run, week_23: Path) -> None:
        weekline("team", "add", "payments", "支付")
        ended = weekline("import", week_23, "--team", "payment")
        assert ended == Ended(1, "", "weekline: there is no team “payment”; the teams are: payments\n")

    def test_reaches_the_database_that_is_named(
        self, weekline: Run, week_23: Path, database: Database
    ) -> None:
        url = database.url.render_as_string(hide_password=False)
        assert weekline("import", week_23, database_url=url).status == 0
        assert weekline("export", "2025-W23", database_url=url).out.startswith("# 第23周")


class TestExport:
    @pytest.fixture(autouse=True)
    def one_week(self, weekline: Run, week_23: Path) -> None:
        weekline("import", week_23)

    def test_prints_one_week(self, weekline: Run) -> None:
        for week in ("2025-W23", "2025-06-04"):
            assert weekline("export", week).out.startswith("# 第23周 2025-06-06\n")
        assert json.loads(weekline("export", "2025-W23", "--format", "json").out)["schema_version"] == 1

    def test_writes_a_folder(self, weekline: Run, tmp_path: Path) -> None:
        ended = weekline("export", "--all", "--output", "out")
        assert (ended.status, ended.out) == (0, "1 pages written to out\n")
        assert [path.name for path in (tmp_path / "out" / "team").iterdir()] == ["2025-W23 2025-06-02.md"]

    def test_of_several_needs_a_folder(self, weekline: Run, tmp_path: Path) -> None:
        (tmp_path / "b.md").write_text(page_of().replace("第23周 2025-06-06", "第24周 2025-06-13"), "utf-8")
        weekline("import", "b.md")
        ended = weekline("export", "--from", "2025-06-01")
        assert (ended.status, ended.out) == (2, "")
        assert "--output" in ended.err

    @pytest.mark.parametrize("arguments", [[], ["2025-W23", "--all"], ["--all", "--from", "2025-06-01"]])
    def test_needs_to_know_which(self, weekline: Run, arguments: list[str]) -> None:
        assert weekline("export", *arguments).status == 2

    def test_of_a_week_that_is_not_there(self, weekline: Run) -> None:
        ended = weekline("export", "2025-W40")
        assert (ended.status, "2025-W40" in ended.err) == (1, True)

    def test_of_everything_in_an_empty_database_is_no_failure(self, weekline: Run, tmp_path: Path) -> None:
        ended = weekline("export", "--all", "--output", "out", data_dir=str(tmp_path / "other"))
        assert (ended.status, ended.out) == (0, "0 pages written to out\n")


class TestPeopleAndTeams:
    def test_are_added_and_listed(self, weekline: Run) -> None:
        weekline("team", "add", "trade", "交易部")
        assert weekline("team", "add", "payments", "支付组", "--parent", "trade").status == 0
        added = weekline(
            "user", "add", "lin", "--display-name", "林晚", "--team", "payments", "--role", "lead"
        )
        assert re.search(r"http://127\.0\.0\.1:8000/sign-in/\S+", added.out)
        assert weekline("user", "list").out == "lin\t林晚\tpayments=lead\n"
        assert weekline("user", "grant", "lin", "--team", "payments", "--revoke").status == 0
        assert weekline("user", "list").out == "lin\t林晚\t\n"

    def test_passwords_come_from_standard_input(self, weekline: Run) -> None:
        secret = b"a calm week, five minutes\n"
        added = weekline("user", "add", "ada", "--administrator", "--password-stdin", stdin=secret)
        assert (added.status, added.out) == (0, "ada was added\n")
        assert weekline("user", "password", "ada", "--password-stdin", stdin=b"short\n").status == 1
        assert weekline("user", "password", "ada", "--password-stdin", stdin=secret).status == 0

    def test_links_are_of_the_public_address(self, weekline: Run) -> None:
        weekline("user", "add", "lin")
        ended = weekline("user", "link", "lin", public_url="https://weeks.example")
        assert ended.out.startswith("https://weeks.example/sign-in/")

    def test_the_last_administrator_stays(self, weekline: Run) -> None:
        weekline("user", "add", "ada", "--administrator")
        assert weekline("user", "deactivate", "ada").status == 1
        weekline("user", "add", "lin")
        assert weekline("user", "deactivate", "lin").out == "lin can no longer sign in\n"

    @pytest.mark.parametrize(
        "arguments",
        [
            ["user", "link", "nobody"],
            ["user", "add", "a b"],
            ["team", "add", "Ä", "x"],
            ["team", "add", "x", " "],
        ],
    )
    def test_what_cannot_be_is_said_in_a_line(self, weekline: Run, arguments: list[str]) -> None:
        ended = weekline(*arguments)
        assert (ended.status, len(ended.err.splitlines())) == (1, 1)
        assert ended.err.startswith("weekline: ")


class TestWhatGoesWrong:
    """One line each, and never a traceback."""

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({"port": "eighty"}, "WEEKLINE_PORT"),
            ({"public_url": "weeks.example"}, "WEEKLINE_PUBLIC_URL: must begin with http"),
            ({"database_url": "nonsense"}, "WEEKLINE_DATABASE_URL"),
            ({"database_url": "mysql://somebody@localhost/x"}, "WEEKLINE_DATABASE_URL"),
            ({"database_url": "postgresql://somebody:secret@127.0.0.1:1/x"}, "does not answer"),
            ({"database_url_file": "/no/such/file"}, "/no/such/file"),
        ],
    )
    def test_settings_and_databases(self, weekline: Run, settings: dict[str, str], words: str) -> None:
        ended = weekline("migrate", **settings)
        assert ended.status == 1
        assert words in ended.err
        assert len(ended.err.splitlines()) == 1
        assert "secret" not in ended.err

    def test_a_file_that_is_no_database(self, weekline: Run, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "weekline.sqlite3").write_bytes(b"no database at all" * 100)
        ended = weekline("migrate")
        assert (ended.status, "weekline restore" in ended.err) == (1, True)

    def test_a_database_of_a_newer_version(self, weekline: Run, tmp_path: Path) -> None:
        weekline("migrate")
        database = Database(f"sqlite:///{tmp_path / 'data' / 'weekline.sqlite3'}")
        with database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        database.dispose()
        ended = weekline("import", "-", stdin=page_of().encode())
        assert (ended.status, "newer version" in ended.err) == (1, True)

    @pytest.mark.parametrize("command", [["import", "-"], ["export", "--all", "--output", "out"]])
    def test_a_full_disk(
        self, weekline: Run, week_23: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
    ) -> None:
        weekline("import", week_23)

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device", "out")

        monkeypatch.setattr("app.exchange.importing.store_page", full)
        monkeypatch.setattr("app.exchange.files.sync", full)
        other = page_of().replace("第23周 2025-06-06", "第24周 2025-06-13")
        ended = weekline(*command, stdin=other.encode())
        assert (ended.status, "the disk is full" in ended.err) == (1, True)

    def test_is_said_in_the_language_of_the_terminal(self, environment: dict[str, str]) -> None:
        ended = in_a_process({**environment, "LANG": "zh_CN.UTF-8"}, "export", "2025-W23")
        assert ended.status == 1
        assert ended.err == "weekline：团队 team 没有 2025-W23 的已发布周报；--drafts 可包括草稿\n"

    def test_a_reader_that_goes_away_is_no_error(self, week_23: Path, environment: dict[str, str]) -> None:
        ended = subprocess.run(
            ["bash", "-c", 'set -o pipefail; "$@" | true', "-", *COMMAND, "read", str(week_23), "--json"],
            capture_output=True,
            env=environment,
            timeout=PATIENCE,
        )
        assert b"Traceback" not in ended.stderr


class TestBackup:
    def test_and_restore(self, weekline: Run, week_23: Path, tmp_path: Path) -> None:
        weekline("import", week_23)
        assert weekline("backup", "b.sqlite3").status == 0
        assert weekline("restore", "b.sqlite3").status == 1
        assert weekline("restore", "b.sqlite3", "--force").status == 0
        other = str(tmp_path / "other")
        assert weekline("restore", "b.sqlite3", data_dir=other).status == 0
        assert weekline("export", "2025-W23", data_dir=other).out.startswith("# 第23周")

    def test_of_nothing(self, weekline: Run, tmp_path: Path) -> None:
        ended = weekline("backup", "b.sqlite3")
        assert (ended.status, "no database" in ended.err) == (1, True)
        assert weekline("restore", "nosuch").status == 1


class TestSeed:
    def test_links_are_for_this_machine_only(self, weekline: Run) -> None:
        ended = weekline("seed", "--links", host="0.0.0.0")
        assert (ended.status, ended.out) == (1, "")
        assert "this machine alone" in ended.err


@dataclass
class Served:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out


@pytest.fixture
def serve(environment: dict[str, str]) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*arguments: str, **settings: str) -> Served:
        port = free_port()
        named = {f"WEEKLINE_{name.upper()}": value for name, value in settings.items()}
        mine = {**environment, **named, "WEEKLINE_PORT": str(port)}
        process = subprocess.Popen(
            [*COMMAND, "serve", *arguments],
            env=mine,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(Served(process, port, mine))
        _wait_for(started[-1])
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.process.kill()
            served.process.communicate()


def _wait_for(served: Served) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and served.process.poll() is None:
        try:
            with urlopen(f"{served.url}/livez", timeout=5):
                return
        except OSError:
            sleep(0.05)
    served.process.kill()
    pytest.fail(f"the server did not answer: {served.process.communicate()[0]}")


class TestServe:
    def test_migrates_answers_and_drains(self, serve: Callable[..., Served], tmp_path: Path) -> None:
        served = serve()
        with urlopen(f"{served.url}/livez", timeout=5) as answer:
            assert "Server" not in answer.headers
            assert "Date" in answer.headers
        assert in_a_process(served.environment, "health") == Ended(0, "the server is well\n", "")
        status, out = served.stop()
        assert status == 0
        assert f"Weekline runs at {served.url}" in out
        assert len(re.findall(rf"{served.url}/setup/\S+", out)) == 1
        assert in_a_process(served.environment, "health").status == 1

    def test_keeps_restores_away_but_not_backups(self, serve: Callable[..., Served], tmp_path: Path) -> None:
        served = serve()
        assert in_a_process(served.environment, "backup", tmp_path / "b").status == 0
        ended = in_a_process(served.environment, "restore", "--force", tmp_path / "b")
        assert (ended.status, "stop it first" in ended.err) == (1, True)
        served.stop()
        assert in_a_process(served.environment, "restore", "--force", tmp_path / "b").status == 0

    def test_says_that_the_port_is_taken(self, serve: Callable[..., Served], tmp_path: Path) -> None:
        served = serve()
        ended = in_a_process({**served.environment, "WEEKLINE_DATA_DIR": str(tmp_path / "other")}, "serve")
        assert ended.status == 1
        assert ended.err == (
            f"weekline: port {served.port} on 127.0.0.1 is taken; "
            "stop the other program or choose another with --port\n"
        )
        assert not (tmp_path / "other" / "weekline.sqlite3").exists()

    def test_wants_one_worker_on_sqlite(self, environment: dict[str, str]) -> None:
        ended = in_a_process(environment, "serve", "--workers", "2", "--port", "0")
        assert (ended.status, "one worker" in ended.err) == (2, True)

    @pytest.mark.postgresql
    def test_runs_several_workers_on_postgresql(
        self, serve: Callable[..., Served], postgresql_database: Database
    ) -> None:
        url = postgresql_database.url.render_as_string(hide_password=False)
        served = serve("--workers", "2", database_url=url)
        assert in_a_process(served.environment, "health").status == 0
        assert served.stop()[0] == 0

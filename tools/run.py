"""`make run`: set everything up, start the panel, the worker and a mail catcher on this machine.

`make demo` does the same in a folder of its own, with a believable world and a primary server that
refuses everybody.
"""

import errno
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from tools import environment, programs, setup
from tools.environment import HOST
from tools.programs import Program, Running, Stop
from tools.steps import ROOT, Step, StepFailed

_START_SECONDS = 60.0


def main(arguments: Sequence[str]) -> int:
    """Run until Ctrl-C, or until one of the programs dies; with `--demo` in another world."""
    is_demo = "--demo" in arguments
    if is_demo:
        environment.enter_demo()
    refuse_taken_ports(is_demo=is_demo)
    sign_in: list[str] = []
    stop = Stop()
    try:
        setup.prepare(
            more=[_first_steps(sign_in, is_demo=is_demo), *([_world(sign_in)] if is_demo else [])]
        )
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return _run(stop, sign_in, _programs(is_demo=is_demo))


def refuse_taken_ports(*, is_demo: bool = False) -> None:
    """Stop with the mend when a port is not free: at once, not after the set-up."""
    wanted = [
        (environment.web_port(), "PORT", "the panel"),
        (environment.catcher_port(), "PEYK_CATCHER_PORT", "the mail catcher"),
    ]
    if is_demo:
        wanted.append((environment.refuser_port(), "PEYK_DEMO_PRIMARY_PORT", "the primary server"))
    for port, variable, purpose in wanted:
        _refuse_taken(port, variable, purpose, "demo" if is_demo else "run")


def _refuse_taken(port: int, variable: str, purpose: str, word: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"is refused ({error.strerror})"
            raise SystemExit(
                f"Port {port}, which {purpose} wants, {reason}.\n"
                f"Choose another one: {variable}={port + 1} make {word}"
            ) from error


def _first_steps(sign_in: list[str], *, is_demo: bool) -> Step:
    """The step that enters the catcher and makes the first administrator, on the first run."""

    def prepare() -> None:
        port = str(environment.catcher_port())
        said = setup.flask("demo", "prepare", "--catcher-port", port, mend=_NOT_PREPARED)
        sign_in.extend(said.splitlines())
        if "Password" not in said:
            sign_in.append(_NEW_PASSWORD.format("--demo " if is_demo else ""))

    return Step(name="demo", title="First administrator, mail server", work=prepare)


def _world(sign_in: list[str]) -> Step:
    """The step that makes the demo's people and their mail, once."""

    def seed() -> None:
        ports = ["--catcher-port", str(environment.catcher_port())]
        ports += ["--primary-port", str(environment.refuser_port())]
        said = setup.flask("demo", "seed", *ports, mend=_NOT_SEEDED)
        sign_in.extend(["", *said.splitlines()])

    return Step(name="world", title="People and mail of the demo", work=seed)


_NEW_PASSWORD = "New password  .venv/bin/python -m tools.command {}users set-password EMAIL"
_NOT_SEEDED = "The world of the demo could not be made."
_NOT_PREPARED = "The first administrator could not be made."


def _run(stop: Stop, sign_in: Sequence[str], wanted: Sequence[Program]) -> int:
    """Start everything, show where it is, and stay until somebody or something ends it."""
    variables = environment.development()
    running = [programs.start(program, variables, ROOT) for program in wanted]
    try:
        _wait_for_the_panel(stop, running)
        _show(sign_in)
        while not stop.is_asked() and not programs.first_dead(running):
            stop.pause(0.3)
        return _farewell(stop, running)
    finally:
        programs.end(running)


def _programs(*, is_demo: bool = False) -> list[Program]:
    gunicorn = [str(setup.PYTHON), "-m", "gunicorn", "--bind", f"{HOST}:{environment.web_port()}"]
    gunicorn += ["--worker-class=gthread", "--workers=2", "--graceful-timeout=5"]
    gunicorn += [f"--threads={environment.web_threads()}"]
    gunicorn += ["--limit-request-line=8190", "--log-level=warning", "--no-control-socket"]
    gunicorn.append("wsgi:app")
    worker = Program("worker", [setup.PYTHON, "-m", "flask", "--app", "wsgi", "mail", "worker"])
    is_in_the_panel = environment.given("PEYK_WORKER") == "thread"
    return [
        Program("catcher", [setup.PYTHON, "-m", "tools.catcher"]),
        *([Program("primary", [setup.PYTHON, "-m", "tools.refuser"])] if is_demo else []),
        Program("panel", gunicorn),
        *([] if is_in_the_panel else [worker]),
    ]


def _wait_for_the_panel(stop: Stop, running: Sequence[Running]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not (stop.is_asked() or programs.first_dead(running) or _answers()):
        if time.monotonic() > deadline:
            print(f"The panel has not answered for {_START_SECONDS:.0f} s; it is still starting.")
            return
        stop.pause(0.1)


def _answers() -> bool:
    try:
        urllib.request.urlopen(f"http://{HOST}:{environment.web_port()}/healthz", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _show(sign_in: Sequence[str]) -> None:
    """Print, in a box that cannot be overlooked, where Peyk is and who may enter."""
    address = f"http://{HOST}:{environment.web_port()}"
    lines = [
        "Peyk is running.",
        "",
        f"Panel         {address}/",
        f"Register      {address}/register",
        f"Caught mail   {address}/dev/mail",
        "",
        *sign_in,
        "",
        "Ctrl-C ends everything.",
    ]
    width = max(map(len, lines))
    edge = "─" * (width + 4)
    body = "\n".join(f"│  {line:<{width}}  │" for line in lines)
    print(f"\n┌{edge}┐\n{body}\n└{edge}┘\n", flush=True)


def _farewell(stop: Stop, running: Sequence[Running]) -> int:
    if stop.is_asked():
        print("\nEnding …", flush=True)
        return 0
    dead = programs.first_dead(running)
    if dead:
        print(f"The {dead.name} ended by itself (code {dead.process.returncode}); ending the rest.")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`make run`: set everything up, start the panel, the worker and a mail catcher on this machine."""

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


def main() -> int:
    """Run until Ctrl-C, or until one of the programs dies."""
    refuse_taken_ports()
    sign_in: list[str] = []
    stop = Stop()
    try:
        setup.prepare(more=[_first_steps(sign_in)])
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return _run(stop, sign_in)


def refuse_taken_ports() -> None:
    """Stop with the mend when a port is not free: at once, not after the set-up."""
    _refuse_taken(environment.web_port(), "PORT", "the panel")
    _refuse_taken(environment.catcher_port(), "PEYK_CATCHER_PORT", "the mail catcher")


def _refuse_taken(port: int, variable: str, purpose: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "is taken by another program" if taken else f"is refused ({error.strerror})"
            raise SystemExit(
                f"Port {port}, which {purpose} wants, {reason}.\n"
                f"Choose another one: {variable}={port + 1} make run"
            ) from error


def _first_steps(sign_in: list[str]) -> Step:
    """The step that enters the catcher and makes the first administrator, on the first run."""

    def prepare() -> None:
        port = str(environment.catcher_port())
        said = setup.flask("demo", "prepare", "--catcher-port", port, mend=_NOT_PREPARED)
        sign_in.extend(said.splitlines())

    return Step(name="demo", title="First administrator, mail server", work=prepare)


_NOT_PREPARED = "The first administrator could not be made."


def _run(stop: Stop, sign_in: Sequence[str]) -> int:
    """Start everything, show where it is, and stay until somebody or something ends it."""
    variables = environment.development()
    running = [programs.start(program, variables, ROOT) for program in _programs()]
    try:
        _wait_for_the_panel(stop, running)
        _show(sign_in)
        while not stop.is_asked() and not programs.first_dead(running):
            stop.pause(0.3)
        return _farewell(stop, running)
    finally:
        programs.end(running)


def _programs() -> list[Program]:
    gunicorn = [str(setup.PYTHON), "-m", "gunicorn", "--bind", f"{HOST}:{environment.web_port()}"]
    gunicorn += ["--worker-class=gthread", "--workers=2", "--threads=4", "--graceful-timeout=5"]
    gunicorn += ["--log-level=warning", "--no-control-socket", "wsgi:app"]
    worker = Program("worker", [setup.PYTHON, "-m", "flask", "--app", "wsgi", "mail", "worker"])
    is_in_the_panel = environment.given("PEYK_WORKER") == "thread"
    return [
        Program("catcher", [setup.PYTHON, "-m", "tools.catcher"]),
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
    raise SystemExit(main())

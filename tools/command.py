"""Run a command of the application in the environment of `make run`: the checks use it."""

import os
import sys

from tools import environment

if __name__ == "__main__":
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *sys.argv[1:]]
    os.execve(sys.executable, command, environment.development())  # noqa: S606 - no shell wanted

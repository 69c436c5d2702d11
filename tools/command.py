"""Run a command of the application in the environment of `make run`: the checks use it.

With `--demo` as the first word it is the environment of `make demo`.
"""

import os
import sys

from tools import environment

if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--demo"]:
        environment.enter_demo()
        del words[0]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    os.execve(sys.executable, command, environment.development())  # noqa: S606 - no shell wanted

"""An import goes down or stays inside its package: never up, sideways, hidden or in a circle."""

from functools import cache
from graphlib import TopologicalSorter

import pytest

from tests.house.sources import hidden_imports, imported, modules, taken_from

_FLOORS = {
    "app.i18n": 1,
    "app.config": 1,
    "app.extensions": 1,
    "app.here": 1,
    "app.core": 2,
    "app.mail": 3,
    "app.accounts": 4,
    "app.web": 5,
    "app.cli": 5,
    "app": 6,
}
# What several screens share: rooms of the web that are no screens.
_SHARED = {
    f"app.web.{room}"
    for room in ("drawing", "forms", "http", "lists", "mail_state", "smtp", "visitors", "words")
}


def floor(name: str) -> int:
    """The floor of a module; a package that has none yet is an error, not a guess."""
    return _FLOORS[".".join(name.split(".")[:2])]


def door(name: str) -> str | None:
    """The screen or the shell to which a module belongs; shared modules of the web have none."""
    parts = name.split(".")
    if parts[1:2] == ["cli"]:
        return "app.cli"
    screen = ".".join(parts[:3])
    return screen if screen in _screens() else None


@cache
def _screens() -> frozenset[str]:
    """The packages of the web, without the shared ones."""
    packages = {name.rpartition(".")[0] for name in modules()}
    screens = {name for name in packages if name.startswith("app.web.") and name.count(".") == 2}
    return frozenset(screens - _SHARED)


def test_no_module_imports_from_a_floor_above():
    upwards = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in imported(tree)
        if floor(other) > floor(name)
    ]
    assert not upwards, "\n".join(upwards)


def test_no_screen_imports_another_and_web_and_shell_stay_apart():
    sideways = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        if name not in {"app", "app.web", "app.cli"}
        for other in imported(tree)
        if door(other) not in {None, door(name)}
    ]
    assert not sideways, "\n".join(sideways)


def test_no_import_is_hidden_in_a_function():
    hidden = {name: lines for name, tree in modules().items() if (lines := hidden_imports(tree))}
    assert not hidden, hidden


def test_there_are_no_circles():
    graph = {name: imported(tree) & modules().keys() for name, tree in modules().items()}
    assert list(TopologicalSorter(_without_packages(graph)).static_order())


@pytest.mark.parametrize("floor_above", ["app.mail", "app.accounts", "app.web"])
def test_there_are_no_circles_among_rooms(floor_above):
    rooms: dict[str, set[str]] = {}
    for name, tree in modules().items():
        if name.startswith(f"{floor_above}."):
            others = {other for other in imported(tree) if other.startswith(f"{floor_above}.")}
            rooms.setdefault(room(name), set()).update(set(map(room, others)) - {room(name)})
    assert len(list(TopologicalSorter(rooms).static_order())) > 2


def room(name: str) -> str:
    """The room of a module: the folder on its floor, or the module itself where it stands alone."""
    return ".".join(name.split(".")[:3])


def _without_packages(graph: dict[str, frozenset[str]]) -> dict[str, set[str]]:
    """A module may be imported through its own package; that alone is no circle."""
    return {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in graph.items()
    }


def test_below_the_web_nobody_knows_a_request_or_a_page():
    of_a_request = {"request", "session", "flash", "redirect", "render_template", "url_for"}
    knowing = {
        name: known
        for name, tree in modules().items()
        if floor(name) < _FLOORS["app.web"] and (known := taken_from("flask", tree) & of_a_request)
    }
    assert not knowing, knowing

"""An import goes down or stays inside its package: never up, sideways, hidden or in a circle."""

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
_NAMES = sorted(modules())


def floor(name: str) -> int:
    """The floor of a module; a package that has none yet is an error, not a guess."""
    return _FLOORS[".".join(name.split(".")[:2])]


def door(name: str) -> str | None:
    """The screen or the shell to which a module belongs; shared modules of the web have none."""
    parts = name.split(".")
    if parts[1:2] == ["cli"]:
        return "app.cli"
    is_screen = parts[1:2] == ["web"] and any(
        other.startswith(".".join(parts[:3]) + ".") for other in _NAMES
    )
    is_screen = is_screen and ".".join(parts[:3]) not in _SHARED
    return ".".join(parts[:3]) if is_screen else None


@pytest.mark.parametrize("name", _NAMES)
def test_no_module_imports_from_a_floor_above(name):
    above = {other for other in imported(modules()[name]) if floor(other) > floor(name)}
    assert not above, f"{name} imports upwards: {', '.join(sorted(above))}"


@pytest.mark.parametrize("name", _NAMES)
def test_no_screen_imports_another_and_web_and_shell_stay_apart(name):
    others = {other for other in imported(modules()[name]) if door(other)}
    if name in {"app", "app.web", "app.cli"}:
        return
    sideways = {other for other in others if door(name) and door(other) != door(name)}
    shared = {other for other in others if door(name) is None}
    assert not sideways | shared, f"{name} imports sideways: {sorted(sideways | shared)}"


@pytest.mark.parametrize("name", _NAMES)
def test_no_import_is_hidden_in_a_function(name):
    assert not hidden_imports(modules()[name])


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


def _without_packages(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """A module may be imported through its own package; that alone is no circle."""
    return {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in graph.items()
    }


@pytest.mark.parametrize("name", [n for n in _NAMES if floor(n) < _FLOORS["app.web"]])
def test_below_the_web_nobody_knows_a_request_or_a_page(name):
    of_a_request = {"request", "session", "flash", "redirect", "render_template", "url_for"}
    assert not taken_from("flask", modules()[name]) & of_a_request

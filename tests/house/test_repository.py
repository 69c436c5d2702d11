"""What may not be in the repository, and what has to be."""

import ast
import re
import tomllib

import pytest

from app.mail.models import Role
from app.mail.server_settings import SERVER_FIELDS, SETTINGS_FIELDS
from tests.house.sources import ROOT, files, find, modules, text

_TEXTS = [
    path
    for path in files()
    if path.suffix not in {".png", ".jpg", ".webp", ".woff2", ".ico"}
    and path.name != "test_repository.py"
]
_DOWNLOADS = (
    r"pypi\.org|pythonhosted|npmjs\.|registry\.yarn|unpkg\.com|jsdelivr|cdnjs|cdn\."
    r"|googleapis|deb\.debian\.org|bootstrapcdn"
)
_VARIABLE = re.compile(r"(?:PEYK_[A-Z][A-Z_]*[A-Z]|SECRET_KEY(?:_FALLBACKS)?|[A-Z]+_URL)")


def test_nothing_names_a_place_to_download_from():
    assert not find(_DOWNLOADS, _TEXTS)


def test_nothing_third_party_is_kept():
    kept = [path.name for path in files() if path.suffix in {".woff", ".woff2", ".ttf", ".otf"}]
    assert not kept
    assert not [path for path in files() if {"vendor", "node_modules"} & set(path.parts)]


def test_no_compiled_catalog_is_kept():
    assert not [path for path in files() if path.suffix == ".mo"]


def read_variables() -> set[str]:
    """The names of environment variables that stand as strings in the code."""
    return {
        node.value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _VARIABLE.fullmatch(node.value)
    }


def fixed_variables() -> set[str]:
    """The names by which the environment fixes a field of the SMTP settings."""
    of_a_server = [*SERVER_FIELDS, "password"]
    names = {f"{role}_{field}" for role in Role for field in of_a_server}
    names |= {name.removeprefix("smtp_") for name in SETTINGS_FIELDS}
    return {f"PEYK_SMTP_{name.upper()}" for name in names | {"secondary_sender_address"}}


def test_every_variable_stands_in_the_example():
    example = set(re.findall(r"^#?([A-Z_]+)=", text(ROOT / ".env.example"), re.MULTILINE))
    assert read_variables() - {"PEYK_SMTP"} | fixed_variables() <= example


def test_the_example_gives_no_secret_away():
    values = re.findall(
        r"^#?\s*(?:SECRET_KEY|\w*PASSWORD)=(.*)$", text(ROOT / ".env.example"), re.MULTILINE
    )
    assert not any(values)


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-npm.txt"]
)
def test_every_requirement_is_pinned_with_its_hash(name):
    entries = re.split(r"\n(?=[a-z])", text(ROOT / name).strip())
    assert not [entry.split()[0] for entry in entries if "==" not in entry or "--hash" not in entry]


def test_every_rule_that_is_switched_off_says_why():
    lines = text(ROOT / "pyproject.toml").splitlines()
    rules = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert rules
    assert not [line for line in rules if not re.search(r"#\s\S", line)]


def test_warnings_are_errors():
    settings = tomllib.loads(text(ROOT / "pyproject.toml"))
    assert settings["tool"]["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_every_word_of_make_says_what_it_does():
    makefile = text(ROOT / "Makefile")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert set(phony[1].split()) - explained == {"python"}

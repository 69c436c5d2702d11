"""Commands of translators: extract, update, compile, check, stats."""

from pathlib import Path

import click
from babel.messages.catalog import Catalog
from flask.cli import AppGroup

from app.config import ROOT
from app.i18n import catalogs, proofreading

group = AppGroup("i18n", help="Sentences and their translations.")


@group.command("extract")
def extract() -> None:
    """Collect the sentences of the program into translations/messages.pot."""
    _write(catalogs.template_path(ROOT), catalogs.extract(ROOT))


@group.command("update")
@click.argument("new_locales", nargs=-1)
def update(new_locales: tuple[str, ...]) -> None:
    """Bring every catalog up to date; name a new language (such as ar) to begin its catalog."""
    template = catalogs.extract(ROOT)
    _write(catalogs.template_path(ROOT), template)
    for locale, path in catalogs.locale_paths(ROOT):
        _write(path, catalogs.merge(template, catalogs.read(path, locale)))
    for locale in new_locales:
        path = catalogs.locale_path(ROOT, locale)
        if not path.exists():
            _write(path, catalogs.merge(template, catalogs.new(locale)))


@group.command("compile")
def compile_() -> None:
    """Make the files from which the pages take their sentences."""
    for locale, path in catalogs.locale_paths(ROOT):
        catalogs.compile_to(path.with_suffix(".mo"), catalogs.read(path, locale))
        click.echo(f"{locale}: compiled")


@group.command("check")
def check() -> None:
    """Refuse stale, broken, incomplete or badly set translations, each with the reason."""
    template = catalogs.extract(ROOT)
    found = [f"{_shown(catalogs.template_path(ROOT))}: {line}" for line in _about_source(template)]
    for locale, path in catalogs.locale_paths(ROOT):
        problems = proofreading.problems(template, catalogs.read(path, locale), locale)
        found += [f"{_shown(path)}: {problem}" for problem in problems]
    for line in found:
        click.echo(line, err=True)
    if found:
        raise click.ClickException(f"{len(found)} findings; see docs/translators.md.")
    click.echo("The translations are current, complete and clean.")


@group.command("stats")
def stats() -> None:
    """Say how far each language is."""
    for locale, path in catalogs.locale_paths(ROOT):
        catalog = catalogs.read(path, locale)
        total, missing = len(catalogs.entries(catalog)), len(proofreading.unfinished(catalog))
        click.echo(f"{locale}: {total - missing} of {total} sentences")


def _about_source(template: Catalog) -> list[str]:
    """What is wrong with the sentences of the program or with the committed list of them."""
    lines = [str(problem) for problem in proofreading.source_problems(template)]
    path = catalogs.template_path(ROOT)
    if not path.is_file() or path.read_bytes() != catalogs.dump(template):
        lines.append("differs from the program; run `flask --app wsgi i18n update`")
    return lines


def _write(path: Path, catalog: Catalog) -> None:
    changed = catalogs.write(path, catalog)
    click.echo(f"{_shown(path)}: {'written' if changed else 'unchanged'}")


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()

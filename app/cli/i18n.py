"""Commands of translators: extract, update, compile, check, stats, begin, pseudo."""

from pathlib import Path

import click
from babel import Locale as BabelLocale
from babel import UnknownLocaleError
from babel.messages.catalog import Catalog
from flask.cli import AppGroup

from app.config import ROOT
from app.i18n import catalogs, glossary, locales, progress, proofreading, pseudo
from app.i18n.glossary import Term
from app.i18n.po_lines import UnreadableCatalogError
from app.i18n.proofreading import Problem

# As CLDR calls the digits that are in use.
_DIGITS = {"latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}

group = AppGroup("i18n", help="Sentences and their translations.")


@group.command("extract")
def extract() -> None:
    """Collect the sentences of the program into translations/messages.pot."""
    _write(catalogs.template_path(ROOT), catalogs.extract(ROOT))


@group.command("update")
@click.argument("new_locales", nargs=-1)
def update(new_locales: tuple[str, ...]) -> None:
    """Bring every catalog up to date; name a new language (such as tr) to begin its catalog."""
    template = catalogs.extract(ROOT)
    _write(catalogs.template_path(ROOT), template)
    for locale, path in catalogs.locale_paths(ROOT):
        _write(path, catalogs.merge(template, _read(path, locale)))
    for locale in new_locales:
        _begin(template, locale)


@group.command("begin")
@click.argument("code")
def begin(code: str) -> None:
    """Begin a language, such as tr, and say what comes next."""
    _known(code)
    _begin(catalogs.extract(ROOT), code)
    if code not in locales.LOCALES:
        click.echo(f"\nAdd this row to LOCALES in app/i18n/locales.py:\n\n{_row(code)}")
    click.echo(
        f"\nThen translate {_shown(catalogs.locale_path(ROOT, code))}: only the msgstr lines."
        f"\nmake run shows each change with the next page: http://127.0.0.1:8000/login?lang={code}"
        "\n`i18n check` says what is missing or badly set. The guide: docs/translators.en.md"
    )


@group.command("compile")
def compile_() -> None:
    """Make the files from which the pages take their sentences."""
    for locale, path in catalogs.locale_paths(ROOT):
        catalogs.compile_to(path.with_suffix(".mo"), _read(path, locale))
        click.echo(f"{locale}: compiled")


@group.command("check")
def check() -> None:
    """Refuse stale, broken, incomplete or badly set translations: place, reason and mend."""
    template, terms = catalogs.extract(ROOT), glossary.read(ROOT)
    found = _about_source(template)
    for locale, path in catalogs.locale_paths(ROOT):
        found += _about(path, template, locale, terms.get(locale, ()))
    for line in found:
        click.echo(line, err=True)
    if found:
        what = "1 finding" if len(found) == 1 else f"{len(found)} findings"
        raise click.ClickException(f"{what}; see docs/translators.en.md.")
    for locale, path in catalogs.locale_paths(ROOT):
        if missing := len(proofreading.unfinished(_read(path, locale))):
            click.echo(f"{locale}: {missing} sentences of other areas still appear in English.")
    click.echo("The translations are current, clean, and complete where they have to be.")


@group.command("stats")
def stats() -> None:
    """Say how far each language is, area by area."""
    for locale, path in catalogs.locale_paths(ROOT):
        found = progress.of_catalog(_read(path, locale), locale)
        fuzzy = f", {found.fuzzy} of the rest fuzzy" if found.fuzzy else ""
        click.echo(f"{locale}: {found.whole.done} of {found.whole.total} sentences{fuzzy}")
        for name, share in found.areas.items():
            click.echo(f"    {name:<12} {share.done:>5} of {share.total:>5} {share.percent:>4}%")


@group.command("pseudo")
@click.argument("sentences", nargs=-1)
def pseudo_(sentences: tuple[str, ...]) -> None:
    """Show sentences, or else the longest ones, as the pseudo-languages write them."""
    template = catalogs.entries(catalogs.extract(ROOT) if not sentences else Catalog())
    for sentence in sentences or sorted((source for _, source in template), key=len)[-5:]:
        click.echo(f"xa  {pseudo.accented(sentence)}\nxb  {sentence}")
    click.echo("In development every page has them: ?lang=xa is longer, ?lang=xb right to left.")


def _about_source(template: Catalog) -> list[str]:
    """What is wrong with the sentences of the program or with the committed list of them."""
    path = catalogs.template_path(ROOT)
    lines = [_of_source(problem, template) for problem in proofreading.source_problems(template)]
    if not path.is_file() or path.read_bytes() != catalogs.dump(template):
        lines.append(
            f"{_shown(path)}: differs from the program; run `flask --app wsgi i18n update`"
        )
    return lines


def _about(path: Path, template: Catalog, locale: str, terms: tuple[Term, ...]) -> list[str]:
    """What is wrong with a catalog: with its lines, or else with its entries."""
    try:
        catalog = catalogs.read(path, locale)
    except UnreadableCatalogError as error:
        return [f"{_shown(path)}:{error.fault.line}: {locale}: {error.fault}"]
    problems = proofreading.problems(template, catalog, locale, terms)
    return [f"{_shown(path)}:{problem.line or 1}: {problem}" for problem in problems]


def _read(path: Path, locale: str) -> Catalog:
    """Read a catalog, or stop with the line that keeps it from being read."""
    try:
        return catalogs.read(path, locale)
    except UnreadableCatalogError as error:
        line = f"{_shown(path)}:{error.fault.line}: {locale}: {error.fault}"
        raise click.ClickException(line) from error


def _of_source(problem: Problem, template: Catalog) -> str:
    message = catalogs.entries(template)[problem.key]
    return f"{message.locations[0][0]}: {problem}"


def _known(code: str) -> None:
    try:
        BabelLocale.parse(code)
    except (ValueError, UnknownLocaleError) as error:
        hint = "Write its code of two or three letters: LANG=tr for Turkish, LANG=ckb for Sorani."
        raise click.ClickException(f"{code!r} is no language that CLDR knows. {hint}") from error


def _row(code: str) -> str:
    """The line of the table as far as CLDR can fill it in."""
    found = BabelLocale.parse(code)
    direction = "rtl" if found.text_direction == "rtl" else "ltr"
    name = found.get_display_name(code) or code
    digits = _DIGITS.get(found.default_numbering_system, _DIGITS["latn"])
    row = (code, code.replace("_", "-"), name, direction, "gregorian", digits, code)
    columns = ", ".join(f'"{each}"' for each in row)
    return f"    Locale({columns}),"


def _begin(template: Catalog, code: str) -> None:
    path = catalogs.locale_path(ROOT, code)
    if path.exists():
        click.echo(f"{_shown(path)}: there already")
    else:
        _write(path, catalogs.merge(template, catalogs.new(code)))


def _write(path: Path, catalog: Catalog) -> None:
    changed = catalogs.write(path, catalog)
    click.echo(f"{_shown(path)}: {'written' if changed else 'unchanged'}")


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()

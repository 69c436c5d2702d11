"""Catalogs of sentences: extract them from the sources, merge, read, write, compile.

Nothing here knows Flask: the set-up and the translators' tools use these functions before there
is an application. Catalogs are written sorted, unwrapped, without dates and line numbers, so that
the change of one sentence is the change of one entry.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from app.i18n import po_lines
from app.i18n.locales import LOCALES
from app.i18n.po_lines import Fault, UnreadableCatalogError

FOLDER = "translations"
TEMPLATE = "messages.pot"
COMMENT_TAGS = ("i18n:",)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "_n": (1, 2),
    "ngettext": (1, 2),
    "_p": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
}
# Dates, people and version numbers: git knows them better, and they only make conflicts.
_LEFT_OUT = tuple(
    f'"{name}'.encode()
    for name in (
        "Project-Id POT-Cre PO-Rev Last-Tr Language-T Report- Generated X-Poedit X-Generator"
    ).split()
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Key = tuple[str, str]


def key(message: Message) -> Key:
    """What makes an entry itself: its context and its (singular) source sentence."""
    source = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", source


def entries(catalog: Catalog) -> dict[Key, Message]:
    """Every entry but the header, by key."""
    return {key(message): message for message in catalog if message.id}


def texts(message: Message) -> list[str]:
    """The translations of an entry: one, or one for each plural form; empty when missing."""
    if isinstance(message.string, str | None):
        return [message.string or ""]
    return [text or "" for text in message.string]


def is_done(message: Message) -> bool:
    """Whether the entry is shown to readers: every form filled, none of them guessed."""
    return all(texts(message)) and not message.fuzzy


def extract(root: Path) -> Catalog:
    """Collect every sentence of the sources that `babel.cfg` names, without line numbers."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    template = Catalog(project="Peyk", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        root,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=COMMENT_TAGS,
        strip_comment_tags=True,
        directory_filter=_is_ours,
    )
    for path, _line, source, comments, context in found:
        template.add(source, locations=[(path, 0)], auto_comments=comments, context=context)
    return template


def _is_ours(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).name not in {".venv", "node_modules", "static", "var", "tests"}


def read(path: Path, locale: str | None = None) -> Catalog:
    """Read a .po or .pot file; what is no catalog raises `UnreadableCatalogError`."""
    text = po_lines.text_of(path.read_bytes())
    try:
        return read_po(StringIO(text), locale=locale, abort_invalid=True)
    except PoFileError as error:
        fault = Fault(error.lineno + 1, str(error), "compare it with the entries around it")
        raise UnreadableCatalogError(fault) from error


def new(locale: str) -> Catalog:
    """An empty catalog of this language, with the plural forms that everybody agreed on."""
    header = f'msgid ""\nmsgstr ""\n"Plural-Forms: {plural_forms(locale)}\\n"\n'
    return read_po(BytesIO(header.encode()), locale=locale)


def plural_forms(locale: str) -> str:
    """How this language counts, as the header of its catalog says it."""
    row = LOCALES.get(locale)
    return row.plural if row and row.plural else Catalog(locale).plural_forms


def merge(template: Catalog, catalog: Catalog) -> Catalog:
    """Give the catalog exactly the entries of the template; translations that still fit stay.

    Nothing is guessed: a changed sentence is an empty entry, not a fuzzy one.
    """
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def dump(catalog: Catalog) -> bytes:
    """The catalog as the bytes of its file."""
    language = catalog.locale.english_name if catalog.locale else "template, made by `i18n extract`"
    catalog.header_comment = f"# Sentences of Peyk: {language}. See docs/translators.en.md."
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, include_lineno=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_LEFT_OUT))


def write(path: Path, catalog: Catalog) -> bool:
    """Write the catalog when it differs from the file; answer whether it did."""
    return _replace(path, dump(catalog))


def compile_to(path: Path, catalog: Catalog) -> bool:
    """Write the .mo beside which the application looks up sentences; answer whether it changed."""
    return _replace(path, compiled(catalog))


def compiled(catalog: Catalog) -> bytes:
    """The sentences that are done, as the application reads them; the catalog loses the others.

    Babel would fill the empty forms of a plural with English, and nobody could tell any more.
    """
    catalog.creation_date = catalog.revision_date = _EPOCH
    for message in entries(catalog).values():
        if not is_done(message):
            message.string = ""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _replace(path: Path, content: bytes) -> bool:
    """Put the whole file in place at once: a reader sees the old one or the new one."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
    return True


def template_path(root: Path) -> Path:
    """Where the catalog of all source sentences stands."""
    return root / FOLDER / TEMPLATE


def locale_paths(root: Path) -> Iterator[tuple[str, Path]]:
    """Every language that has a catalog, with the path of its .po file, in order."""
    for path in sorted((root / FOLDER).glob("*/LC_MESSAGES/messages.po")):
        yield path.parts[-3], path


def locale_path(root: Path, locale: str) -> Path:
    """Where the catalog of this language stands, or would stand."""
    return root / FOLDER / locale / "LC_MESSAGES" / "messages.po"

"""The page that leads to every picture of `make screenshots`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_HEAD = """# Every page in pictures

Made by `make screenshots` from the world of the demo; this list is written by it too. A desk is
1440 pixels wide, a phone 390; long pages are cut. Mails have pictures of their own, in
[mails](mails/).

![System management](dashboard.fa.light.desk.webp)
"""


def write(
    folder: Path,
    titles: Mapping[str, Mapping[str, str]],
    locales: Sequence[str],
    themes: Sequence[str],
    devices: Sequence[str],
) -> None:
    """Write it as README.md into the folder; `titles` names each page in each language."""
    looks = [f"{theme}.{device}" for device in devices for theme in themes]
    text = "\n".join([_HEAD, *_table(titles, locales, looks)])
    (folder / "README.md").write_text(text + "\n", encoding="utf-8")


def _table(
    titles: Mapping[str, Mapping[str, str]], locales: Sequence[str], looks: Sequence[str]
) -> Iterator[str]:
    yield f"| picture | {' | '.join(locales)} |"
    yield "|---" * (len(locales) + 1) + "|"
    for name, words in titles.items():
        cells = (_cell(name, locale, words[locale], looks) for locale in locales)
        yield f"| {name} | {' | '.join(cells)} |"


def _cell(name: str, locale: str, title: str, looks: Sequence[str]) -> str:
    links = (f"[{look.replace('.', ' ')}]({name}.{locale}.{look}.webp)" for look in looks)
    return f"{title}: {', '.join(links)}"

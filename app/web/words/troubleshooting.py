"""The administrators' guide "my mail does not go out", made of the table of diagnoses.

`python -m tools.diagnosis_docs` writes it to docs/; it is Markdown.
"""

from collections.abc import Iterator

from app.i18n import locales
from app.i18n.formats import number
from app.i18n.text import _
from app.mail.connection_test import invented
from app.mail.diagnosis.remedies import FAMILIES, REMEDIES
from app.web.words import remedy_families
from app.web.words.remedy_words import fix_label

_COUNTS = frozenset({"days", "minutes"})


def guide(locale: str) -> str:
    """Return the guide of administrators in one language."""
    with locales.use(locale) as language:
        text = "\n".join(_guide(locale)) + "\n"
    if language.direction == "ltr":
        return text
    return f'<div dir="rtl" lang="{language.tag}">\n\n{text}\n</div>\n'


def _guide(locale: str) -> Iterator[str]:
    others = [other for other in locales.LOCALES.values() if other.code != locale]
    links = [f"[{other.name}](troubleshooting.{other.code}.md)" for other in others]
    title = _("My mail does not go out")
    yield f"# {title}"
    yield f"\n{' · '.join(links)}\n"
    yield _(
        "Each of these sentences also stands in the result of the connection test, with your own "
        "values. The names and numbers here are examples."
    )
    yield f"\n{_first_steps()}"
    for family, members in FAMILIES.items():
        yield f"\n## {remedy_families.TITLES[family]}"
        for code in members:
            yield from _entry(code)


def _first_steps() -> str:
    steps = (
        _("Read the notice on top of the page: it says which server fails and why."),
        _("Open the SMTP settings and test that server. The result names the step that failed."),
        _("Find its sentence or its code below, and do what is written there."),
        _("If the hosting company is at fault, copy the text for it from the result and send it."),
    )
    return "\n".join(f"{place}. {step}" for place, step in enumerate(steps, start=1))


def _entry(code: str) -> Iterator[str]:
    found, remedy = invented.diagnosis(code), REMEDIES[code]
    yield f"\n### {_filled(remedy.meaning, code)}\n"
    yield _line(_("What to do:"), _filled(remedy.advice, code))
    if labels := [fix_label(fix, _plain) for fix in found.fixes]:
        yield _line(_("One press does it:"), " · ".join(labels))
    yield _line(_("For the support of the hosting company:"), _filled(remedy.technical, code))
    yield _line(_("Code:"), f"`{code}`")


def _line(label: str, words: str) -> str:
    return f"- **{label}** {words}"


def _filled(sentence: object, code: str) -> str:
    server, details = invented.settings(code).primary, invented.diagnosis(code).details
    known = {
        "host": server.host,
        "port": str(server.port),
        "place": f"{server.host}:{server.port}",
        "sender": invented.SENDER,
        "recipient": invented.RECIPIENT,
        "helo": "support.example.com",
        "now": "2026-01-10 08:00 UTC",
        **details,
    }
    return _plain(sentence, **known)


def _plain(sentence: object, **holes: str) -> str:
    shown = {
        name: number(int(value)) if name in _COUNTS else f"`{value}`"
        for name, value in holes.items()
    }
    return str(sentence) % shown if holes else str(sentence)

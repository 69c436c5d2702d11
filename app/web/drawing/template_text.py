"""The sentences of templates: holes filled with markup in pages, with plain text in plain text.

`_("Ask %(host)s.", host=ltr(host))` and `fill(_("Ask %(host)s."), host=ltr(host))` say the same.
"""

from flask import Flask
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext

from app.i18n import locales
from app.i18n.text import _, _p
from app.web.drawing.markup import fill


def init_app(app: Flask) -> None:
    """Take over from the extension, which would fill holes even where none are given."""
    app.jinja_env.globals.update(
        gettext=_sentence, ngettext=_counted_sentence, pgettext=_sentence_of
    )
    # Under the same names as in the sources; `_` of the extension would first look for gettext.
    app.jinja_env.globals.update(_=_sentence, _n=_counted_sentence, _p=_sentence_of)


@pass_eval_context
def _sentence(place: EvalContext, message: str, **holes: object) -> str:
    """A sentence in the reader's language."""
    text = _(message)
    return _filled(place, text, holes) if holes else text


@pass_eval_context
def _counted_sentence(place: EvalContext, one: str, many: str, num: int, **holes: object) -> str:
    """A sentence about a number of things; `%(num)s` is the number itself."""
    text = locales.catalog().ngettext(one, many, num)
    return _filled(place, str(text), {"num": num, **holes})


@pass_eval_context
def _sentence_of(place: EvalContext, context: str, message: str, **holes: object) -> str:
    """A sentence that means something else elsewhere."""
    return _filled(place, _p(context, message), holes)


def _filled(place: EvalContext, text: str, holes: dict[str, object]) -> str:
    if place.autoescape:
        return fill(text, **holes) if holes else text
    return text % holes if holes else text

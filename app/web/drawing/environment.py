"""Where templates live, and how they are put into Python: as Jinja has it, with less to carry."""

import re
from collections.abc import MutableMapping
from typing import Any, Final, cast

from flask import Flask
from flask.templating import Environment
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escape_text  # type: ignore[attr-defined]  # it is in C

_INDENTATION: Final = re.compile(r"\n[ \t]+")
_OF_VISITORS: Final = ("errors/", "parts/", "public.html", "registration/", "sessions/")


def compile_ahead(app: Flask) -> None:
    """Compile the templates of the pages that visitors see, while nobody waits for one yet."""
    for name in app.jinja_env.list_templates():
        if name.startswith(_OF_VISITORS):
            app.jinja_env.get_template(name)


class PlainEnvironment(Environment):
    """An environment whose templates take the common names as they stand when each is loaded.

    Jinja would chain two mappings, which every page and every part that it imports walks name by
    name: a millisecond a page. Nothing is named after the first page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Lay the names of one template over those of all."""
        return {**self.globals, **(d or {})}

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Take the indentation out of a page: it is for who reads the template."""
        read = super().preprocess(source, name, filename)
        return _INDENTATION.sub("\n", read) if name and name.endswith(".html") else read

    @staticmethod
    def written(value: Any) -> str:
        """Return what a page writes for a value: markup as it is, everything else escaped.

        `markupsafe.escape` makes markup of each of them, a thousand times a page, and a page only
        joins them to one text.
        """
        kind = type(value)
        if kind is str:
            return escape_text(value)
        if kind is int:
            return str(value)
        return cast(Markup, value) if kind is Markup else escape(value)


class _PlainWriter(CodeGenerator):
    """Lets templates write by `written` where they would escape."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if finalize.src is None and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.written(")
        else:
            super()._output_child_pre(node, frame, finalize)


PlainEnvironment.code_generator_class = _PlainWriter

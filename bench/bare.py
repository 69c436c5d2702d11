"""The least that a page with a form can be in Flask: Jinja, Babel, a session, a guarded form.

It translates, protects its form and remembers its visitor as the manuals of the extensions show
it, and does nothing else: no database, no log, no headers. What Peyk's pages cost is told in it.
"""

from flask import Flask, render_template, session
from flask_babel import Babel, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from jinja2 import DictLoader
from wtforms import BooleanField, EmailField, PasswordField, SubmitField
from wtforms.validators import InputRequired, Length

from app.config import ROOT

_PAGE = """<!DOCTYPE html>
<html lang="fa" dir="rtl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ _("Sign in") }} · {{ _("Support System") }}</title>
<link rel="stylesheet" href="{{ url_for("static", filename="app.css") }}">
</head>
<body>
<header><a href="{{ url_for("sign_in") }}">{{ _("Support System") }}</a></header>
<main>
<h1>{{ _("Sign in") }}</h1>
<form method="post" action="{{ url_for("sign_in") }}" novalidate>
  {{ form.hidden_tag() }}
  <input type="hidden" name="next" value="{{ wanted }}">
  {% for field in (form.email, form.password, form.remember) %}
  <p>{{ field.label }} {{ field(class="input") }}</p>
  {% for error in field.errors %}<p class="error">{{ error }}</p>{% endfor %}
  {% endfor %}
  {{ form.submit(class="btn") }}
</form>
<p>{{ _("No account yet?") }} <a href="{{ url_for("sign_in") }}">{{ _("Sign up") }}</a></p>
</main>
</body>
</html>
"""


class SignInForm(FlaskForm):  # type: ignore[misc]  # it carries no types
    """Address and password."""

    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(), Length(max=1024)])
    remember = BooleanField(_l("Keep me signed in on this device"))
    submit = SubmitField(_l("Sign in"))


def make() -> Flask:
    """The application with its one page."""
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY="bench-" * 8,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DEFAULT_LOCALE="fa",
    )
    Babel(app)
    app.jinja_loader = DictLoader({"page.html": _PAGE})  # type: ignore[assignment]
    app.jinja_env.globals["_"] = gettext

    @app.get("/login")
    def sign_in() -> str:
        return render_template("page.html", form=SignInForm(), wanted=session.get("wanted", ""))

    return app

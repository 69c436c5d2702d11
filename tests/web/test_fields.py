"""What fields clean, what they refuse, how they are drawn."""

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.web.forms.fields import (
    AddressField,
    ChoiceField,
    HostField,
    HumanField,
    MachineField,
    PortField,
    SecretField,
    Section,
    SwitchField,
    TextField,
    faults,
)
from app.web.forms.validators import PlainName
from tests.page import read


class Everything(Section):
    """One field of each kind."""

    name = HumanField("Name", [PlainName()], limit=70, hint="As people know you.")
    user = MachineField("User", optional=True, help="In other words.")
    host = HostField("Host", optional=True)
    email = AddressField("Address", optional=True)
    port = PortField("Port", optional=True)
    password = SecretField("Password", optional=True)
    active = SwitchField("Active")
    kind = ChoiceField("Kind", choices=[("a", "Ann"), ("b", "Bob")], optional=True)
    note = TextField("Note", optional=True)


@pytest.fixture
def fill(app: Flask):
    """Send a form: `fill(port="۵۸۷")`; a list is a field sent several times."""

    def send(**fields):
        form = Everything(formdata=MultiDict({"name": "Sara"} | fields))
        form.validate()
        return form

    with app.test_request_context():
        yield send


@pytest.mark.parametrize(
    ("typed", "kept"), [("587", 587), ("۵۸۷", 587), ("٤٦٥", 465), (" 25\u200f ", 25), ("", None)]
)
def test_a_port_is_read_in_any_script(fill, typed, kept):
    form = fill(port=typed)
    assert form.port.data == kept
    assert not form.port.errors


@pytest.mark.parametrize("typed", ["0", "65536", "-1", "5 87", "0x19", "587.0", "پنج", "1" * 9])
def test_what_is_no_port_is_refused_and_shown_again(fill, typed):
    form = fill(port=typed)
    assert form.port.data is None
    assert form.port.errors == ["پورت عددی از ۱ تا ۶۵۵۳۵ است."]
    assert form.port._value()


def test_machine_text_is_cleaned_and_says_so(fill):
    form = fill(user="\u200fsara\u200c@example.com ۱\u2069")
    assert form.user.data == "sara@example.com 1"
    assert form.user.cleaned
    assert not fill(user=" sara ").user.cleaned


def test_human_text_gets_persian_letters_and_keeps_its_half_spaces(fill):
    assert fill(name=" علي  می\u200cرود ").name.data == "علی می\u200cرود"


def test_an_address_is_kept_in_its_normal_form(fill):
    form = fill(email="SARA@Example.COM")
    assert form.email.data == "SARA@example.com"
    assert form.email.address.key == "sara@example.com"


def test_a_password_is_never_changed_and_never_shown(fill):
    form = fill(password=" ۱۲ كي\u200c ")
    assert form.password.data == " ۱۲ كي\u200c "
    assert 'value=""' in form.password() or "value" not in form.password()


@pytest.mark.parametrize(
    "hostile",
    ["a\x00b", "a\x1bb", "a\u202eb", "a\u202db", "a\ud800b", "a\uffffb", "a\r\nb", "a\u2028b"],
)
@pytest.mark.parametrize("field", ["name", "user", "host", "email", "port", "password", "kind"])
def test_what_nobody_types_is_refused_and_not_echoed(fill, field, hostile):
    form = fill(**{field: hostile})
    assert len(form[field].errors) == 1
    assert form[field].data in ("", None)


@pytest.mark.parametrize("field", ["name", "user", "email", "port", "password", "active", "note"])
def test_a_megabyte_is_refused_and_not_echoed(fill, field):
    form = fill(**{field: "a" * 1_000_000})
    assert form[field].errors
    assert len(str(form[field]())) < 2000


@pytest.mark.parametrize("field", ["name", "user", "email", "port", "password", "active", "kind"])
def test_a_field_sent_twice_is_refused(fill, field):
    form = fill(**{field: ["a", "b"]})
    assert form[field].errors == ["این فیلد بیش از یک بار فرستاده شد؛ آن را یک بار پر کنید."]


def test_a_missing_field_is_an_empty_one_even_when_something_was_stored(app):
    with app.test_request_context():
        form = Everything(formdata=MultiDict({"kind": "a"}), data={"name": "Sara", "user": "x"})
        assert not form.validate()
    assert form.name.errors
    assert form.user.data == ""


def test_an_unknown_choice_is_refused(fill):
    assert fill(kind="c").kind.errors
    assert fill(kind="b").kind.data == "b"


@pytest.mark.parametrize(
    "host", ["mail.example.com", "127.0.0.1", "::1", "[::1]", "localhost", "ایمیل.ایران"]
)
def test_names_and_addresses_of_servers_are_fine(fill, host):
    assert not fill(host=host).host.errors


@pytest.mark.parametrize(
    "host",
    [
        "http://mail.example.com",
        "mail.example.com/x",
        "a@example.com",
        "mail.example.com:587",
        "mail example.com",
        "-mail.com",
        "mail..com",
        "a" * 64,
    ],
)
def test_what_is_no_server_is_refused(fill, host):
    assert fill(host=host).host.errors


@pytest.mark.parametrize("name", ["http://x", "www.example.com", "a@example.com", "x" * 71])
def test_a_name_is_not_an_advertisement(fill, name):
    assert fill(name=name).name.errors


def test_several_lines_are_for_those_who_ask_for_them(fill):
    assert fill(note="a\r\nb").note.data == "a\nb"


def test_a_locked_field_ignores_what_is_typed(app):
    with app.test_request_context():
        form = Everything(formdata=MultiDict({"name": "Sara", "host": "http://evil/"}))
        form.host.lock("PEYK_SMTP_PRIMARY_HOST", "mail.example.com")
        assert form.validate()
    assert form.host.data == "mail.example.com"


def test_faults_are_listed_in_the_order_of_the_page(fill):
    form = fill(name="", port="0", host="http://x")
    assert [field.name for field, _fault in faults(form)] == ["name", "host", "port"]


@pytest.fixture
def drawn(app: Flask):
    """A form as the macros draw it."""

    def draw(form):
        source = (
            '{% import "parts/ui.html" as ui %}{{ ui.error_summary(form) }}'
            "{% for f in form %}{{ ui.field(f) }}{% endfor %}"
        )
        return read(app.jinja_env.from_string(source).render(form=form))

    return draw


def test_a_drawn_field_is_tied_to_its_words(fill, drawn):
    page = drawn(fill(name=""))
    box = page.by_id("name")
    assert box is not None
    assert box.get("aria-invalid") == "true"
    assert box.get("aria-describedby") == "name-error name-hint"
    assert all(page.by_id(name) for name in box.get("aria-describedby").split())
    assert "required" in box.attributes
    summary = page.by_id("error-summary")
    assert summary is not None
    assert [link.get("href") for link in summary.all("a")] == ["#name"]


def test_machine_fields_are_left_to_right_and_names_as_they_come(fill, drawn):
    page = drawn(fill())
    direction = {name: box.get("dir") for name in ("name", "host") if (box := page.by_id(name))}
    assert direction == {"name": "auto", "host": "ltr"}


def test_a_drawn_lock_names_its_variable(fill, drawn):
    form = fill()
    form.host.lock("PEYK_SMTP_PRIMARY_HOST", "mail.example.com")
    page = drawn(form)
    box, words = page.by_id("host"), page.by_id("host-locked")
    assert box is not None
    assert "disabled" in box.attributes
    assert words is not None
    assert "PEYK_SMTP_PRIMARY_HOST" in words.text


def test_help_is_paragraphs_and_never_markup_of_others(app, drawn):
    class Helped(Section):
        one = MachineField("One", help="<b>x</b>\n\nsecond", optional=True)
        two = MachineField("Two", help=Markup("<ul><li>x</li></ul>"), optional=True)

    with app.test_request_context():
        page = drawn(Helped())
    assert [p.text for p in page.root.all("p")] == ["<b>x</b>", "second"]
    assert len(page.root.all("li")) == 1

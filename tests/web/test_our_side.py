"""After a test the page says what on our own side keeps mail from leaving all the same."""

import pytest

from app.core import clock
from app.extensions import db
from app.i18n import locales
from app.mail.delivery import heartbeat
from app.mail.diagnosis.remedies import REMEDIES
from app.mail.models import Role, ServerHealth
from app.mail.servers import breaker
from tests.postbox import Postbox
from tests.serving import use
from tests.web.test_connection_test import ask, form, lines


@pytest.fixture
def box():
    with Postbox(credentials=("support@example.com", "box-secret-1")) as made:
        yield made


@pytest.fixture
def worker(app):
    """A worker that has just shown a sign of life."""
    heartbeat.beat()


def words(code):
    with locales.use("en"):
        return str(REMEDIES[code].meaning)


def remarks(answer):
    return " ".join(lines(answer)[-1]["remarks"])


def test_where_all_is_well_there_is_nothing_to_remark(nika, box, worker):
    result = lines(ask(nika, form(box.port)))[-1]
    assert (result["state"], result["remarks"]) == ("passed", [])


def test_a_worker_that_does_not_run_is_remarked_on(nika, box):
    assert words("sys.worker_down") in remarks(ask(nika, form(box.port)))


def test_the_master_switch_is_remarked_on(nika, box, worker):
    answer = ask(nika, form(box.port, smtp_active=""))
    assert words("sys.inactive") in remarks(answer)


def test_two_servers_that_are_off_are_remarked_on(nika, box, worker):
    typed = {name: value for name, value in form(box.port).items() if name != "primary-active"}
    assert words("sys.no_active_server") in remarks(ask(nika, typed))


def test_a_primary_that_is_left_alone_is_remarked_on(nika, box, worker):
    with Postbox() as secondary:
        use(box, secondary)
        row = db.session.get_one(ServerHealth, Role.PRIMARY)
        row.open_until = clock.now() + breaker.FIRST_PAUSE
        db.session.commit()
        other = {"secondary__host": "127.0.0.1", "secondary__port": str(secondary.port)}
        answer = ask(nika, form(box.port, secondary__active="y", **other))
    assert words("sys.breaker_open") in remarks(answer)


def test_a_mend_that_the_environment_locks_is_remarked_on(nika, app, configure, worker):
    configure(environment={"PEYK_SMTP_PRIMARY_USERNAME": "support"})
    with Postbox(credentials=("x", "y")) as strict:
        result = lines(ask(nika, form(strict.port)))[-1]
    assert result["code"] == "auth.user_form"
    assert words("sys.env_locked") in " ".join(result["remarks"])
    assert not [fix for fix in result["fixes"] if "primary-username" in fix["changes"]]


def test_without_script_the_remark_stands_on_the_page(nika, box):
    answer = ask(nika, form(box.port), accept="text/html")
    assert words("sys.worker_down") in answer.text

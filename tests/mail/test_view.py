"""What a worker sees of the servers while it works."""

import pytest

from app.extensions import db
from app.mail.delivery import view
from app.mail.delivery.view import View
from app.mail.diagnosis import replies
from app.mail.models import Role
from app.mail.servers import breaker
from app.mail.smtp.trouble import Cause, Stage, Trouble
from tests.mail.conftest import use
from tests.postbox import Postbox

pytestmark = pytest.mark.usefixtures("app", "notes")

REFUSED = Trouble(Stage.CONNECT, Cause.REFUSED)


def break_primary() -> None:
    for _ in range(breaker.THRESHOLD):
        breaker.fail(Role.PRIMARY, replies.judge(REFUSED), REFUSED)
    db.session.commit()


def test_what_another_worker_learned_is_seen_after_a_moment(
    primary: Postbox, secondary: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(primary, secondary)
    seen = View()
    break_primary()
    assert seen.standing().usable == (Role.PRIMARY, Role.SECONDARY)
    monkeypatch.setattr(view, "FRESHNESS", -1.0)
    assert seen.standing().usable == (Role.SECONDARY,)


def test_a_message_bound_to_one_server_sees_no_other(primary: Postbox, secondary: Postbox) -> None:
    use(primary, secondary)
    seen = View()
    assert seen.standing(Role.SECONDARY).usable == (Role.SECONDARY,)
    break_primary()
    seen.look_again()
    assert seen.standing(Role.PRIMARY).usable == ()

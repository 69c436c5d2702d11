"""The simulation: every diagnosis on its real page, in both languages, with nothing left open."""

from dataclasses import astuple

import pytest

from app.i18n import locales
from app.mail.connection_test import simulation
from app.mail.connection_test.probe_steps import State
from app.mail.diagnosis.remedies import FAMILIES, REMEDIES
from app.mail.models import Encryption
from app.web.smtp.connection_report import Report
from app.web.words import remedy_families
from tests.page import problems
from tests.web import people

PATH = "/dev/diagnoses"
SHOWN = ["in.host_scheme", "tls.self_signed", "auth.wrong", "rcpt.unknown", "sys.worker_down"]
UNKNOWN = "…"


@pytest.fixture
def developer(developing):
    """An administrator before an application in development."""
    return people.nika(developing)


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_every_code_can_be_played_and_nothing_in_it_is_left_open(app, code):
    played = simulation.play(code)
    for locale in locales.LOCALES:
        with locales.use(locale):
            report = Report(played, plain=True)
            steps = [report.step(one) for one in played.reports]
            result = report.result()
        said = " ".join(map(str, (*map(astuple, steps), astuple(result))))
        assert UNKNOWN not in said
        assert result.meaning or result.passed
    assert result.code == code or result.passed


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("code", SHOWN)
def test_a_played_test_is_the_real_page(developer, code, language):
    answer = developer.get(f"{PATH}/{code}?lang={language}")
    assert answer.status_code == 200
    assert problems(answer.text, language) == []
    assert "only-for-show" not in answer.text


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_list_names_every_code(developer, language):
    answer = developer.get(f"{PATH}?lang={language}")
    assert problems(answer.text, language) == []
    assert all(f"{PATH}/{code}" in answer.text for code in REMEDIES)
    assert UNKNOWN not in answer.text


def test_a_code_that_nobody_knows_is_not_found(developer):
    assert developer.get(f"{PATH}/tls.moon").status_code == 404


def test_elsewhere_than_in_development_the_pages_do_not_exist(nika):
    assert nika.get(PATH).status_code == 404
    assert nika.get(f"{PATH}/auth.wrong").status_code == 404


def test_every_family_has_its_title():
    assert FAMILIES.keys() == remedy_families.TITLES.keys()


def test_a_fix_of_a_played_test_changes_its_settings():
    (failure,) = [one for one in [simulation.play("tls.plain_port").failure] if one]
    assert failure.state is State.FAILED
    changes = [fix.changes for fix in failure.diagnosis.fixes]
    assert {"encryption": Encryption.STARTTLS.value} in changes

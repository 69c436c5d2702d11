import pytest

from tools import environment


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine on which nobody has set anything."""
    for name in ("PORT", "PEYK_CATCHER_PORT", "PUBLIC_URL", "SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PEYK_INSTANCE_PATH", raising=False)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


def test_a_key_is_made_once_and_only_its_owner_can_read_it(machine):
    first = environment.development()["SECRET_KEY"]
    assert len(first) >= 32
    assert environment.development()["SECRET_KEY"] == first
    assert (machine / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_what_is_set_is_not_overruled(machine, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("PUBLIC_URL", "http://peyk.test")
    variables = environment.development()
    assert (variables["SECRET_KEY"], variables["PUBLIC_URL"]) == ("mine", "http://peyk.test")
    assert not (machine / "var").exists()


def test_what_stands_in_the_file_is_left_to_the_application(machine):
    (machine / ".env").write_text("# mine\nSECRET_KEY='a key'\nexport PORT=8123\nPUBLIC_URL=\n")
    variables = environment.development()
    assert "SECRET_KEY" not in variables
    assert variables["PUBLIC_URL"] == "http://127.0.0.1:8123"


def test_the_mode_is_development_whatever_was_set(monkeypatch):
    monkeypatch.setenv("PEYK_MODE", "production")
    assert environment.development()["PEYK_MODE"] == "development"


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "۸۰۰۰", "-1"])
def test_a_port_that_is_none_is_refused_in_a_sentence(monkeypatch, value):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SystemExit, match="PORT must be a port"):
        environment.web_port()

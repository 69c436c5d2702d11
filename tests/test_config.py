"""Configuration refuses to start with a sentence that says the mend."""

import pytest

from app.config import Config, ConfigError

GOOD = {
    "SECRET_KEY": "kJ8-2Qx7vB1nM4zL9wE6rT3yU5iO0pA-hG_dF",
    "PUBLIC_URL": "https://support.yourdomain.com",
}


def read(**changes: str) -> Config:
    return Config.from_environment({**GOOD, **changes})


def test_a_complete_environment_is_accepted() -> None:
    config = read()
    assert config.mode == "production"
    assert config.database_url.startswith("sqlite:///")
    assert config.ehlo_name == "support.yourdomain.com"


def _webhook(url: str, secret: str = "a secret of the receiver") -> dict[str, str]:
    return {"PEYK_ALERT_WEBHOOK_URL": url, "PEYK_ALERT_WEBHOOK_SECRET": secret}


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Make one with"),
        ({"SECRET_KEY": "short"}, "too short: 5 characters"),
        ({"SECRET_KEY": "change-me-change-me-change-me-0123456789"}, "looks like a sample"),
        ({"SECRET_KEY": "a" * 64}, "looks like a sample"),
        ({"SECRET_KEY": "only-for-tests-0123456789abcdef0123"}, "looks like a sample"),
        ({"SECRET_KEY": "dev 0123456789 abcdefghijklmnopqrstuv"}, "looks like a sample"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "A key in SECRET_KEY_FALLBACKS is too short"),
        ({"DATABASE_URL": "mysql://db"}, "postgresql\\+psycopg://USER"),
        ({"DATABASE_URL": "not a url"}, "DATABASE_URL is not usable"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must look like redis://"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is missing"),
        ({"PUBLIC_URL": "support.yourdomain.com"}, "PUBLIC_URL is missing or not usable"),
        ({"PEYK_MODE": "live"}, "PEYK_MODE must be one of"),
        ({"PEYK_PROXY_COUNT": "two"}, "PEYK_PROXY_COUNT must be a whole number"),
        ({"PEYK_RATE_LIMITS": "maybe"}, "PEYK_RATE_LIMITS must be one of: on, off"),
        ({"PEYK_SMTP_PRIVATE_HOSTS": "10.0.0.0/99"}, "PEYK_SMTP_PRIVATE_HOSTS must be allow"),
        ({"PEYK_SMTP_CA_FILE": "missing.pem"}, "PEYK_SMTP_CA_FILE names a file"),
        ({"PEYK_TIME_ZONE": "Mars/Olympus"}, "PEYK_TIME_ZONE is not a known zone"),
        ({"PEYK_METRICS_TOKEN": "short"}, "PEYK_METRICS_TOKEN must have at least 16"),
        ({"PEYK_METRICS_TOKEN": "سلام" * 5}, "PEYK_METRICS_TOKEN must have at least 16"),
        (_webhook("ftp://monitor.example.com/"), "PEYK_ALERT_WEBHOOK_URL is not usable"),
        (_webhook("https://me:word@monitor.example.com/"), "PEYK_ALERT_WEBHOOK_URL is not"),
        (_webhook("https://monitor.example.com:99999/"), "PEYK_ALERT_WEBHOOK_URL is not"),
        (_webhook("https://monitor.example.com/a b"), "PEYK_ALERT_WEBHOOK_URL is not usable"),
        (_webhook("https:///peyk"), "PEYK_ALERT_WEBHOOK_URL is not usable"),
        (_webhook("https://monitor.example.com/", ""), "PEYK_ALERT_WEBHOOK_SECRET is not set"),
        (_webhook("https://monitor.example.com/", "short"), "PEYK_ALERT_WEBHOOK_SECRET must"),
    ],
)
def test_a_bad_value_is_refused_with_the_mend(changes: dict[str, str], mend: str) -> None:
    with pytest.raises(ConfigError, match=mend):
        read(**changes)


def test_a_random_key_may_have_dev_or_test_among_its_letters() -> None:
    key = "q7devXk2Test9bW-uY3mZr_1pLhVtesT5nGcKe8JdDEVfQ0sAa4oRwC6iUxMyBzP"
    assert read(SECRET_KEY=key).secret_key == key


def test_secrets_do_not_show_when_the_configuration_is_printed() -> None:
    config = read(
        DATABASE_URL="postgresql://peyk:hidden@localhost/peyk",
        PEYK_SMTP_PRIMARY_PASSWORD="hidden too",
        PEYK_METRICS_TOKEN="hidden hidden hidden",
        **_webhook("https://monitor.example.com/peyk", "hidden hidden hidden"),
    )
    assert "hidden" not in repr(config)
    assert GOOD["SECRET_KEY"] not in repr(config)


def test_a_url_of_postgresql_gets_its_driver() -> None:
    config = read(DATABASE_URL="postgresql://peyk@localhost/peyk")
    assert config.database_url == "postgresql+psycopg://peyk@localhost/peyk"


def test_an_address_is_introduced_to_servers_as_a_literal() -> None:
    assert read(PUBLIC_URL="http://127.0.0.1:8000").ehlo_name == "[127.0.0.1]"

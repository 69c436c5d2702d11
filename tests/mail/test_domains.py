import pytest

from app.mail.smtp import domains


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("mail.example.com", "example.com"),
        ("Mail.Example.COM.", "example.com"),
        ("smtp.host.co.ir", "host.co.ir"),
        ("example.com", "example.com"),
        ("localhost", ""),
        ("192.0.2.17", ""),
        ("2001:db8::17", ""),
    ],
)
def test_who_stands_behind_a_name_is_its_registered_part(name, registered):
    assert domains.registered(name) == registered

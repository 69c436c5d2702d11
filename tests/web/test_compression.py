"""Pages go out compressed, except where a stranger could learn from their length."""

import gzip

import pytest

ASKS = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_who_understands(client):
    plain, packed = client.get("/register"), client.get("/register", headers=ASKS)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"<h1>" in gzip.decompress(packed.data)
    assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_a_store_on_the_way_keeps_both_apart(client):
    for headers in ({}, ASKS):
        assert "Accept-Encoding" in client.get("/login", headers=headers).headers["Vary"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_with_a_session_that_another_site_asks_for_is_not_compressed(nika, client, site):
    foreign = ASKS | {"Sec-Fetch-Site": site}
    assert "Content-Encoding" not in nika.get("/system/", headers=foreign).headers
    # A visitor without a session has nothing that could be guessed.
    assert client.get("/login", headers=foreign).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_one_s_own_steps_are_compressed(nika, site):
    headers = ASKS | {"Sec-Fetch-Site": site}
    assert nika.get("/system/", headers=headers).headers["Content-Encoding"] == "gzip"


def test_the_length_of_a_page_varies(client):
    lengths = {len(client.get("/no-such-page", headers=ASKS).data) for _ in range(12)}
    assert len(lengths) > 3


def test_what_is_no_page_stays_as_it_is(client):
    assert "Content-Encoding" not in client.get("/healthz", headers=ASKS).headers

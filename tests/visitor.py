"""Somebody who visits a running Peyk over HTTP."""

import http.client
import http.cookiejar
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.page import read

NDJSON = "application/x-ndjson"


class Visitor:
    """Somebody with a browser without script: cookies, pages, forms."""

    def __init__(self, url: str) -> None:
        self.url, self.jar = url, http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def page(self, path: str, form: Mapping[str, str] | None = None) -> str:
        """Open a page, or send a form to it."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        with self._opener.open(f"{self.url}{path}", data, timeout=30) as answer:
            return str(answer.read().decode())

    def token(self, path: str) -> dict[str, str]:
        """What every form of a page has to bring."""
        return {"csrf_token": read(self.page(path)).values()["csrf_token"]}

    @contextmanager
    def streaming(
        self, path: str, form: Mapping[str, str]
    ) -> Iterator[tuple[int, http.client.HTTPResponse]]:
        """Send a form and read the answer as it comes; leaving the block closes the socket."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=30)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)
        kind = "application/x-www-form-urlencoded"
        headers = {"Accept": NDJSON, "Cookie": cookies, "Content-Type": kind}
        try:
            connection.request("POST", path, urllib.parse.urlencode(form), headers)
            answer = connection.getresponse()
            yield answer.status, answer
            answer.close()
        finally:
            connection.close()

"""Looks over a rendered page: on what a reader, a screen reader or the policy would stumble."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from app.i18n import locales

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
CONTROLS = frozenset({"input", "select", "textarea"})
REFERENCES = ("aria-describedby", "aria-labelledby", "popovertarget", "list", "aria-controls")
MACHINE_TEXT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|ir)\b", re.IGNORECASE
)
_ISOLATES = re.compile("[\u2066-\u2069]")


@dataclass
class Element:
    """One element with what is around and inside it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words inside, in order, with single spaces."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(parts).split())

    def walk(self) -> Iterator["Element"]:
        """Every element inside, in order of the page."""
        waiting = self.children[::-1]
        while waiting:
            here = waiting.pop()
            if isinstance(here, Element):
                yield here
                waiting += here.children[::-1]

    def all(self, *tags: str) -> "list[Element]":
        """Every element inside with one of these tags."""
        return [element for element in self.walk() if element.tag in tags]

    def around(self) -> Iterator["Element"]:
        """The elements around this one, nearest first."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def get(self, name: str) -> str:
        """An attribute; empty when it is not there."""
        return self.attributes.get(name, "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})
        self.unbalanced: list[str] = []

    def updatepos(self, i: int, j: int) -> int:
        """Keep no count of lines, which nobody asks for."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(
            Element(tag, {name: value or "" for name, value in attrs}, self.here)
        )

    def handle_endtag(self, tag: str) -> None:
        if tag != self.here.tag or self.here.parent is None:
            self.unbalanced.append(tag)
            return
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


@dataclass(frozen=True)
class Page:
    """A page that was read."""

    root: Element
    unbalanced: list[str]

    @property
    def h1(self) -> str:
        """The heading of the page."""
        found = self.root.all("h1")
        return found[0].text if found else ""

    def by_id(self, name: str) -> Element | None:
        """The element of that id."""
        return next((element for element in self.root.walk() if element.get("id") == name), None)

    def values(self) -> dict[str, str]:
        """What the page's inputs would send, by name (checked ones only)."""
        return {
            control.get("name"): control.get("value")
            for control in self.root.all("input")
            if control.get("name")
            and (
                control.get("type") not in ("radio", "checkbox") or "checked" in control.attributes
            )
        }


def read(html: str) -> Page:
    """Read a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page(reader.root, reader.unbalanced)


def problems(html: str, locale: str) -> list[str]:
    """Everything that is wrong with the page, in words; empty for a good page."""
    page = read(html)
    checks = (
        _frame(page, locale),
        _headings(page),
        _ids(page),
        _labels(page),
        _forms(page),
        _inline(page),
        _widths(page),
        _machine_text(page, locale),
    )
    return [problem for check in checks for problem in check]


def _frame(page: Page, locale: str) -> Iterator[str]:
    expected = locales.get(locale)
    html = page.root.all("html")
    if len(html) != 1 or html[0].get("lang") != expected.tag:
        yield f"the page does not say that its language is {expected.tag}"
    if not html or html[0].get("dir") != expected.direction:
        yield f"the page does not say that its direction is {expected.direction}"
    if len(page.root.all("main")) != 1:
        yield "a page has one <main>"
    for tag in page.unbalanced:
        yield f"</{tag}> closes nothing"


def _headings(page: Page) -> Iterator[str]:
    found = page.root.all("h1")
    if len(found) != 1:
        yield f"a page has one h1, not {len(found)}"
        return
    # What the heading isolates by an element, the title isolates by marks.
    title = _ISOLATES.sub("", "".join(element.text for element in page.root.all("title")))
    if not found[0].text or not title.startswith(_ISOLATES.sub("", found[0].text)):
        yield f"the title {title!r} does not begin with the heading {found[0].text!r}"
    headings = [element for main in page.root.all("main") for element in main.walk()]
    levels = [int(element.tag[1]) for element in headings if _is_heading(element)]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading jumps from h{before} to h{after}"


def _is_heading(element: Element) -> bool:
    return re.fullmatch("h[1-6]", element.tag) is not None


def _ids(page: Page) -> Iterator[str]:
    ids = Counter(element.get("id") for element in page.root.walk() if element.get("id"))
    for name, count in ids.items():
        if count > 1:
            yield f"the id {name!r} is there {count} times"
    for element in page.root.walk():
        for attribute, name in _references(element):
            if name not in ids:
                yield f"{attribute}={name!r} points at nothing"


def _references(element: Element) -> Iterator[tuple[str, str]]:
    """The ids that the element speaks of, each with the attribute that does."""
    for attribute in REFERENCES:
        for name in element.get(attribute).split():
            yield attribute, name
    if element.tag == "a" and re.fullmatch("#.+", element.get("href")):
        yield "href", element.get("href")[1:]


def _labels(page: Page) -> Iterator[str]:
    labelled = {label.get("for") for label in page.root.all("label")}
    for control in page.root.all(*CONTROLS):
        if control.get("type") in ("hidden", "submit"):
            continue
        wrapped = any(element.tag == "label" for element in control.around())
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not (wrapped or named or control.get("id") in labelled):
            yield f"the control {control.get('name')!r} has no label"
    for button in page.root.all("button", "a"):
        if "hidden" not in button.attributes and not (button.text or button.get("aria-label")):
            yield f"a {button.tag} has no words: {button.attributes}"


def _forms(page: Page) -> Iterator[str]:
    for form in page.root.all("form"):
        tokens = [field for field in form.all("input") if field.get("name") == "csrf_token"]
        if form.get("method").lower() == "post" and len(tokens) != 1:
            yield f"the form to {form.get('action')!r} has {len(tokens)} tokens"


def _inline(page: Page) -> Iterator[str]:
    for element in page.root.walk():
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"there is an inline <{element.tag}>"
        for name, value in element.attributes.items():
            if name == "style" or name.startswith("on") or value.lower().startswith("javascript:"):
                yield f"<{element.tag}> has an inline {name}"


def _widths(page: Page) -> Iterator[str]:
    """What stands in a grid of six columns says how many it takes: left alone it gets a sliver."""
    grids = [element for element in page.root.walk() if "grid" in element.get("class").split()]
    for child in (child for grid in grids for child in grid.children if isinstance(child, Element)):
        if child.tag != "script" and not re.search(r"\bw[2-6]\b", child.get("class")):
            yield f"<{child.tag} class={child.get('class')!r}> has no width in its grid"


def _machine_text(page: Page, locale: str) -> Iterator[str]:
    """In a right-to-left page an address or a host must be isolated, or its parts change places."""
    if locales.get(locale).direction != "rtl":
        return
    for element in page.root.walk():
        if element.tag in ("title", "script", "option") or _is_ltr(element):
            continue
        for child in element.children:
            if isinstance(child, str) and (found := MACHINE_TEXT.search(child)):
                yield f"{found[0]!r} stands bare in right-to-left text"


def _is_ltr(element: Element) -> bool:
    """Whether the nearest word about direction says left to right."""
    for each in (element, *element.around()):
        if each.get("dir"):
            return each.get("dir") in ("ltr", "auto")
    return False

"""Text that others wrote: made fit for a page, a report, a log. Pure.

Servers, certificates and name services may say anything. What nobody sees (control characters,
overrides of the direction, invisible ones) becomes a space, and there is an end to it.
"""

MAX_SHOWN = 1000


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Return one line of foreign text as it may be shown, cut where it is longer than `limit`."""
    clean = text[: limit * 2].strip()
    if not clean.isprintable():
        clean = "".join(c if c.isprintable() else " " for c in clean).strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"

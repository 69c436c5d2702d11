"""A slip of the hand in a catalog names its line."""

import pytest

from app.i18n import po_lines
from app.i18n.po_lines import UnreadableCatalogError

HEAD = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
USERS = '#: app/x.py\nmsgid "Users"\nmsgstr "کاربران"\n'
DAYS = 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "%(num)s روز"\n'


def fault(text):
    with pytest.raises(UnreadableCatalogError) as raised:
        po_lines.text_of(text if isinstance(text, bytes) else (HEAD + text).encode())
    return raised.value.fault


@pytest.mark.parametrize(
    "text",
    [
        USERS,
        f'{DAYS}msgstr[1] "%(num)s روز"\n',
        'msgid "He said \\"yes\\""\nmsgstr ""\n"یک "\n"دو"\n',
        'msgctxt "step"\nmsgid "Failed"\nmsgstr "الف"\n\nmsgid "Failed"\nmsgstr "ب"\n',
        '#~ msgid "Users"\n#~ msgstr "x"\n\n#, fuzzy\n#| msgid "User"\nmsgid "Users"\nmsgstr "x"\n',
        USERS.replace("\n", "\r\n"),
    ],
)
def test_what_editors_write_is_read(text):
    assert po_lines.text_of((HEAD + text).encode()) == HEAD + text


def test_the_mark_that_some_editors_put_in_front_is_no_part_of_the_text():
    assert po_lines.text_of(b"\xef\xbb\xbf" + (HEAD + USERS).encode()) == HEAD + USERS


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (USERS.replace('ان"', "ان"), 7, "neither a text in quotation marks nor a comment"),
        (USERS.replace("کاربر", 'کار"بر'), 7, "neither a text in quotation marks nor a comment"),
        (USERS.replace("msgstr", "msgstring"), 7, "neither a text in quotation marks"),
        (f"{USERS}nonsense\n", 8, "neither a text in quotation marks nor a comment"),
        (f"<<<<<<< ours\n{USERS}", 5, "two changes met here"),
        (
            f'{DAYS}msgstr[1] "x"\nmsgstr[2] "x"\n',
            9,
            "msgstr[2] is one form too many: Plural-Forms names 2",
        ),
        (f"{USERS}\n{USERS}", 10, "the same sentence as in line 6"),
        (HEAD.encode() + b'msgid "a"\nmsgstr "\xe9"\n', 6, "a letter that is not UTF-8"),
    ],
)
def test_what_would_be_read_as_something_else_is_refused(text, line, reason):
    found = fault(text)
    assert found.line == line
    assert found.reason.startswith(reason)
    assert found.mend

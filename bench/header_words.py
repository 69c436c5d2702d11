"""Mixed Persian and Latin subjects, there and back: `python -m bench.header_words [COUNT]`.

Each is written as mail goes over the wire and read back; a space that is lost glues two words. The
same subjects go through the standard library for comparison.
"""

import email
import email.policy
import random
import sys
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

from app.mail.message import Message

_WORDS = (
    "سلام SMTP می‌شود Peyk ۱۲۳ support «نمونه» رمز a,b ؟ کاربر فعال‌سازی mail.example.com (۲) #۴۲ علي"
).split()


def main(count: int) -> int:
    """Print how many lost something, ours and the library's; 1 when one of ours did."""
    chance = random.Random(1405)
    ours = names = library = 0
    for _ in range(count):
        subject = " ".join(chance.choices(_WORDS, k=chance.randint(1, 14)))
        name = " ".join(chance.choices(_WORDS, k=chance.randint(1, 8)))[:70].strip()
        data = email.message_from_bytes(_written(subject, name), policy=email.policy.default)
        ours += data["Subject"] != subject
        names += _name_in(_written(subject, name)) != name
        library += _by_the_library(subject) != subject
    print(f"{count:,} subjects: {ours} lost something here, {library} by the standard library")
    print(f"{count:,} names: {names} lost something here")
    return 1 if ours or names else 0


def _written(subject: str, name: str) -> bytes:
    return Message(
        sender_address="support@example.com",
        sender_name=name,
        to="sara@example.com",
        subject=subject,
        text="سلام\n",
        html="<p>سلام</p>",
        locale="fa",
        message_id="<1@example.com>",
        date=datetime(2026, 11, 23, tzinfo=UTC),
    ).as_bytes()


def _name_in(data: bytes) -> str:
    raw = email.message_from_bytes(data)["From"]
    name = str(make_header(decode_header(raw))).replace("\r\n", "").rpartition("<")[0].strip()
    return name[1:-1].replace('\\"', '"') if name.startswith('"') else name


def _by_the_library(subject: str) -> str:
    message = EmailMessage()
    message["Subject"] = subject
    return str(email.message_from_bytes(bytes(message), policy=email.policy.default)["Subject"])


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4000))

"""What SpamAssassin's own rules say of every mail: `python -m tools.spam_points`.

Only local rules, no network: points for a mail that no server has signed or passed on mean nothing,
points for how it is written do. On Debian: apt-get install spamassassin
"""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

from app.i18n import locales
from app.mail.message import Message
from app.web.dev_mail import samples
from tools.mail_pictures import application

# Added by the first server that passes a mail on; without them the rules find fault with that.
_WAY = (
    "Received: from mail.example.com (mail.example.com [93.184.215.14])\r\n"
    "\tby mx.example.org with ESMTPS id 1; {date}\r\n"
)
_RULE = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s", re.MULTILINE)
_MOST = 1.0


def main() -> int:
    """Print the points of each mail; 1 when one of them has more than a mail should."""
    program = shutil.which("spamassassin")
    if program is None:
        print("SpamAssassin is missing. On Debian: apt-get install spamassassin", file=sys.stderr)
        return 1
    worst = 0.0
    with application() as app, app.app_context():
        for kind in samples.names():
            for code in locales.LOCALES:
                points, rules = _judge(program, kind, code)
                worst = max(worst, points)
                print(f"{points:5.1f}  {kind} {code}  {' '.join(rules)}", flush=True)
    print(f"worst: {worst:.1f}; a mail is taken for spam from 5.0 on")
    return 1 if worst > _MOST else 0


def _judge(program: str, kind: str, code: str) -> tuple[float, list[str]]:
    mail = samples.written(kind, code)
    if mail is None:
        raise SystemExit(f"There is no sample of {kind}: add it to app/accounts/mails/samples.py.")
    now = datetime.now(UTC)
    data = Message(
        sender_address="support@example.com",
        sender_name="Support",
        to="sara.moradi@example.org",
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        locale=code,
        message_id="<4f1c2a9e7b@mail.example.com>",
        date=now,
    ).as_bytes()
    way = _WAY.format(date=f"{now:%a, %d %b %Y %H:%M:%S} +0000").encode()
    command = [program, "--local", "--test-mode"]
    said = subprocess.run(command, input=way + data, capture_output=True, check=True).stdout
    found = _RULE.findall(said.decode(errors="replace"))
    return sum(float(points) for points, _name in found), [name for _points, name in found]


if __name__ == "__main__":
    sys.exit(main())

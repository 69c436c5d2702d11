"""Every day of 1921 to 2120 in Solar Hijri against ICU: `python -m bench.calendar_days`.

ICU comes with Node; it computes the calendar by rules of its own. Each day is written and read back
as pages and forms do it, and the time for one is printed.
"""

import json
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta

from app.i18n import dates, locales

FIRST, LAST = date(1921, 1, 1), date(2120, 12, 31)
_ASK_ICU = """
const format = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn",
  {year: "numeric", month: "2-digit", day: "2-digit", timeZone: "UTC"});
const days = [];
for (let at = Date.UTC(1921, 0, 1); at <= Date.UTC(2120, 11, 31); at += 86400000) {
  const part = Object.fromEntries(format.formatToParts(at).map(p => [p.type, p.value]));
  days.push(`${part.year}/${part.month}/${part.day}`);
}
process.stdout.write(JSON.stringify([process.versions.icu, days]));
"""


def main() -> int:
    """Compare, print what differs and the figures; 1 when anything differs."""
    command = [shutil.which("node") or "node", "-e", _ASK_ICU]
    said = subprocess.run(command, capture_output=True, check=True, text=True)
    version, expected = json.loads(said.stdout)
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    assert len(days) == len(expected)
    fa = locales.get("fa")
    begun = time.perf_counter()
    written = [dates.written(day, fa) for day in days]
    wrote = time.perf_counter()
    back = [
        dates.parse(text) if text >= "۱۳۰۰" else day
        for text, day in zip(written, days, strict=True)
    ]
    read = time.perf_counter()
    wrong = [
        (day, text, icu)
        for day, text, icu, again in zip(days, written, expected, back, strict=True)
        if text.translate(_LATIN) != icu or again != day
    ]
    for day, text, icu in wrong[:20]:
        print(f"{day}: {text}, ICU {icu}")
    print(f"{len(days):,} days against ICU {version}: {len(wrong)} differ")
    print(
        f"written in {(wrote - begun) / len(days) * 1e6:.1f} µs, read in "
        f"{(read - wrote) / len(days) * 1e6:.1f} µs each"
    )
    return 1 if wrong else 0


_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")

if __name__ == "__main__":
    sys.exit(main())

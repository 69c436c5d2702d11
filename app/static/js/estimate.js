// How good a new password is, as far as a browser can tell while it is typed. Nothing leaves this
// page, and every word comes from the page; the server judges for itself. A module: it runs once,
// when somebody begins to type.

const USUAL = [
  "password", "passw0rd", "p@ssw0rd", "qwerty", "asdf", "zxcv", "1q2w", "1qaz", "admin", "welcome", "letmein",
  "iloveyou", "monkey", "dragon", "football", "test", "user", "support", "peyk", "salam", "iran", "tehran",
  "mohammad", "mohamad", "hossein", "hosein", "fatemeh", "zahra", "perspolis", "esteghlal", "khoda", "eshgh",
  "رمز", "عبور", "سلام", "ایران", "تهران", "محمد", "حسین", "علی", "فاطمه", "زهرا", "پرسپولیس", "استقلال", "خدا", "عشق",
  "پشتیبان", "سامانه", "پیک", "مدیر",
];
const ROWS = [
  "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz",
  "ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو", "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
].flatMap((row) => [row, [...row].reverse().join("")]);
const SHORTEST_RUN = 3;
const [FAIR, GOOD, STRONG] = [8, 11, 15];

const folded = (text) => text.normalize("NFKC").toLowerCase()
  .replace(/ي/g, "ی").replace(/ك/g, "ک")
  .replace(/[۰-۹]/g, (c) => c.charCodeAt(0) - 0x6F0)
  .replace(/[٠-٩]/g, (c) => c.charCodeAt(0) - 0x660);

// A row of keys or of one key is worth one character.
const withoutRuns = (text) => {
  let kept = "";
  for (let at = 0; at < text.length;) {
    let length = 1;
    while (text[at + length] === text[at]) length += 1;
    for (const row of ROWS) {
      let run = 1;
      while (at + run < text.length && row.includes(text.slice(at, at + run + 1))) run += 1;
      length = Math.max(length, run);
    }
    kept += text[at];
    at += length >= SHORTEST_RUN ? length : 1;
  }
  return kept;
};

const without = (text, words) => words.reduce((rest, word) => rest.replaceAll(word, ""), text);

// How many characters are worth something, and what took the others away.
const judge = (password, own) => {
  const text = folded(password).replace(/[\s\u200c]+/g, "");
  const notOwn = without(text, own);
  const notUsual = withoutRuns(without(notOwn.replace(/(?:1[34]|19|20)\d\d/g, ""), USUAL));
  const distinct = new Set(notUsual).size;
  const worth = Math.min(notUsual.length, distinct * 2);
  const level = worth < FAIR ? 1 : worth < GOOD ? 2 : worth < STRONG ? 3 : 4;
  return { level, isOwn: notOwn !== text, isUsual: notUsual.length < notOwn.length - 1 };
};

for (const box of document.querySelectorAll("[data-estimate]")) {
  const input = box.querySelector("input");
  const estimate = box.querySelector(".estimate");
  const say = box.dataset;

  const ownWords = () => {
    const typed = ["name", "email"].map((name) => input.form.elements[name]?.value ?? "");
    return folded([say.own ?? "", ...typed].join(" ")).split(/[\s@._\-]+/).filter((word) => word.length > 3);
  };
  const estimated = () => {
    const missing = Number(say.min) - [...input.value.normalize("NFKC")].length;
    const { level, isOwn, isUsual } = judge(input.value, ownWords());
    estimate.hidden = input.value === "";
    estimate.dataset.level = missing > 0 ? 0 : level;
    if (missing > 0) {
      const count = String(missing).replace(/\d/g, (d) => say.digits[d]);
      return say.sayShort.replace("{count}", count);
    }
    const verdict = [say.sayWeak, say.sayFair, say.sayGood, say.sayStrong][level - 1];
    const why = level < 3 ? (isOwn && say.sayOwn) || (isUsual && say.sayUsual) || "" : "";
    return `${verdict} ${why}`.trim();
  };
  const word = estimate.querySelector(".estimate-word");
  const show = () => { word.textContent = estimated(); };
  input.addEventListener("input", show);
  if (input.value) show();
}

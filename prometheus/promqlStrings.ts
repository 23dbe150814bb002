const simple: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};
const lengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A string of PromQL without its quotes and escapes, or what is wrong with one of its escapes. */
export function unquoted(literal: string): { readonly text: string } | { readonly fault: string } {
  const quote = literal[0];
  const inner = literal.slice(1, -1);
  if (quote === "`") return { text: inner };
  if (inner.includes("\n")) return { fault: "a line break inside quotes; write \\n, or use backquotes" };
  let text = "";
  for (let at = 0; at < inner.length;) {
    const letter = inner[at + 1] ?? "";
    if (inner[at] !== "\\") {
      text += inner[at++];
      continue;
    }
    const octal = /^[0-7]{3}/.exec(inner.slice(at + 1, at + 4))?.[0];
    const digits = inner.slice(at + 2, at + 2 + (lengths[letter] ?? 0));
    if (octal !== undefined && parseInt(octal, 8) < 256) {
      text += String.fromCodePoint(parseInt(octal, 8));
      at += 4;
    } else if (lengths[letter] === digits.length && /^[0-9A-Fa-f]+$/.test(digits) && parseInt(digits, 16) < 0x110000) {
      text += String.fromCodePoint(parseInt(digits, 16));
      at += 2 + digits.length;
    } else if (simple[letter] !== undefined && !(/['"]/.test(letter) && letter !== quote)) {
      text += simple[letter];
      at += 2;
    } else {
      return { fault: `the unknown escape \\${letter}; a backslash is written \\\\, as in "\\\\${letter}"` };
    }
  }
  return { text };
}

import type { Matcher } from "./matchers";

interface Token {
  readonly kind: "{" | "}" | "," | "operator" | "text";
  readonly text: string;
}

/** White space as Go counts it, and what only quotes allow. */
const token =
  /[\s\u0085]*(?:(?<brace>[{}])|(?<comma>,)|(?<operator>=~|=|!=|!~)|(?<quoted>"(?:[^"\\]|\\[^])*")|(?<plain>[^\s\u0085{}!=~,\\"'`]+))/uy;

/** The text within quotes as Go reads it; undefined where an escape is none of Go's. */
function unquoted(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  const escape = /\\(?:([abfnrtv\\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]|$))/g;
  let good = !inner.includes("\n");
  const plain = inner.replace(escape, (_, letter: string, octal: string, ...hex: string[]) => {
    if (letter) return { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }[letter] ?? letter;
    const code = octal ? parseInt(octal, 8) : parseInt(hex[0] ?? hex[1] ?? hex[2] ?? "", 16);
    if (Number.isNaN(code) || code > 0x10ffff) {
      good = false;
      return "";
    }
    return String.fromCodePoint(code);
  });
  return good ? plain : undefined;
}

function tokens(input: string): Token[] | undefined {
  const found: Token[] = [];
  const end = input.replace(/[\s\u0085]+$/u, "").length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const groups = token.exec(input)?.groups;
    if (!groups) return undefined;
    if (groups.brace) found.push({ kind: groups.brace as "{" | "}", text: groups.brace });
    else if (groups.comma) found.push({ kind: ",", text: "," });
    else if (groups.operator) found.push({ kind: "operator", text: groups.operator });
    else {
      const text = groups.plain ?? unquoted(groups.quoted!);
      if (text === undefined) return undefined;
      found.push({ kind: "text", text });
    }
  }
  return found;
}

/** Reads matchers by Alertmanager's newer grammar: `{a="x", b!="y"}`, braces and quotes optional, no empty values unquoted. */
export function matchersOfUtf8Form(input: string): Matcher[] | undefined {
  let rest = tokens(input);
  if (rest === undefined) return undefined;
  if (rest[0]?.kind === "{") {
    if (rest.at(-1)?.kind !== "}" || rest.length < 2) return undefined;
    rest = rest.slice(1, -1);
  }
  const matchers: Matcher[] = [];
  for (let at = 0; at < rest.length; at += 4) {
    const [name, operator, value, comma] = rest.slice(at, at + 4);
    if (name?.kind !== "text" || operator?.kind !== "operator" || value?.kind !== "text") return undefined;
    if (comma !== undefined && comma.kind !== ",") return undefined;
    if (name.text === "") return undefined;
    matchers.push({ name: name.text, operator: operator.text as Matcher["operator"], value: value.text });
  }
  return matchers;
}

import type { Matcher } from "./matchers";

const form = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([^]*?)\s*$/;

/** The parts between commas that stand outside of quotes. */
function parts(input: string): string[] {
  const found: string[] = [];
  let part = "";
  let quoted = false;
  let escaped = false;
  for (const character of input) {
    if (character === "," && !quoted) {
      found.push(part);
      part = "";
      continue;
    }
    if (character === '"' && !escaped) quoted = !quoted;
    escaped = character === "\\" ? !escaped : false;
    part += character;
  }
  return part.trim() === "" ? found : [...found, part];
}

/** A value with its escapes resolved; a backslash before anything else stands for itself. */
function unescaped(raw: string): string | undefined {
  const quoted = raw.startsWith('"');
  const inner = quoted ? /^"((?:[^"\\]|\\[^])*)"$/.exec(raw)?.[1] : /^(?:[^"\\]|\\[^]?)*$/.exec(raw)?.[0];
  return inner?.replace(/\\(n|"|\\)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
}

/** Reads matchers by Alertmanager's older grammar, which takes backslashes and empty values as they come. */
export function matchersOfClassicForm(input: string): Matcher[] | undefined {
  const matchers: Matcher[] = [];
  for (const part of parts(input.replace(/^\{/, "").replace(/\}$/, ""))) {
    const [, name, operator, raw] = form.exec(part) ?? [];
    const value = raw === undefined ? undefined : unescaped(raw);
    if (value === undefined) return undefined;
    matchers.push({ name: name!, operator: operator as Matcher["operator"], value });
  }
  return matchers;
}

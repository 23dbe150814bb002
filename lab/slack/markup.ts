/** A part of a line as Slack shows it. */
export interface Span {
  readonly kind: "plain" | "bold" | "code" | "link";
  readonly text: string;
  /** The URL of a link. */
  readonly url?: string;
}

/** Matches `<…>`, code between backticks, and *bold*. Bold text must begin and end at the edge of a word. */
const marked = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])/g;

/** Parses the parts of Slack's markup that the program's messages use, in one line: links, mentions, code and bold. */
export function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const found of line.matchAll(marked)) {
    if (found.index > end) spans.push({ kind: "plain", text: unescaped(line.slice(end, found.index)) });
    const [whole, control, code, bold] = found;
    if (control !== undefined) spans.push(controlSpan(control));
    else if (code !== undefined) spans.push({ kind: "code", text: unescaped(code) });
    else spans.push({ kind: "bold", text: unescaped(bold ?? "") });
    end = found.index + whole.length;
  }
  if (end < line.length) spans.push({ kind: "plain", text: unescaped(line.slice(end)) });
  return spans;
}

/** The mentions in a message, which notify people: `<!channel>`, `<!here>`, `<@U…>`, `<!subteam^…>`. */
export function mentionsIn(text: string): string[] {
  return text.match(/<[!@][^<>\n]*>/g) ?? [];
}

/** Decodes `&lt;`, `&gt;` and `&amp;`, because Slack requires these three characters to be escaped. */
export function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function controlSpan(control: string): Span {
  const bar = control.indexOf("|");
  const target = bar === -1 ? control : control.slice(0, bar);
  const text = unescaped(bar === -1 ? target : control.slice(bar + 1));
  return /^(https?|mailto):/.test(target)
    ? { kind: "link", text, url: unescaped(target) }
    : { kind: "bold", text: text.replace(/^!/, "@") };
}

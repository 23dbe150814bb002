import { withoutCodeBlocks } from "./markdown-pages";

/** Words that this project avoids, each with its replacement. */
const avoided: readonly (readonly [RegExp, string])[] = [
  [/\b(?:is|are|was|were|be|been|being|get|gets) told\b/i, "is reported, is notified, says"],
  [/\btells? (?:of|nobody|somebody|everybody)\b/i, "reports, notifies"],
  [/(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b|one\b|problem\b)(?=[a-z`"])/i, "is not a"],
  [/\bof one's own\b/i, "your own, custom"],
  [/\banew\b/i, "again"],
  [/\b(?:whoever|whomever|whosoever)\b/i, "anyone who"],
  [/\b(?:that|those) which\b/i, "what, the … that"],
  [/\bfor ever\b/i, "forever, always"],
  [/\balone\b/i, "only"],
  [/\ba text\b|\btexts\b/i, "a string, strings"],
  [
    /(?:^|[.:;] )Of (?:a|an|all|any|each|every|no|several|such|the|them|these|this|those|two|what|which|whom|whose)\b/,
    "begin with the subject",
  ],
  [/\bmend(?:s|ed|ing)?\b/i, "fix, correct"],
  [/\b(?:lest|thereof|thereby|whereof|wherefrom|whence|thence|hitherto)\b/i, "a plain word"],
  [/\blicences?\b/i, "license"],
  [/\b\w*colour\w*/i, "color"],
  [/\bneighbour\w*/i, "neighbor"],
  [/\bbehaviour\w*/i, "behavior"],
  [/\bcatalogues?\b/i, "catalog"],
  [/\b(?:organis|recognis|initialis|normalis|authoris|serialis|minimis|summaris)\w+/i, "-ize"],
  [/\b(?:un)?labelled\b|\bcancelled\b|\bhonour\w*|\bfavour\w*|\bgrey\b|\bcentre\w*/i, "US spelling"],
];

/** The avoided words in a page, each with its line and its replacement. */
export function avoidedWords(text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    avoided.flatMap(([pattern, instead]) => {
      const found = pattern.exec(line);
      return found === null ? [] : [`${index + 1}: "${found[0].trim()}"; write: ${instead}`];
    }),
  );
}

/** The comments of a file in TypeScript or Go, and the titles of its tests; all other lines are empty. */
export function commentsOf(code: string): string {
  let isInside = false;
  return code
    .split("\n")
    .map((line) => {
      const begins = /^\s*\/\*/.test(line);
      const isComment = isInside || begins || /^\s*\/\//.test(line);
      if (isInside || begins) isInside = !line.includes("*/");
      const [, title] = /\b(?:it|describe)\((["'`].*)/.exec(line) ?? [];
      // A comment in Go begins with the name that it documents.
      return (isComment ? line : (title ?? "")).replace(/^\s*\/\/ [Tt]exts |`[^`]*`|\{@link [^}]*\}/g, "code");
    })
    .join("\n");
}

/** A page without code, link targets and generated blocks. */
export function proseOf(page: string): string {
  return withoutCodeBlocks(page)
    .replace(/<!-- \w+:begin[^]*?:end -->/g, (part) => part.replace(/[^\n]/g, ""))
    .replace(/`[^`\n]*`/g, "`code`")
    .replace(/\]\([^)]*\)/g, "]");
}

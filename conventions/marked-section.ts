/**
 * A document with new text between its marks `<!-- <name>:begin -->` and `<!-- <name>:end -->`. Throws an error if
 * `file` has no such marks.
 */
export function withSection(file: string, document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} with a ${end} after it.`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

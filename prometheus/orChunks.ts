/** A part of an expression, and where it begins. */
export interface Chunk {
  readonly from: number;
  readonly text: string;
}

/** Below this an expression is read as a whole. */
const long = 2000;
const termsOfChunk = 50;
const token = /#[^\n]*|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|`[^`]*`|[([{]|[)\]}]|[\w:]+|[^]/g;

/**
 * A long expression cut at the `or` between its terms. The grammar gives up on some hundred operations after one
 * another, and `or` is the one that people write so often. It binds the least, so that every chunk stands for itself;
 * each begins with the last term of the one before, so that every `or` is checked in one of them.
 */
export function orChunks(text: string): Chunk[] {
  if (text.length < long) return [{ from: 0, text }];
  const starts = [0];
  const ends: number[] = [];
  let depth = 0;
  for (const match of text.matchAll(token)) {
    const [part] = match;
    if ("([{".includes(part)) depth += 1;
    else if (")]}".includes(part)) depth -= 1;
    else if (depth === 0 && part.toLowerCase() === "or") {
      ends.push(match.index);
      starts.push(match.index + 2);
    }
  }
  ends.push(text.length);
  if (starts.length <= termsOfChunk) return [{ from: 0, text }];
  const chunks: Chunk[] = [];
  for (let first = 0; first < starts.length - 1; first += termsOfChunk) {
    const last = Math.min(first + termsOfChunk, starts.length - 1);
    const from = starts[first]! + matching(text.slice(starts[first], ends[first]));
    chunks.push({ from, text: text.slice(from, ends[last]) });
  }
  return chunks;
}

/** The length of `on (...)` or `ignoring (...)` before a term, which belongs to the `or` and not to the term. */
function matching(term: string): number {
  return /^\s*(on|ignoring)\s*\([^()]*\)/i.exec(term)?.[0].length ?? 0;
}

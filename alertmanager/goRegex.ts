/** What Go's regular expressions have and JavaScript's have not; beside it, JavaScript's verdict says nothing. */
const goAlone = /\(\?[imsU-]|\(\?P<|\[\[:|\\[AzQEpPC]|\\x\{/;

const read = new Map<string, RegExp | undefined>();

function regexOf(pattern: string): RegExp | undefined {
  if (goAlone.test(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, "s");
  } catch {
    return undefined;
  }
}

/** Whether a whole value matches an expression that Go reads; undefined where only Go can tell. */
export function matchesRegex(pattern: string, value: string): boolean | undefined {
  if (!read.has(pattern)) read.set(pattern, regexOf(pattern));
  return read.get(pattern)?.test(value);
}

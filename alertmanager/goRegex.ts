/** What Go's regular expressions have and JavaScript's have not; beside it, JavaScript's verdict says nothing. */
const goAlone = /\(\?[imsU-]|\(\?P<|\[\[:|\\[AzQEpPC]|\[:|\\x\{/;
const escapes = /\\(.)/g;

/** What is wrong with a regular expression, as far as can be told without Go; undefined where nothing is. */
export function regexFault(pattern: string): string | undefined {
  if (/\(\?(=|!|<=|<!)/.test(pattern)) return "looks ahead or behind, which Alertmanager's regular expressions cannot";
  for (const [, letter] of pattern.matchAll(escapes)) {
    if (/[1-9]/.test(letter!)) return "refers back to a group, which Alertmanager's regular expressions cannot";
    if (/[A-Za-z]/.test(letter!) && !/[aftnrvxdDsSwWbBAzpPQEC]/.test(letter!))
      return `has an unknown escape \\${letter!}`;
  }
  return goAlone.test(pattern) || compiled(pattern) !== undefined ? undefined : "is no regular expression";
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, "s");
  } catch {
    return undefined;
  }
}

/** Whether a whole value matches; undefined where only Go can tell. */
export function matchesRegex(pattern: string, value: string): boolean | undefined {
  return goAlone.test(pattern) ? undefined : compiled(pattern)?.test(value);
}

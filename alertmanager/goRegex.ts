/** What Go's regular expressions have and JavaScript's have not; beside it, JavaScript's verdict says nothing. */
const goAlone = /\(\?[imsU-]|\(\?P<|\[\[:|\\[AzQEpPC]|\\x\{/;

/** Whether a whole value matches an expression that Go reads; undefined where only Go can tell. */
export function matchesRegex(pattern: string, value: string): boolean | undefined {
  if (goAlone.test(pattern)) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, "s").test(value);
  } catch {
    return undefined;
  }
}

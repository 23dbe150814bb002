/** Versions from `from` (inclusive) to `below` (exclusive), both written as `3`, `3.5` or `3.5.1`. */
export interface VersionRange {
  readonly from: string;
  readonly below: string;
}

/** Whether a version is in the range. A pre-release counts as its final version. */
export function serves(version: string, range: VersionRange): boolean {
  return compare(version, range.from) >= 0 && compare(version, range.below) < 0;
}

/** Describes the range for a message. */
export function describeRange(range: VersionRange): string {
  return `${range.from} or newer, below ${range.below}`;
}

/** The first version of the form `major.minor.patch` in the output of a program. */
export function versionIn(text: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)\b/.exec(text)?.[1];
}

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

import { error, type Finding } from "../validation/finding";

type Path = Finding["path"];

const ofTheRuntime = ["__proto__", "constructor", "prototype"];

/**
 * What cannot be laid over our values without a loss: a null in the place of a map of ours, with which everything in it
 * would go, and keys of the runtime's own objects, which no merge follows.
 */
export function overrideFaults(ours: object, override: unknown): Finding[] {
  const findings: Finding[] = [];
  const visit = (here: unknown, below: unknown, path: Path, above: readonly object[]): void => {
    if (here === null && isMap(below) && !isScrapeJob(path)) {
      const keys = Object.keys(below).slice(0, 5).join(", ");
      findings.push(
        error(
          path,
          `is null, with which all that this program sets in it would go (${keys}); name the one key that is meant.`,
        ),
      );
    }
    if (typeof here !== "object" || here === null || above.includes(here) || path.length > 64) return;
    for (const [key, inner] of Object.entries(here)) {
      const at = [...path, Array.isArray(here) ? Number(key) : key];
      if (ofTheRuntime.includes(key)) findings.push(error(at, "is no key that a chart could have; take it out."));
      else visit(inner, isMap(below) ? below[key] : undefined, at, [...above, here]);
    }
  };
  visit(override, ours, [], []);
  return findings;
}

/** A job is taken out whole; those that alerts rely on are refused by rows of their own (chart/overrides/server.ts). */
function isScrapeJob(path: Path): boolean {
  return path.length === 2 && path[0] === "scrapeConfigs";
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { legacyKeys } from "../chart/legacy/refused-keys";
import { forbiddenKeys } from "../chart/overrides/keys";
import type { Fault } from "../validation/faults";
import { error, type Finding, type Path, within } from "../validation/finding";
import { everyValue, isMap, mapOf, plainData, type PlainMap, valueAt } from "../validation/plain-data";

/** The valid part of an override of the chart's values, and the problems of the rest. */
export interface CheckedOverride {
  readonly override: PlainMap;
  readonly findings: readonly Finding[];
  /** Problems of the override as a whole. */
  readonly faults: readonly Fault[];
}

const howToMigrate =
  "has keys of an older chart; `npm run values:translate -- <values.yaml>` translates all of them to current keys.";

/**
 * Checks an override before it is merged over `ours`, the built-in values: it reports what is not plain data, legacy
 * keys, forbidden keys, and `null` in place of built-in maps. Invalid parts are removed, because every later check
 * would report them again.
 */
export function checkOverride(given: unknown, ours: object): CheckedOverride {
  const { copy, findings } = plainData(given);
  const legacy = legacyKeys(copy);
  const all = [...findings, ...legacy];
  for (const further of [forbiddenKeys(copy), nulledMaps(ours, copy)]) {
    const isKnown = within(all);
    all.push(...further.filter(({ path }) => !isKnown(path)));
  }
  return {
    override: withoutPaths(
      mapOf(copy),
      all.map(({ path }) => path),
    ),
    findings: all,
    faults: legacy.length > 1 ? [{ key: "alerting:values", sentence: howToMigrate }] : [],
  };
}

/** Reports `null` in place of a built-in map: it would delete everything in the map. */
function nulledMaps(ours: object, override: unknown): Finding[] {
  return [...everyValue(override)].flatMap(({ value, path }) => {
    const lost = valueAt(ours, path);
    if (value !== null || !isMap(lost) || isInList(path) || isScrapeJob(path)) return [];
    const keys = Object.keys(lost).slice(0, 5).join(", ");
    const sentence = `is null, which would remove everything that this program sets in it (${keys}); write only the key that should be removed.`;
    return [error(path, sentence)];
  });
}

const isInList = (path: Path) => path.some((part) => typeof part === "number");

/**
 * Whether a path is that of a scrape job, which may be removed whole. Separate rows forbid this for jobs that alerts
 * rely on (chart/overrides/server.ts).
 */
const isScrapeJob = (path: Path) => path.length === 2 && path[0] === "scrapeConfigs";

/**
 * A copy of a tree of maps without the values at the paths. A path into a list removes the whole list; maps that become
 * empty are removed too.
 */
function withoutPaths(values: Readonly<PlainMap>, paths: readonly Path[]): PlainMap {
  if (paths.some((path) => path.length === 0)) return {};
  const gone = new Map<string, Path[]>();
  for (const [first, ...rest] of paths) {
    const key = String(first);
    const inner = gone.get(key);
    if (inner === undefined) gone.set(key, [rest]);
    else inner.push(rest);
  }
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const inner = gone.get(key);
      if (inner === undefined) return [[key, value]];
      if (!isMap(value) || inner.some((path) => path.length === 0)) return [];
      const left = withoutPaths(value, inner);
      return Object.keys(left).length === 0 ? [] : [[key, left]];
    }),
  );
}

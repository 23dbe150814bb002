import { error, type Finding, type Path } from "../validation/finding";
import { everyValue, isMap, valueAt } from "../validation/plain-data";

/** An override's nulls in the place of maps of ours, with which everything in these would go. */
export function nulledMaps(ours: object, override: unknown): Finding[] {
  return [...everyValue(override)].flatMap(({ value, path }) => {
    const lost = valueAt(ours, path);
    if (value !== null || !isMap(lost) || isInList(path) || isScrapeJob(path)) return [];
    const keys = Object.keys(lost).slice(0, 5).join(", ");
    const sentence = `is null, which would remove everything that this program sets in it (${keys}); name the one key that is meant.`;
    return [error(path, sentence)];
  });
}

const isInList = (path: Path) => path.some((part) => typeof part === "number");

/** A job is removed whole; those that alerts rely on are forbidden by rows of their own (chart/overrides/server.ts). */
const isScrapeJob = (path: Path) => path.length === 2 && path[0] === "scrapeConfigs";

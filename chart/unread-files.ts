import { type Finding, warning } from "../validation/finding";
import { nearest } from "../validation/faults";
import type { Keys } from "./contract";
import { listOf, mapOf } from "../validation/plain-data";

/**
 * Files that the chart puts beside Prometheus' configuration, but that the configuration does not name. For example,
 * rules in a file with a misspelled name would never be evaluated. The finding is a warning, because a flag or a scrape
 * job may name the file.
 */
export function unreadFiles(values: unknown, keys: Keys): Finding[] {
  const { serverFiles, ruleFiles, scrapeConfigFiles } = mapOf(values);
  const known = Object.keys(mapOf(keys.serverFiles));
  const main = mapOf(mapOf(serverFiles)["prometheus.yml"]);
  const named = [...listOf(main.rule_files), ...listOf(main.scrape_config_files), ...listOf(scrapeConfigFiles)].map(
    String,
  );
  const isNamed = (file: string) =>
    named.some((path) => path.endsWith(`/${file}`) || (path.includes("*") && path.startsWith("/etc/config/")));
  return (["serverFiles", "ruleFiles"] as const).flatMap((part) =>
    Object.keys(mapOf(part === "serverFiles" ? serverFiles : ruleFiles))
      .filter((file) => !known.includes(file) && !isNamed(file))
      .map((file) => {
        const guess = part === "serverFiles" ? nearest(file, known) : undefined;
        const meant = guess === undefined ? "" : ` Is \`${guess}\` meant?`;
        return warning(
          [part, file],
          `is put beside Prometheus' configuration, but serverFiles["prometheus.yml"].rule_files does not name it, so no rule in it is evaluated.${meant}`,
        );
      }),
  );
}

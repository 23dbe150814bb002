import { join } from "node:path";
import { projectRoot } from "../../conventions/project-root";
import { error, type Finding } from "../../validation/finding";
import { isMap } from "../../validation/plain-data";
import { otherChart } from "./other-chart";
import { findingOf, indexed, matches, type Row, type Rows, rowsOf } from "./key-translation";
import { alertmanagerRows } from "./translated-alertmanager-keys";
import { exporterRows } from "./translated-exporter-keys";
import { serverRows } from "./translated-server-keys";

let read: readonly Row[] | undefined;

/**
 * Every key of charts 15 to 28 that the current chart has in another place, or no longer has. The rows are only read if
 * an override may contain such a key.
 */
export function legacyRows(): readonly Row[] {
  read ??= [
    ...rowsOf(join(projectRoot, "chart", "legacy", "refused-keys.yaml")),
    ...exporterRows,
    ...alertmanagerRows,
    ...serverRows,
  ];
  return read;
}

let table: Rows | undefined;

const flags =
  "is a list of `--set` flags, which this program does not read; write the values as YAML, as " +
  "`npm run values:translate -- --set a.b=c` prints them.";

/** Keys of an old chart in an override that is plain data, each with its current place. */
export function legacyKeys(override: unknown): Finding[] {
  const texts = typeof override === "string" ? [override] : override;
  if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === "string"))
    return [error([], flags)];
  if (!isMap(override) || Object.keys(override).length === 0) return [];
  const other = otherChart(override);
  if (other) return [other];
  table ??= indexed(legacyRows());
  return matches(override, table).found.map(findingOf);
}

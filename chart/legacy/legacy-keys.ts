import { error, type Finding } from "../../validation/finding";
import { isMap } from "../../validation/plain-data";
import { otherChart } from "./other-chart";
import { findingOf, indexed, matches, type Row } from "./rows";
import { alertmanagerRows } from "./rows-alertmanager";
import { exporterRows } from "./rows-exporters";
import { serverRows } from "./rows-server";

/** Every key of charts 15 to 28 that today's chart has elsewhere, or no more. */
export const legacyRows: readonly Row[] = [...exporterRows, ...alertmanagerRows, ...serverRows];

const table = indexed(legacyRows);

const flags =
  "is a list of `--set` flags, which nothing here reads; write the values as YAML, as " +
  "`npm run values:translate -- --set a.b=c` prints them.";

/** Keys of an old chart in an override of plain data, each with today's place. */
export function legacyKeys(override: unknown): Finding[] {
  const texts = typeof override === "string" ? [override] : override;
  if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === "string"))
    return [error([], flags)];
  if (!isMap(override)) return [];
  const other = otherChart(override);
  return other ? [other] : matches(override, table).found.map(findingOf);
}

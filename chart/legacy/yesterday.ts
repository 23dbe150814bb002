import { error, type Finding } from "../../validation/finding";
import { refusedKeys } from "../overrides/keys";
import { parseSetFlags } from "./set-flags";
import type { Today } from "./today";
import { otherChart } from "./other-chart";
import { translateValues } from "./today-values";
import { exporterRows } from "./rows-exporters";
import { alertmanagerRows } from "./rows-alertmanager";
import { findingOf, indexed, matches, type Row } from "./rows";
import { serverRows } from "./rows-server";
import { isMap, plainData, type PlainMap } from "../../validation/plain-data";

/** Every key of charts 15 to 28 that today's chart has elsewhere, or no more. */
export const yesterdaysRows: readonly Row[] = [...exporterRows, ...alertmanagerRows, ...serverRows];

const table = indexed(yesterdaysRows);

/**
 * Keys of an old chart in an override, each with today's place, and the whole override as it is written today. An
 * override that is a list of `--set` flags, or a text of them, or a whole values file as text, is answered alike.
 */
export function yesterdaysKeys(override: unknown): { findings: Finding[]; today?: Today } {
  const { tree, findings, notes } = read(override);
  if (tree === undefined) return { findings };
  const other = otherChart(tree);
  if (other) return { findings: [other] };
  findings.push(...matches(tree, table).found.map(findingOf));
  if (findings.length === 0 && refusedKeys(tree).length === 0) return { findings };
  return { findings, today: translateValues(tree, yesterdaysRows, notes) };
}

interface Read {
  readonly tree?: PlainMap;
  readonly findings: Finding[];
  readonly notes: readonly string[];
}

function read(override: unknown): Read {
  const texts = typeof override === "string" ? [override] : override;
  if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === "string")) {
    const { values, faults, files } = parseSetFlags(texts);
    const notes = [
      ...faults,
      ...files.map((file) => `${file} is a file of its own; translate it by \`npm run values:translate -- ${file}\``),
    ];
    const what = "is a list of `--set` flags, which nothing here reads; values are written as YAML.";
    return { tree: plainData(values).copy as PlainMap, findings: [error([], what)], notes };
  }
  const tree = plainData(override).copy;
  return isMap(tree) ? { tree, findings: [], notes: [] } : { findings: [], notes: [] };
}

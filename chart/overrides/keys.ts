import { error, type Finding } from "../../validation/finding";
import { forbiddenAlertmanagerRows } from "./alertmanager";
import { forbiddenExporterRows } from "./exporters";
import { forbiddenPageRows } from "./pages";
import { inlineSecrets } from "./secrets";
import { forbiddenServerRows } from "./server";
import { findingOf, indexed, matches, type Row } from "../legacy/rows";
import { isMap, plainData } from "../../validation/plain-data";

/** Every key of today's chart that an override may not have. */
export const forbiddenRows: readonly Row[] = [
  // Before the server's: of a list of flags with a fault of both, the open door is told.
  ...forbiddenPageRows,
  ...forbiddenServerRows,
  ...forbiddenAlertmanagerRows,
  ...forbiddenExporterRows,
];

const table = indexed(forbiddenRows);

/**
 * Keys of today's chart that would switch this program's configuration off or take it over, keys that have a setting
 * of their own, and secrets written in clear: each with the reason, and what to write instead.
 */
export function forbiddenKeys(override: unknown): Finding[] {
  const tree = plainData(override).copy;
  if (!isMap(tree)) return [];
  const { found, rest } = matches(tree, table);
  return [
    ...found.map(findingOf),
    ...inlineSecrets(rest).map(({ path, instead }) =>
      error(path, `is a secret in clear (not shown), which Helm would keep in its history; ${instead}.`),
    ),
  ];
}

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
  // Before the server's: in a list of flags with both mistakes, the open page is reported.
  ...forbiddenPageRows,
  ...forbiddenServerRows,
  ...forbiddenAlertmanagerRows,
  ...forbiddenExporterRows,
];

const table = indexed(forbiddenRows);

/**
 * Keys of today's chart that would switch this program's configuration off or take it over, keys that have moved to
 * a setting, and secrets written in clear: each with the reason, and what to write instead.
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

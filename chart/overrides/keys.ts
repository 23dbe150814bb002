import { error, type Finding } from "../../validation/finding";
import { forbiddenAlertmanagerRows } from "./alertmanager";
import { forbiddenExporterRows } from "./exporters";
import { forbiddenPageRows } from "./pages";
import { inlineSecrets } from "./secrets";
import { forbiddenServerRows } from "./server";
import { findingOf, indexed, matches, type Row } from "../legacy/key-translation";
import { isMap, plainData } from "../../validation/plain-data";

/** Every key of the current chart that an override must not have. */
export const forbiddenRows: readonly Row[] = [
  // The rows of the pages come before those of the server: if a list of flags has mistakes of both kinds, the
  // unprotected page is reported.
  ...forbiddenPageRows,
  ...forbiddenServerRows,
  ...forbiddenAlertmanagerRows,
  ...forbiddenExporterRows,
];

const table = indexed(forbiddenRows);

/**
 * Keys of the current chart that would disable or replace this program's configuration, keys that are settings now, and
 * unencrypted secrets: each with the reason and a replacement.
 */
export function forbiddenKeys(override: unknown): Finding[] {
  const tree = plainData(override).copy;
  if (!isMap(tree)) return [];
  const { found, rest } = matches(tree, table);
  return [
    ...found.map(findingOf),
    ...inlineSecrets(rest).map(({ path, instead }) =>
      error(path, `is an unencrypted secret (not shown), which Helm would keep in its history; ${instead}.`),
    ),
  ];
}

import { refusedRows } from "./refused-keys";
import { hasLanguage } from "./refused-alertmanager";
import { Draft, type Today } from "./today";
import { at, drop, isTree, plainCopy, type Tree } from "./today-tree";
import { withoutSecrets } from "./today-secrets";
import { fitted } from "./today-settings";
import { translateAlertmanager } from "./translate-alertmanager";
import { indexed, matches, type Row } from "./yesterday-rows";

/** A value is moved a few times at most: from its old name to today's, from there to a setting. */
const rounds = 8;

/** A values file of any chart from 15 on as it is written today: settings, commands for secrets, what remains an override. */
export function translateValues(tree: Tree, rows: readonly Row[], notes: readonly string[] = []): Today {
  const table = indexed([...rows, ...refusedRows]);
  const draft = new Draft();
  draft.values = plainCopy(tree) as Tree;
  for (let round = 0; round < rounds; round++) {
    const path = ["alertmanager", "config"];
    const config = at(draft.values, path);
    if (hasLanguage(config)) {
      drop(draft.values, path);
      translateAlertmanager(config, draft, path);
      const rest = ["enabled"].filter((key) => isTree(config) && key in config);
      for (const key of rest) draft.value([...path, key], (config as Tree)[key]);
    }
    const { found, rest } = matches(draft.values, table);
    draft.values = rest;
    for (const { row, value, path: from, matched } of found) row.carry(value, draft, from, matched);
    if (found.length === 0) break;
  }
  withoutSecrets(draft);
  fitted(draft);
  for (const note of notes) draft.drop("--set", note);
  return draft.done();
}

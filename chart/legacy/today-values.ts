import { podSecurityValues } from "../pod-security";
import { restrictedFindings } from "../restricted-pods";
import { type Finding, type Path, writtenPath } from "../../validation/finding";
import { defaultSettings } from "../../settings/parse";
import { checkRuleGroups } from "../../prometheus/check-rules";
import { checkChartValues } from "../check";
import { mergeValues } from "../../validation/merge";
import { refusedRows } from "../overrides/keys";
import { hasLanguage } from "../overrides/alertmanager";
import { Draft, type Today } from "./today";
import { drop, type KeyPath, trees } from "./today-tree";
import { removeAll, withoutSecrets } from "./today-secrets";
import { fitted } from "./today-settings";
import { translateAlertmanager } from "./translate-alertmanager";
import { indexed, matches, type Row } from "./rows";
import { isMap, listOf, plainData, type PlainMap, valueAt } from "../../validation/plain-data";

/** A value is moved a few times at most: from its old name to today's, from there to a setting. */
const rounds = 8;

/** A values file of any chart from 15 on as it is written today: settings, commands for secrets, what remains an override. */
export function translateValues(tree: PlainMap, rows: readonly Row[], notes: readonly string[] = []): Today {
  const table = indexed([...rows, ...refusedRows]);
  const draft = new Draft();
  draft.values = plainData(tree).copy as PlainMap;
  for (let round = 0; round < rounds; round++) {
    alertmanagerConfig(draft);
    const { found, rest } = matches(draft.values, table);
    draft.values = rest;
    for (const { row, value, path, matched } of found)
      spoken(draft, path, value, () => row.carry(value, draft, path, matched));
    if (found.length === 0) break;
  }
  withoutSecrets(draft);
  fitted(draft);
  withoutFaults(draft);
  for (const note of notes) draft.drop("--set", note);
  return draft.done();
}

/** Does something for a key; where nothing comes of it, that is told. */
function spoken(draft: Draft, path: KeyPath, value: unknown, carry: () => void): void {
  const before = draft.effects;
  carry();
  if (draft.effects > before) return;
  const isFilled = typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  draft.drop(path, isFilled ? "has nothing in it to carry over" : "says nothing that is not so already");
}

/** Takes Alertmanager's language out of today's place for it: its parts belong together. */
function alertmanagerConfig(draft: Draft): void {
  const path = ["alertmanager", "config"];
  const config = valueAt(draft.values, path);
  if (!isMap(config) || !hasLanguage(config)) return;
  drop(draft.values, path);
  spoken(draft, path, config, () => translateAlertmanager(config, draft, path));
}

/** Whether there is a value at a path; what lacks a key goes as a whole. */
const isThere = (tree: PlainMap, path: Path) => valueAt(tree, path) !== undefined;

/** Single values that this program's pods may not have; a container that lacks one is left to the one who knows it. */
function ofPods(values: PlainMap): Finding[] {
  const found = restrictedFindings(mergeValues(podSecurityValues, values), defaultSettings());
  return found.filter(({ path }) => isThere(values, path) && typeof valueAt(values, path) !== "object");
}

/** What the pinned chart or Prometheus would refuse or ignore is told, and is no part of the answer. */
function withoutFaults(draft: Draft): void {
  const errors = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === "error");
  const unfit = [...errors(checkChartValues(draft.values)), ...ofPods(draft.values)];
  for (const { path, sentence } of unfit) draft.drop(path, sentence.replace(/\.$/, ""));
  removeAll(
    draft.values,
    // Once each: a second removal from a list would take the next item.
    [
      ...new Map(
        unfit
          .map(({ path }) => (isThere(draft.values, path) ? path : path.slice(0, -1)))
          .map((path) => [JSON.stringify(path), path]),
      ).values(),
    ],
  );
  const groups = valueAt(draft.settings, ["rules", "groups"]);
  const wrong = groups === undefined ? [] : errors(checkRuleGroups(groups));
  const whole = new Map<string, Path>();
  for (const { path, sentence } of wrong) {
    draft.drop(`alerting:${writtenPath(["rules", "groups", ...path])}`, `left out: ${sentence.replace(/\.$/, "")}`);
    // A rule goes as a whole, and a group where the fault is its own.
    const gone = ["rules", "groups", ...path.slice(0, path[1] === "rules" && path.length > 2 ? 3 : 1)];
    whole.set(JSON.stringify(gone), gone);
  }
  removeAll(draft.settings, [...whole.values()]);
  const left = trees(valueAt(draft.settings, ["rules", "groups"])).filter((group) => listOf(group.rules).length > 0);
  drop(draft.settings, ["rules", "groups"]);
  draft.add("rules.groups", left);
}

import { isMap, type PlainMap, valueAt } from "../../validation/plain-data";
import { hasLanguage } from "../overrides/alertmanager";
import { forbiddenRows } from "../overrides/keys";
import { drop, type KeyPath } from "./key-paths";
import { legacyRows } from "./legacy-keys";
import { migrateAlertmanager } from "./migrate-alertmanager";
import { withoutSecrets } from "./migrate-secrets";
import { type MigratedSettings, Migration } from "./migration";
import { indexed, matches } from "./rows";

/** A value is moved a few times at most: from its old name to today's, from there to a setting. */
const rounds = 8;

/**
 * A values file of any chart from 15 on as it is written today: settings, commands for secrets, what remains an override.
 * It carries over and fixes nothing: what was wrong before is still wrong.
 */
export function migrateValues(values: PlainMap): MigratedSettings {
  const table = indexed([...legacyRows(), ...forbiddenRows]);
  const migration = new Migration(values);
  for (let round = 0; round < rounds; round++) {
    alertmanagerConfig(migration);
    const { found, rest } = matches(migration.values, table);
    migration.values = rest;
    for (const { row, value, path, matched } of found)
      reported(migration, path, value, () => row.migrate(value, migration, path, matched));
    if (found.length === 0) break;
  }
  withoutSecrets(migration);
  return migration.done();
}

/** Migrates a key, and reports where nothing comes of it. */
function reported(migration: Migration, path: KeyPath, value: unknown, migrate: () => void): void {
  const before = migration.effects;
  migrate();
  if (migration.effects > before) return;
  const isFilled = typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  migration.drop(path, isFilled ? "has nothing in it to carry over" : "says nothing that is not so already");
}

/** Takes Alertmanager's language out of today's place for it: its parts belong together. */
function alertmanagerConfig(migration: Migration): void {
  const path = ["alertmanager", "config"];
  const config = valueAt(migration.values, path);
  if (!isMap(config) || !hasLanguage(config)) return;
  drop(migration.values, path);
  reported(migration, path, config, () => migrateAlertmanager(config, migration, path));
}

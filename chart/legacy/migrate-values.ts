import { isMap, type PlainMap, valueAt } from "../../validation/plain-data";
import { hasLanguage } from "../overrides/alertmanager";
import { forbiddenRows } from "../overrides/keys";
import { drop, type KeyPath } from "./key-paths";
import { legacyRows } from "./refused-keys";
import { migrateAlertmanager } from "./migrate-alertmanager";
import { withoutSecrets } from "./migrate-secrets";
import { type MigratedSettings, Migration } from "./migration";
import { indexed, matches } from "./key-translation";

/** A value moves a few times at most: from its old key to the current one, and from there to a setting. */
const rounds = 8;

/**
 * Translates a values file of any chart since 15 to its current form: settings, commands for secrets, and a remaining
 * override. It does not fix anything: values that were invalid before are still invalid.
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

/** Migrates a key, and reports it if the migration had no effect. */
function reported(migration: Migration, path: KeyPath, value: unknown, migrate: () => void): void {
  const before = migration.effects;
  migrate();
  if (migration.effects > before) return;
  const isFilled = typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
  migration.drop(path, isFilled ? "contains nothing to carry over" : "sets nothing that is not already set");
}

/** Removes Alertmanager's configuration from the migrated values, because its parts have to be migrated together. */
function alertmanagerConfig(migration: Migration): void {
  const path = ["alertmanager", "config"];
  const config = valueAt(migration.values, path);
  if (!isMap(config) || !hasLanguage(config)) return;
  drop(migration.values, path);
  reported(migration, path, config, () => migrateAlertmanager(config, migration, path));
}

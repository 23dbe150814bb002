import { type Path, writtenPath } from "../../validation/finding";
import { inlineSecrets } from "../overrides/secrets";
import type { Migration } from "./migration";
import { isMap, type PlainMap, valueAt } from "../../validation/plain-data";

/** Keys that also exist with `_file` at the end, for the path of a file that contains the value. */
const withFile = /^(password|credentials|bearer_token|client_secret)$/;

/**
 * Removes every secret from a migration. If Prometheus can read the secret from a file, the path of a file replaces it.
 */
export function withoutSecrets(migration: Migration): void {
  const within: readonly (readonly [PlainMap, string])[] = [
    [migration.values, ""],
    [migration.settings, "alerting:"],
  ];
  for (const [tree, prefix] of within) {
    const secrets = inlineSecrets(tree);
    for (const { path, instead } of secrets) {
      const written = `${prefix}${writtenPath(path)}`;
      const key = path.at(-1);
      const job = (path[0] === "scrapeConfigs" || path[1] === "remoteWrite") && prefix === "";
      if (job && typeof key === "string" && withFile.test(key)) {
        const holder = holderOf(tree, path);
        const file = `/etc/prometheus-credentials/${String(path[0] === "scrapeConfigs" ? path[1] : `remote-write-${path[2]}`)}`;
        if (isMap(holder)) holder[`${key}_file`] = file;
        migration.drop(
          written,
          `an unencrypted secret, not shown; put it into a Secret, and mount that by server.extraVolumes and server.extraVolumeMounts as ${file}`,
        );
      } else migration.drop(written, `an unencrypted secret, not shown; ${instead}`);
    }
    removeAll(
      tree,
      secrets.map(({ path }) => path),
    );
  }
}

const holderOf = (tree: unknown, path: Path) => valueAt(tree, path.slice(0, -1));

/**
 * Removes values, given in the order of a walk. Environment variables are removed as whole entries, and so are maps and
 * lists that become empty.
 */
function removeAll(tree: PlainMap, paths: readonly Path[]): void {
  // The values are removed backwards, so that the remaining list positions stay valid.
  for (const path of [...paths].reverse()) {
    const isVariable = path.at(-1) === "value" && typeof path.at(-2) === "number";
    let gone = isVariable ? path.slice(0, -1) : path;
    do {
      const holder = holderOf(tree, gone);
      if (Array.isArray(holder)) holder.splice(Number(gone.at(-1)), 1);
      else if (isMap(holder)) delete holder[String(gone.at(-1))];
      gone = gone.slice(0, -1);
    } while (gone.length > 0 && Object.keys(valueAt(tree, gone) ?? {}).length === 0);
  }
}

import { writtenPath } from "../configuration/finding";
import { inlineSecrets } from "./refused-secrets";
import type { Draft } from "./today";
import { isTree, type Tree } from "./today-tree";

type Path = readonly (string | number)[];

/** Keys that have a form which names a file. */
const withFile = /^(password|credentials|bearer_token|client_secret)$/;

/** Takes every secret out of a draft: a file in its place where Prometheus reads one, else nothing. */
export function withoutSecrets(draft: Draft): void {
  const within: readonly (readonly [Tree, string])[] = [
    [draft.values, ""],
    [draft.settings, "alerting:"],
  ];
  for (const [tree, prefix] of within) {
    // From behind, so that a position in a list still is what it was.
    for (const { path, instead } of inlineSecrets(tree).reverse()) {
      const written = `${prefix}${writtenPath(path)}`;
      const key = path.at(-1);
      const job = (path[0] === "scrapeConfigs" || path[1] === "remoteWrite") && prefix === "";
      if (job && typeof key === "string" && withFile.test(key)) {
        const holder = holderOf(tree, path);
        const file = `/etc/prometheus-credentials/${String(path[0] === "scrapeConfigs" ? path[1] : `remote-write-${path[2]}`)}`;
        if (isTree(holder)) holder[`${key}_file`] = file;
        draft.drop(
          written,
          `a secret in clear, not shown; make a Secret of it, and mount it by server.extraSecretMounts as ${file}`,
        );
      } else draft.drop(written, `a secret in clear, not shown; ${instead}`);
      removeAt(tree, path);
    }
  }
}

function holderOf(tree: unknown, path: Path): unknown {
  return path
    .slice(0, -1)
    .reduce<unknown>((here, key) => (here as Record<string | number, unknown> | undefined)?.[key], tree);
}

/** Removes a value; of an environment variable, the whole entry. */
export function removeAt(tree: Tree, path: Path): void {
  const holder = holderOf(tree, path);
  const key = path.at(-1)!;
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (isTree(holder)) {
    if (key === "value" && "name" in holder && typeof path.at(-2) === "number")
      return removeAt(tree, path.slice(0, -1));
    delete holder[String(key)];
  } else return;
  const left = Array.isArray(holder) ? holder.length : Object.keys(holder).length;
  if (left === 0 && path.length > 1) removeAt(tree, path.slice(0, -1));
}

import { configKeys } from "./config-keys";
import { kindBelow, type KeyKinds } from "./config-types";
import type { Path } from "../validation/finding";

const types: KeyKinds = configKeys;

const files: Readonly<Record<string, string>> = { bearer_token: "authorization.credentials_file", secrets: "files" };

/** What to write instead of a secret, by its key and the keys that are allowed next to it. */
export function insteadOfSecret(key: string, known: readonly string[]): string {
  if (key === "secret_key" && known.includes("role_arn")) return "give the pod a role, or name one in `role_arn`";
  const file = files[key] ?? [`${key}_file`, `${key}_path`].find((one) => known.includes(one));
  return file === undefined
    ? "Prometheus cannot read it from a file, so find these targets by `http_sd_configs` or `file_sd_configs`"
    : `mount it with \`server.extraVolumes\` and \`server.extraVolumeMounts\`, and write \`${file}\` with its path`;
}

const roots: Readonly<Record<string, string>> = {
  remoteWrite: "[]config.RemoteWriteConfig",
  remoteRead: "[]config.RemoteReadConfig",
};

/**
 * What to write instead of a secret at a path of the chart's values; undefined if the path is not a secret of
 * Prometheus.
 */
export function insteadOfSecretAt(path: Path): string | undefined {
  const kinds = kindsAround(path);
  const key = String(path.at(-1));
  return kinds?.[key]?.endsWith("secret") || (key === "access_key" && kinds?.["role_arn"] !== undefined)
    ? insteadOfSecret(key === "access_key" ? "secret_key" : key, Object.keys(kinds))
    : undefined;
}

/** Whether a path of the chart's values holds the id of a key whose secret may be in a file next to it. */
export function isKeyId(path: Path): boolean {
  return path.at(-1) === "access_key" && "secret_key_file" in (kindsAround(path) ?? {});
}

/** The keys that are allowed next to the last key of a path; undefined outside Prometheus' file. */
function kindsAround(path: Path): KeyKinds[string] | undefined {
  const [root, next] = path;
  const start = root === "scrapeConfigs" ? "config.ScrapeConfig" : root === "server" ? roots[next!] : undefined;
  const kind = path.slice(2, -1).reduce<string>((at, part) => kindBelow(types, at, part) ?? "", start ?? "");
  return start === undefined ? undefined : (types[kind] ?? {});
}

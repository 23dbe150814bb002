import { configKeys } from "./configKeys";

type Path = readonly (string | number)[];
type Kinds = Readonly<Record<string, string>>;
const types: Readonly<Record<string, Kinds>> = configKeys.types;

const secrets = new Set(
  Object.values(types).flatMap((kinds) => Object.keys(kinds).filter((key) => /^(\[\])?secret$/.test(kinds[key]!))),
);
const others: Readonly<Record<string, string>> = { bearer_token: "authorization.credentials_file", secrets: "files" };

/** Whether a key is one of a secret in clear, or names a secret of a secret manager, which Prometheus does not have. */
export function isSecretKey(key: string, kinds: Kinds): boolean {
  return secrets.has(key) ? /secret$/.test(kinds[key] ?? "secret") : isAwsKey(key, kinds) || /_ref$/.test(key);
}

const isAwsKey = (key: string, known: Kinds) => /^(access|secret)_key$/.test(key) && "role_arn" in known;

/** What to write instead of a secret in clear, given the keys beside it; undefined where the key holds none. */
export function insteadOfSecret(key: string, known: Kinds): string | undefined {
  if (isAwsKey(key, known)) return "give the pod a role, or name one in `role_arn`";
  const file = [`${key}_file`, `${key}_path`, others[key] ?? "", key.replace(/_ref$/, "_file")].find(
    (one) => one !== key && (one in known || one === others[key]),
  );
  const from = others[key] ?? file;
  if (from !== undefined && (secrets.has(key) || key.endsWith("_ref")))
    return `mount it with \`server.extraVolumes\` and \`server.extraVolumeMounts\`, and write \`${from}\` with its path`;
  return secrets.has(key)
    ? "Prometheus reads it from no file, so find these targets by `http_sd_configs` or `file_sd_configs`"
    : undefined;
}

const roots: Readonly<Record<string, string>> = {
  remoteWrite: "[]config.RemoteWriteConfig",
  remoteRead: "[]config.RemoteReadConfig",
};

/** What to write instead of a secret at a path of the chart's values; undefined where Prometheus has none there. */
export function insteadOfSecretAt(path: Path): string | undefined {
  const kinds = kindsAround(path);
  return kinds && insteadOfSecret(String(path.at(-1)), kinds);
}

/** Whether a path of the chart's values is that of a key's id, of which the secret is in a file beside it. */
export function isKeyId(path: Path): boolean {
  return path.at(-1) === "access_key" && "secret_key_file" in (kindsAround(path) ?? {});
}

/** The keys that there may be beside the last one of a path; undefined outside of Prometheus' file. */
function kindsAround(path: Path): Kinds | undefined {
  const [root, next] = path;
  const start = root === "scrapeConfigs" ? "config.ScrapeConfig" : root === "server" ? roots[next!] : undefined;
  const kind = path.slice(2, -1).reduce<string | undefined>((at, part) => {
    if (typeof part === "number") return at?.replace(/^\[\]/, "");
    return at?.startsWith("{}") ? at.slice(2) : types[at ?? ""]?.[part];
  }, start);
  return start === undefined ? undefined : (types[kind ?? ""] ?? {});
}

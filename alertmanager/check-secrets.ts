import { error, type Finding, type Path } from "../validation/finding";
import { isSecretUrl } from "../conventions/secret-forms";
import { secretFindings } from "../prometheus/secret-findings";
import { configKeys } from "./config-keys";
import { postMessage } from "./check-receivers";
import { filesIn, isReference } from "./credentials";
import { listOf, mapOf } from "../validation/plain-data";

const credentialCommand = "`pulumi config set --secret --path alerting:credentials.<name>`";

/**
 * The advice what to write instead of a secret in plain text. It depends on the secret's path and on the keys next to
 * it.
 */
export function insteadOfSecret(path: Path, known: readonly string[]): string {
  const key = String(path.at(-1));
  if (key === "secret_key") return "let the pod have a role, or name a `profile` or a `role_arn`";
  if (key === "secrets") return `write \`files: [{ credential: <name> }]\` instead, after ${credentialCommand}`;
  if (known.includes(`${key}_file`))
    return `write \`${key}_file: { credential: <name> }\` instead, after ${credentialCommand}`;
  return "Alertmanager cannot read it from a file, so leave it out";
}

/** Paths of addresses that Alertmanager treats as secrets although they contain no secret. */
export function clearPlaces(config: unknown): Path[] {
  const isClear = (url: unknown) =>
    typeof url === "string" && /^https?:\/\//i.test(url) && (!isSecretUrl(url) || url.includes("{{"));
  const { global, receivers } = mapOf(config);
  const entries = listOf(receivers).flatMap((receiver, at) =>
    [
      ["webhook_configs", "url"],
      ["slack_configs", "api_url"],
    ].flatMap(([key, url]) =>
      listOf(mapOf(receiver)[key!]).map((entry, index) => ({
        path: ["receivers", at, key!, index, url!],
        url: mapOf(entry)[url!],
      })),
    ),
  );
  return [...entries, { path: ["global", "slack_api_url"], url: mapOf(global).slack_api_url }]
    .filter(({ path, url }) => url === postMessage || (path.at(-1) === "url" && isClear(url)))
    .map(({ path }) => path);
}

/**
 * Reports secrets in plain text in keys where Alertmanager accepts any string, and file names that are not paths: such
 * a name may be the secret itself.
 */
export function checkSecrets(config: unknown): Finding[] {
  const file = { types: configKeys, headerFile: "files: [{ credential: <name> }]", fillsIn: true };
  return [...secretFindings(file, config), ...filesIn(config).flatMap(({ value, path }) => faultOf(value, path))];
}

function faultOf(value: unknown, path: Path): Finding[] {
  const isLabel = path.some((part) => /^(labels|match|match_re)$/.test(String(part)));
  if (isLabel || value === undefined || isReference(value) || (typeof value === "string" && /^\/[^\n\r]*$/.test(value)))
    return [];
  return [
    error(
      path,
      typeof value === "string"
        ? `is not an absolute path (not shown, it may be the secret itself); write \`{ credential: <name> }\` after ${credentialCommand}, or the path of a file that is mounted otherwise`
        : "is not a file; accepted: the absolute path of one in Alertmanager's pod, or `{ credential: <name> }`",
    ),
  ];
}

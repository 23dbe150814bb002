import { error, type Finding, type Path } from "../validation/finding";
import { withoutCredentials } from "../conventions/outside-text";
import { credentialHeader, credentialsInClear } from "../conventions/secret-forms";
import { kindBelow, type KeyKinds } from "./config-types";
import { isMap } from "../validation/plain-data";

/** A tool's file, described by the types that `npm run parsers` reads from the tool's source. */
export interface TypedFile {
  readonly types: KeyKinds;
  /** What to write instead of the values of a header. */
  readonly headerFile: string;
  /** Whether the tool fills in templates, so that a string with `{{` is not yet an address. */
  readonly fillsIn: boolean;
}

/**
 * Reports secrets in plain text where a tool accepts any string (in an address, in a header, as an AWS key), and
 * references to a secret manager, which neither tool has.
 */
export function secretFindings(of: TypedFile, value: unknown, kind = "config.Config", path: Path = []): Finding[] {
  if (typeof value === "string") {
    const isAsked = kind === "url" || (!of.fillsIn && /(^|_)(url|server|host)$/.test(String(path.at(-1))));
    return isSecretAddress(value, isAsked, of.fillsIn) ? [error(path, address)] : [];
  }
  const below = (inner: unknown, part: string | number) =>
    secretFindings(of, inner, kindBelow(of.types, kind, part) ?? "any", [...path, part]);
  if (Array.isArray(value)) return value.flatMap(below);
  if (!isMap(value)) return [];
  if (kind === "{}config.Header")
    return credentialsInClear(value).map((name) => error([...path, name, "values"], header(name, of.headerFile)));
  const keys = of.types[kind] ?? {};
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const isWritten = inner !== "" && (typeof inner === "string" || typeof inner === "number");
    if (isWritten && keys[key] === "string" && /_ref$/.test(key))
      return [
        error(
          at,
          `names a secret of a secret manager, which is not available; write \`${key.replace(/_ref$/, "_file")}\`.`,
        ),
      ];
    if (isWritten && key === "access_key" && "role_arn" in keys) return [error(at, awsKey)];
    if (key === "headers" && "http_headers" in keys && isMap(inner))
      return Object.keys(inner)
        .filter((name) => credentialHeader.test(name))
        .map((name) => error([...at, name], header(name, `http_headers.${name}.${of.headerFile}`)));
    return below(inner, key);
  });
}

const header = (name: string, file: string) =>
  `is a secret, which would be kept in clear; write \`${/^authorization$/i.test(name) ? "authorization.credentials_file" : file}\`.`;
const awsKey = "is the id of an AWS key, which would be kept in clear; give the pod a role, or name one in `role_arn`.";
const address = "is an address with a credential in it (not shown), which would be kept in clear; remove it.";

/**
 * An address that the tool calls must not contain credentials; an address in another string may have a user, but no
 * password.
 */
function isSecretAddress(text: string, isAsked: boolean, fillsIn: boolean): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return false;
  if (isAsked) return /^[^/]*\/\/[^/?#]*@/.test(text) || withoutCredentials(text) !== text;
  return /^[^/]*\/\/[^/?#@:]*:[^/?#]*@/.test(text) && !(fillsIn && text.includes("{{"));
}

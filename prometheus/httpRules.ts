import { error, type Finding } from "../configuration/finding";
import { isMap } from "./tree";

type Path = readonly (string | number)[];
type Values = Readonly<Record<string, unknown>>;

/** Whether something is written there, for Prometheus and Alertmanager take an empty text for nothing. */
export const isSet = (value: unknown) => value !== undefined && value !== null && value !== "";

/** Ways to say who asks, of which a client has one; the last three are those of remote write. */
const authentications = [
  ...["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"],
  ...["sigv4", "azuread", "google_iam"],
];

/** Names of headers that the client, Prometheus or Alertmanager sets itself. */
export const reservedHeaders: ReadonlySet<string> = new Set(
  (
    "authorization host content-encoding content-length content-type user-agent connection keep-alive " +
    "proxy-authenticate proxy-authorization www-authenticate accept-encoding x-prometheus-remote-write-version " +
    "x-prometheus-remote-read-version x-prometheus-scrape-timeout-seconds x-amz-date x-amz-security-token x-amz-content-sha256"
  ).split(" "),
);

/** What a client of HTTP may not have together, in itself, in its TLS and in its OAuth2. */
export function checkHttp(value: unknown, path: Path): Finding[] {
  const http = mapOf(value);
  const oauth2 = mapOf(http["oauth2"]);
  return [
    ...checkClient(http, path),
    ...checkTls(http["tls_config"], [...path, "tls_config"]),
    ...checkTls(oauth2["tls_config"], [...path, "oauth2", "tls_config"]),
    ...checkProxy(oauth2, [...path, "oauth2"]),
  ];
}

/** What a client may not have together, but for what is in its TLS and in its OAuth2. */
export function checkClient(http: Values, path: Path): Finding[] {
  return [
    ...together(http, authentications, path),
    ...together(mapOf(http["basic_auth"]), ["username", "username_file"], [...path, "basic_auth"]),
    ...together(mapOf(http["basic_auth"]), ["password", "password_file"], [...path, "basic_auth"]),
    ...together(mapOf(http["authorization"]), ["credentials", "credentials_file"], [...path, "authorization"]),
    ...together(mapOf(http["oauth2"]), ["client_secret", "client_secret_file"], [...path, "oauth2"]),
    ...checkProxy(http, path),
  ];
}

/** What a TLS client may not have together, or not alone. */
export function checkTls(value: unknown, path: Path): Finding[] {
  const tls = mapOf(value);
  const findings = ["ca", "cert", "key"].flatMap((key) => together(tls, [key, `${key}_file`], path));
  const certificate = isSet(tls["cert"]) || isSet(tls["cert_file"]);
  const key = isSet(tls["key"]) || isSet(tls["key_file"]);
  if (certificate && !key) findings.push(error(path, "has a client's certificate without its key; set `key_file`"));
  if (key && !certificate) findings.push(error(path, "has a client's key without its certificate; set `cert_file`"));
  return findings;
}

/** What a proxy may not have together, or not alone. */
export function checkProxy(here: Values, path: Path): Finding[] {
  const findings: Finding[] = [];
  const { proxy_url: url, proxy_from_environment: fromEnvironment } = here;
  if (fromEnvironment === true)
    for (const key of ["proxy_url", "no_proxy"])
      if (isSet(here[key]))
        findings.push(error([...path, key], "cannot stand beside `proxy_from_environment`; leave one of them out"));
  if (isSet(here["no_proxy"]) && !isSet(url) && fromEnvironment !== true)
    findings.push(error([...path, "no_proxy"], "says what goes without a proxy, and there is none; set `proxy_url`"));
  if (Object.keys(mapOf(here["proxy_connect_header"])).length > 0 && !isSet(url) && fromEnvironment !== true)
    findings.push(error([...path, "proxy_connect_header"], "is for a proxy, and there is none; set `proxy_url`"));
  return findings;
}

/** Keys of which at most one may be set. */
export function together(here: Values, keys: readonly string[], path: Path): Finding[] {
  const set = keys.filter((key) => isSet(here[key]));
  return set.length < 2
    ? []
    : [
        error(
          path,
          `sets ${set.map((key) => `\`${key}\``).join(" and ")}; one of them is enough, and all that is allowed`,
        ),
      ];
}

const mapOf = (value: unknown): Values => (isMap(value) ? value : {});

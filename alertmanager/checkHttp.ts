import { error, type Finding } from "../configuration/finding";
import { isSet, objectOf, type Path, type Unknown } from "./reading";

/** What a client of HTTP may not have together. */
export function checkHttp(value: unknown, path: Path): Finding[] {
  const http = objectOf(value);
  const basic = objectOf(http.basic_auth);
  const authorization = objectOf(http.authorization);
  const oauth2 = objectOf(http.oauth2);
  const findings = [
    ...together(http, ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"], path),
    ...together(basic, ["username", "username_file"], [...path, "basic_auth"]),
    ...together(basic, ["password", "password_file"], [...path, "basic_auth"]),
    ...together(authorization, ["credentials", "credentials_file"], [...path, "authorization"]),
    ...together(oauth2, ["client_secret", "client_secret_file"], [...path, "oauth2"]),
    ...checkTls(http.tls_config, [...path, "tls_config"]),
    ...checkTls(oauth2.tls_config, [...path, "oauth2", "tls_config"]),
    ...checkProxy(http, path),
    ...checkProxy(oauth2, [...path, "oauth2"]),
  ];
  return findings;
}

/** What a TLS client may not have together, or not alone. */
export function checkTls(value: unknown, path: Path): Finding[] {
  const tls = objectOf(value);
  const findings = ["ca", "cert", "key"].flatMap((key) => together(tls, [key, `${key}_file`], path));
  const certificate = isSet(tls.cert) || isSet(tls.cert_file);
  const key = isSet(tls.key) || isSet(tls.key_file);
  if (certificate && !key) findings.push(error(path, "has a client's certificate without its key; set `key_file`"));
  if (key && !certificate) findings.push(error(path, "has a client's key without its certificate; set `cert_file`"));
  return findings;
}

function checkProxy(here: Unknown, path: Path): Finding[] {
  const findings: Finding[] = [];
  if (here.proxy_from_environment === true)
    for (const key of ["proxy_url", "no_proxy"])
      if (isSet(here[key]))
        findings.push(error([...path, key], "cannot stand beside `proxy_from_environment`; leave one of them out"));
  if (isSet(here.no_proxy) && !isSet(here.proxy_url) && here.proxy_from_environment !== true)
    findings.push(error([...path, "no_proxy"], "says what goes without a proxy, and there is none; set `proxy_url`"));
  return findings;
}

/** Keys of which at most one may be set. */
export function together(here: Unknown, keys: readonly string[], path: Path): Finding[] {
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

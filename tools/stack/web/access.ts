import type { WebLogin } from "../login";

/** The login for a server, and how to check its certificate. */
export interface Access {
  readonly login?: WebLogin;
  /** Certificates (PEM), one of which must have signed the server's. Default: those that this machine trusts. */
  readonly authority?: string;
  /** The host name in the certificate, if it differs from the URL's. */
  readonly serverName?: string;
}

/** The HTTP header for a login. */
export function authorization({ login }: Access): Readonly<Record<string, string>> {
  if (login === undefined) return {};
  const both = Buffer.from(`${login.user}:${login.password.reveal()}`).toString("base64");
  return { Authorization: `Basic ${both}` };
}

/** Removes the secrets that were sent from a server's answer: a foreign server, or a proxy, may echo a request. */
export function concealed(
  text: string,
  { login }: Access,
  headers: Readonly<Record<string, string>> = authorization({ login }),
): string {
  const secrets = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === "authorization")
    .flatMap(([, value]) => [value, value.split(" ").at(-1)!]);
  if (login !== undefined) secrets.push(login.password.reveal());
  return secrets.filter(Boolean).reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
}

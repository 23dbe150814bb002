import type { WebLogin } from "../../stack/login";

/** The login for a server, and how its certificate is checked. */
export interface Access {
  readonly login?: WebLogin;
  /** Certificates, as PEM, of which one has to vouch for the server; those that this machine trusts unless given. */
  readonly authority?: string;
  /** The host that its certificate is for, where that is not the URL's. */
  readonly serverName?: string;
}

/** The header of a login. */
export function authorization({ login }: Access): Readonly<Record<string, string>> {
  if (login === undefined) return {};
  const both = Buffer.from(`${login.user}:${login.password.reveal()}`).toString("base64");
  return { Authorization: `Basic ${both}` };
}

/** A server's answer without the secrets that it was sent: a foreign server, or a proxy, may echo a request. */
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

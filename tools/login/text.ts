import { stringify } from "yaml";
import { drawTable } from "../shared/table";
import type { Credentials } from "./read";

function rowsOf({ prometheusUrl, alertmanagerUrl, login }: Credentials): [string, string][] {
  return [
    ["Prometheus", prometheusUrl],
    ["Alertmanager", alertmanagerUrl],
    ["user", login.user],
    ["password", login.password.reveal()],
  ];
}

/** A table if the terminal is wide enough, so that a password and a URL can be copied; otherwise plain lines. */
export function forPerson(credentials: Credentials, columns: number | undefined): string {
  const table = drawTable(rowsOf(credentials));
  const width = Math.max(...table.split("\n").map((line) => line.length));
  return columns !== undefined && width <= columns ? table : plainLines(credentials);
}

/** Plain lines for scripts: a name, white space, and the value until the end of the line. */
function plainLines(credentials: Credentials): string {
  return rowsOf(credentials)
    .map(([name, value]) => `${name.padEnd(12)}  ${value}`)
    .join("\n");
}

/** The credentials as JSON, for tools. */
export function jsonText({ prometheusUrl, alertmanagerUrl, login, older }: Credentials): string {
  const password = login.password.reveal();
  return JSON.stringify({ prometheusUrl, alertmanagerUrl, user: login.user, password, olderUsers: older }, null, 2);
}

/**
 * A file for amtool and promtool, which accept a password only in a file; `authority` verifies the stack's certificate.
 */
export function httpConfigText(
  { login: { user, password } }: Pick<Credentials, "login">,
  authority: string | undefined,
): string {
  return stringify({
    basic_auth: { username: user, password: password.reveal() },
    ...(authority !== undefined && { tls_config: { ca: authority } }),
  }).trimEnd();
}

/** Additional information for a person, as a sentence; undefined if there is none. */
export function rotationNote({ login, older }: Credentials): string | undefined {
  if (older.length === 0) return undefined;
  return `The password is being rotated: ${older.join(" and ")} still ${older.length === 1 ? "works" : "work"} with the old one, until its number is removed from alerting:access.passwords. Tell people about ${login.user}.`;
}

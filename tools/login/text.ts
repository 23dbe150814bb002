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

/** A table on a terminal that is wide enough for it, as a password and a URL are there to be copied; else plain lines. */
export function forPerson(credentials: Credentials, columns: number | undefined): string {
  const table = drawTable(rowsOf(credentials));
  const width = Math.max(...table.split("\n").map((line) => line.length));
  return columns !== undefined && width <= columns ? table : plainLines(credentials);
}

/** One line each, for what reads along: a name, white space, and the value to the line's end. */
function plainLines(credentials: Credentials): string {
  return rowsOf(credentials)
    .map(([name, value]) => `${name.padEnd(12)}  ${value}`)
    .join("\n");
}

/** For tools. */
export function jsonText({ prometheusUrl, alertmanagerUrl, login, older }: Credentials): string {
  const password = login.password.reveal();
  return JSON.stringify({ prometheusUrl, alertmanagerUrl, user: login.user, password, olderUsers: older }, null, 2);
}

/** A file for amtool and promtool, which take no password but in one; `authority`: who vouches for the stack's own certificate. */
export function httpConfigText(
  { login: { user, password } }: Pick<Credentials, "login">,
  authority: string | undefined,
): string {
  return stringify({
    basic_auth: { username: user, password: password.reveal() },
    ...(authority !== undefined && { tls_config: { ca: authority } }),
  }).trimEnd();
}

/** What else a person has to know, as a sentence; undefined where there is nothing. */
export function rotationNote({ login, older }: Credentials): string | undefined {
  if (older.length === 0) return undefined;
  return `The password is being rotated: ${older.join(" and ")} still ${older.length === 1 ? "gets" : "get"} in with the old one, until the number is taken out of alerting:access.passwords. Tell people of ${login.user}.`;
}

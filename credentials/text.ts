import Table from "cli-table3";
import { stringify } from "yaml";
import type { Credentials } from "./read";

function rowsOf({ prometheusUrl, alertmanagerUrl, login }: Credentials): [string, string][] {
  return [
    ["Prometheus", prometheusUrl],
    ["Alertmanager", alertmanagerUrl],
    ["user", login.user],
    ["password", login.password.reveal()],
  ];
}

/** For a terminal. No cell is broken: a password is there to be copied. */
export function drawTable(credentials: Credentials): string {
  const table = new Table({
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rowsOf(credentials));
  return table.toString();
}

/** One line each, for what reads along: a name, white space, and the value to the line's end. */
export function plainLines(credentials: Credentials): string {
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

/** What is to be known besides, as a sentence; undefined where there is nothing. */
export function rotationNote({ login, older }: Credentials): string | undefined {
  if (older.length === 0) return undefined;
  return `The password is being rotated: ${older.join(" and ")} still ${older.length === 1 ? "gets" : "get"} in with the old one, until the number is taken out of alerting:access.passwords. Tell people of ${login.user}.`;
}

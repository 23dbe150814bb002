import { isCredentialName, nameRule, shownName } from "../settings/credentials";
import { nearest, shown } from "../validation/faults";
import { duplicates, error, type Finding, type Named, warning } from "../validation/finding";
import { credentialsIn } from "./credentials";
import { textsOf } from "./reading";
import { everyRoute, routeTree } from "./route-tree";
import { listOf, mapOf } from "../validation/plain-data";

function namesIn(config: unknown, ...keys: readonly string[]): Named[] {
  return keys.flatMap((key) =>
    listOf(mapOf(config)[key]).flatMap((item, at) => {
      const { name } = mapOf(item);
      return typeof name === "string" && name !== "" ? [{ name, path: [key, at] }] : [];
    }),
  );
}

const meant = (name: string, known: readonly string[]) => {
  const guess = nearest(name, known);
  if (guess !== undefined) return `is ${shown(guess)} meant?`;
  return known.length === 0 ? "there is none" : `there are ${known.slice(0, 20).map(shown).join(", ")}`;
};

/** Reports names that are used but not defined, defined but not used, or defined twice. */
export function checkNames(config: unknown, credentials: readonly string[]): Finding[] {
  const receivers = namesIn(config, "receivers");
  const intervals = namesIn(config, "time_intervals", "mute_time_intervals");
  const routes = everyRoute(routeTree(config));
  const usedReceivers = routes.flatMap(({ route, path }) =>
    typeof route.receiver === "string" && route.receiver !== ""
      ? [{ name: route.receiver, path: [...path, "receiver"] }]
      : [],
  );
  const usedIntervals = routes.flatMap(({ route, path }) =>
    ["mute_time_intervals", "active_time_intervals"].flatMap((key) =>
      textsOf(route[key]).map(({ text, at }) => ({ name: text, path: [...path, key, at] })),
    ),
  );
  const usedCredentials = credentialsIn(config);
  const secrets = credentials.map((name) => ({ name, path: ["credentials", name] }));
  return [
    ...duplicates(receivers, "receiver"),
    ...duplicates(intervals, "interval"),
    ...compared(usedReceivers, receivers, "receiver", "no route names it, so nothing is ever sent to it"),
    ...compared(usedIntervals, intervals, "time interval", "no route names it"),
    ...credentialFindings(usedCredentials, secrets),
  ];
}

function compared(used: readonly Named[], defined: readonly Named[], what: string, idle: string): Finding[] {
  const known = new Set(defined.map(({ name }) => name));
  const names = new Set(used.map(({ name }) => name));
  // The nearest defined name is searched only once per wrong name: a search for each of thousands of wrong routes would
  // take quadratic time.
  const remedies = new Map<string, string>();
  const remedy = (name: string) => {
    if (!remedies.has(name)) remedies.set(name, remedies.size < 20 ? meant(name, [...known]) : "define it");
    return remedies.get(name)!;
  };
  return [
    ...used
      .filter(({ name }) => !known.has(name))
      .map(({ name, path }) => error(path, `names the ${what} ${shown(name)}, which is not defined; ${remedy(name)}`)),
    ...defined
      .filter(({ name }) => !names.has(name))
      .map(({ name, path }) => warning(path, `defines the ${what} ${shown(name)}, and ${idle}`)),
  ];
}

function credentialFindings(used: readonly Named[], defined: readonly Named[]): Finding[] {
  const known = defined.map(({ name }) => name);
  const names = new Set(used.map(({ name }) => name));
  return [
    ...used
      .filter(({ name }) => !known.includes(name))
      .map(({ name, path }) => {
        if (!isCredentialName(name))
          return error(path, `names the credential ${shownName(name)}; accepted: ${nameRule}`);
        const guess = nearest(name, known);
        return error(
          path,
          `names the credential ${shown(name)}, which is not set; ${guess === undefined ? "" : `is ${shown(guess)} meant? Else `}run \`pulumi config set --secret --path alerting:credentials.${name}\``,
        );
      }),
    ...defined.filter(({ name }) => !names.has(name)).map(({ path }) => warning(path, "is set, and nothing names it")),
  ];
}

import type { Fault } from "../validation/faults";
import type { Settings } from "./schema";

type Of = Pick<Settings, "longTerm">;

/** The credentials of Alertmanager's receivers: all but that of the long-term engine, which only Prometheus has. */
export function ofReceivers<Value>(
  credentials: Readonly<Record<string, Value>>,
  { longTerm }: Of,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(credentials).filter(([name]) => name !== longTerm.credential));
}

/** The problem of `alerting:longTerm.credential`: there is no such credential. */
export function longTermFaults({ longTerm }: Of, credentials: Readonly<Record<string, unknown>>): Fault[] {
  const { credential } = longTerm;
  if (credential === undefined || Object.hasOwn(credentials, credential)) return [];
  const run = `pulumi config set --secret --path alerting:credentials.${credential}`;
  const sentence = `names the credential ${JSON.stringify(credential)}, which is not set. Run \`${run}\`.`;
  return [{ key: "alerting:longTerm.credential", sentence }];
}

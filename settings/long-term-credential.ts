import type { Fault } from "../validation/faults";
import type { Settings } from "./schema";

type Of = Pick<Settings, "longTerm">;

/**
 * The credentials of receivers, and that of the long-term engine: Alertmanager gets the former, and Prometheus the
 * latter.
 */
export function splitCredentials<T>({ longTerm }: Of, credentials: Readonly<Record<string, T>>) {
  const { [longTerm.credential ?? ""]: ofEngine, ...ofReceivers } = credentials;
  return { ofEngine, ofReceivers };
}

/** The problem of `alerting:longTerm.credential`: there is no such credential. */
export function longTermFaults({ longTerm }: Of, credentials: Readonly<Record<string, unknown>>): Fault[] {
  const { credential } = longTerm;
  if (credential === undefined || Object.hasOwn(credentials, credential)) return [];
  const run = `pulumi config set --secret --path alerting:credentials.${credential}`;
  const sentence = `names the credential ${JSON.stringify(credential)}, which is not set. Run \`${run}\`.`;
  return [{ key: "alerting:longTerm.credential", sentence }];
}

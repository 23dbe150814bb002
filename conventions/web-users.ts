/** The users that the pages accept, by the numbers of their passwords. */
export interface WebUsers {
  /** The version numbers of the accepted passwords with which people sign in. */
  readonly people: readonly number[];
  /** The version numbers of the accepted passwords with which Prometheus itself and Grafana sign in. */
  readonly clients: readonly number[];
  /** The number of the password that Prometheus and Grafana use. */
  readonly used: number;
}

/** The user for people with the password of this number. */
export const personUser = (number: number) => `alerting-${number}`;

/** The user of Prometheus itself. */
export const clientUser = (number: number) => `prometheus-${number}`;

/** The user of Grafana, whom only Prometheus accepts. */
export const grafanaUser = (number: number) => `grafana-${number}`;

/**
 * The users for the numbers in `alerting:access.passwords`. Each kubelet delivers a changed Secret to its pods at
 * another time. Therefore Prometheus uses the first number, which the servers already accept because the previous
 * setting contained it. The number before the first also stays accepted, because Prometheus may still use it.
 */
export function webUsers(passwords: readonly number[]): WebUsers {
  const first = passwords[0]!;
  return { people: passwords, clients: [first - 1, ...passwords], used: first };
}

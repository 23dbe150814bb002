/** Which users the pages know, by the numbers of the passwords. */
export interface WebUsers {
  /** Numbers of people's passwords that are accepted. */
  readonly people: readonly number[];
  /** Numbers of Prometheus' own passwords that are accepted. */
  readonly clients: readonly number[];
  /** The one that Prometheus uses. */
  readonly used: number;
}

/** The user of people who have the password of that number. */
export const personUser = (number: number) => `alerting-${number}`;

/** The user of Prometheus itself. */
export const clientUser = (number: number) => `prometheus-${number}`;

/**
 * The users for the numbers of `alerting:access.passwords`. Each kubelet brings a changed Secret to its pods in its own
 * time. So Prometheus uses the first number, which has been accepted since the setting before had it, and the one before
 * the first stays accepted, which Prometheus may still be using.
 */
export function webUsers(passwords: readonly number[]): WebUsers {
  const first = passwords[0]!;
  return { people: passwords, clients: [first - 1, ...passwords], used: first };
}

/** Where a deployment's programs and targets listen: `<host>:<port>` of each. */
export interface Addresses {
  readonly targets: readonly string[];
  readonly prometheus: string;
  readonly alertmanager: string;
}

/**
 * Addresses of 127.0.0.0/8 that only this deployment has: while a target is stopped, nothing else on this machine takes
 * its port, as would happen on 127.0.0.1 beside a lab.
 */
export function addressesOf(network: number, targets: number, processId = process.pid): Addresses {
  const host = (last: number) => `127.${16 + (processId % 200)}.${network}.${last}`;
  return {
    targets: Array.from({ length: targets }, (_, index) => `${host(index + 1)}:9100`),
    prometheus: `${host(250)}:9090`,
    alertmanager: `${host(251)}:9093`,
  };
}

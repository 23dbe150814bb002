/** The addresses (`<host>:<port>`) on which a deployment's programs and targets listen. */
export interface Addresses {
  readonly targets: readonly string[];
  readonly prometheus: string;
  readonly alertmanager: string;
}

/**
 * Addresses in 127.0.0.0/8 that only this deployment uses. On 127.0.0.1, a program of a running lab could take the port
 * of a stopped target.
 */
export function addressesOf(network: number, targets: number, processId = process.pid): Addresses {
  const host = (last: number) => `127.${16 + (processId % 200)}.${network}.${last}`;
  return {
    targets: Array.from({ length: targets }, (_, index) => `${host(index + 1)}:9100`),
    prometheus: `${host(250)}:9090`,
    alertmanager: `${host(251)}:9093`,
  };
}

import assert from "node:assert/strict";
import type { ClusterNode } from "../../lookup/cluster/cluster-facts";
import type { Calls } from "./mocks";

/** A machine in EC2 that is a node of the cluster. */
export interface Machine {
  readonly id: string;
  readonly address: string;
  readonly zone: string;
  readonly groups: readonly string[];
}

/**
 * Machines in three zones. Every tenth machine is a master. The masters have a security group of their own, and the
 * last machine has another one.
 */
export function machines(count: number): Machine[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `i-${index.toString(16).padStart(17, "0")}`,
    address: `10.${Math.floor(index / 65536)}.${Math.floor(index / 256) % 256}.${index % 256}`,
    zone: "abc"[index % 3]!,
    groups: index === count - 1 ? ["sg-odd"] : index % 10 === 0 ? ["sg-masters", "sg-all"] : ["sg-workers", "sg-all"],
  }));
}

/** The machine's node, in the form in which the lookup in the cluster returns it. */
export const nodeOf = ({ id, address, zone }: Machine, hasProviderId: boolean): ClusterNode => ({
  name: `ip-${address.replaceAll(".", "-")}.ap-northeast-2.compute.internal`,
  providerId: hasProviderId ? `aws:///${zone}/${id}` : undefined,
  labels: {},
  labelManagers: {},
});

/** Answers of an EC2 that has these machines and supports the filters that the program uses. */
export function ec2(all: readonly Machine[]): Calls {
  const nameOf = (machine: Machine) => nodeOf(machine, false).name;
  const values: Record<string, (machine: Machine) => readonly string[]> = {
    "instance-id": ({ id }) => [id],
    "private-dns-name": (machine) => [nameOf(machine)],
    "private-ip-address": ({ address }) => [address],
    "availability-zone": ({ zone }) => [zone],
    "instance.group-id": ({ groups }) => groups,
    "instance-state-name": () => ["running"],
  };
  const matching = (filters: { name: string; values: string[] }[]) => {
    for (const filter of filters) assert.ok(filter.values.length <= 200, `${filter.values.length} values`);
    return all.filter((machine) =>
      filters.every((filter) => values[filter.name]!(machine).some((value) => filter.values.includes(value))),
    );
  };
  return {
    "aws:ec2/getInstances:getInstances": ({ filters }) => {
      const found = matching(filters as never);
      return { ids: found.map(({ id }) => id), privateIps: found.map(({ address }) => address) };
    },
    "aws:ec2/getNetworkInterface:getNetworkInterface": ({ filters }) => {
      const [
        {
          values: [id],
        },
      ] = filters as [{ values: [string] }];
      const found = all.find((machine) => machine.id === id);
      if (!found) throw Object.assign(new Error(), { details: "no results" });
      const { zone, groups } = found;
      return { availabilityZone: zone, subnetId: `subnet-${zone}`, vpcId: "vpc-1", securityGroups: groups };
    },
    "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ id, availabilityZone: String(id).at(-1), vpcId: "vpc-1" }),
  };
}

import { BlockList, isIPv6 } from "node:net";
import type { PolicySpec } from "../../components/network-policies";
import type { Peer, Port } from "../../values/network-rules";

type Labels = Readonly<Record<string, string>>;

/** The parts of a NetworkPolicy that decide about connections. */
export interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: PolicySpec;
}

/** One end of a connection. For a pod on its node's network, `pod` is not set, because policies do not apply to it. */
export interface End {
  readonly address: string;
  readonly pod?: { readonly namespace: string; readonly namespaceLabels: Labels; readonly labels: Labels };
}

export interface Flow {
  readonly from: End;
  readonly to: End;
  readonly protocol: "TCP" | "UDP";
  /** The port at which the connection arrives, after a Service's port was translated. */
  readonly port: number;
}

/** Behavior in which network plugins differ. */
export interface Plugin {
  /** Whether an address range also matches the pods whose address is in it, as in Calico but not in Cilium. */
  readonly rangesHoldPods: boolean;
}

/**
 * Whether policies allow a connection, as Kubernetes defines it: each end that is a pod has to allow it. A pod allows
 * it if no policy selects the pod for that direction, or if a rule of a selecting policy matches the other end and the
 * port.
 */
export function isAllowed(policies: readonly Policy[], { from, to, protocol, port }: Flow, plugin: Plugin): boolean {
  const passes = (type: "Ingress" | "Egress", own: End, other: End): boolean => {
    const selecting = policies.filter(
      (policy) => policy.spec.policyTypes.includes(type) && isSelected(policy, own) && own.pod !== undefined,
    );
    return (
      selecting.length === 0 ||
      selecting.some((policy) =>
        rulesOf(policy.spec, type).some(
          ({ peers, ports }) =>
            (peers.length === 0 || peers.some((peer) => isPeer(peer, other, policy, plugin))) &&
            (ports.length === 0 || ports.some((one) => isPort(one, protocol, port))),
        ),
      )
    );
  };
  return passes("Egress", from, to) && passes("Ingress", to, from);
}

function rulesOf({ ingress, egress }: PolicySpec, type: "Ingress" | "Egress") {
  // A rule without peers applies to all peers, and a rule without ports applies to all ports.
  return type === "Ingress"
    ? (ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }))
    : (egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

function isSelected({ metadata, spec }: Policy, { pod }: End): boolean {
  return pod?.namespace === metadata.namespace && has(pod.labels, spec.podSelector);
}

function isPeer(peer: Peer, { address, pod }: End, policy: Policy, plugin: Plugin): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    if (pod !== undefined && !plugin.rangesHoldPods) return false;
    return holds(cidr, address) && !except.some((one) => holds(one, address));
  }
  if (pod === undefined) return false;
  const inNamespace =
    peer.namespaceSelector === undefined
      ? pod.namespace === policy.metadata.namespace
      : has(pod.namespaceLabels, peer.namespaceSelector);
  return inNamespace && has(pod.labels, peer.podSelector ?? {});
}

function isPort(rule: Port, protocol: string, port: number): boolean {
  return rule.protocol === protocol && (rule.port === undefined || rule.port === port);
}

function has(labels: Labels, selector: { readonly matchLabels?: Labels }): boolean {
  const unknown = Object.keys(selector).filter((key) => key !== "matchLabels");
  if (unknown.length > 0) throw new Error(`a selector by ${unknown.join()} is not evaluated here`);
  return Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

/** Whether a range contains an address. Node calculates this, to be independent of the program's code. */
function holds(cidr: string, address: string): boolean {
  const [network, prefix] = cidr.split("/");
  const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
  if (family(network!) !== family(address)) return false;
  const list = new BlockList();
  list.addSubnet(network!, Number(prefix), family(network!));
  return list.check(address, family(address));
}

/** Copies of the policies, each with one part removed: a whole policy, a rule, a peer or a port. */
export function* withOneLess(policies: readonly Policy[]): Generator<{ without: string; policies: Policy[] }> {
  for (const [at, policy] of policies.entries()) {
    const { metadata, spec } = policy;
    const others = (changed?: PolicySpec): Policy[] =>
      policies.flatMap((one, index) => (index !== at ? [one] : changed ? [{ metadata, spec: changed }] : []));
    yield { without: metadata.name, policies: others() };
    for (const [index, type] of spec.policyTypes.entries())
      yield {
        without: `${metadata.name} ${type}`,
        policies: others({ ...spec, policyTypes: spec.policyTypes.filter((_, other) => other !== index) }),
      };
    for (const [key, peersKey] of [
      ["ingress", "from"],
      ["egress", "to"],
    ] as const) {
      const rules = (spec[key] ?? []) as readonly Readonly<Record<string, readonly unknown[]>>[];
      for (const [number, rule] of rules.entries()) {
        const name = `${metadata.name} ${key}[${number}]`;
        yield { without: name, policies: others({ ...spec, [key]: rules.filter((_, other) => other !== number) }) };
        for (const part of [peersKey, "ports"]) {
          const list = rule[part] ?? [];
          // A rule without its last peer or port would match everything.
          if (list.length < 2) continue;
          for (const [position, item] of list.entries()) {
            const less = { ...rule, [part]: list.filter((_, other) => other !== position) };
            const changed = rules.map((one, other) => (other === number ? less : one));
            yield { without: `${name} ${part} ${JSON.stringify(item)}`, policies: others({ ...spec, [key]: changed }) };
          }
        }
      }
    }
  }
}

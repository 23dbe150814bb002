import { carrierName, type Spread } from "../cluster/carriers";
import { isEdgeZone, type StorageNetwork } from "./node-network";

/** A network limited to the zone of a One Zone file system, which accepts no mount target in other zones. */
export function inZone(network: StorageNetwork | undefined, zone: string | undefined): StorageNetwork | undefined {
  if (network === undefined || zone === undefined) return network;
  return { ...network, subnets: network.subnets.filter((one) => one.zone === zone) };
}

/** Nodes without a mount target in their zone; there the file system's name does not resolve. */
interface CarrierZones {
  readonly left: readonly { readonly what: string; readonly todo: string }[];
  /** Whether all nodes lack a mount target, so that no pod could mount the data. */
  readonly isHopeless: boolean;
}

/**
 * The nodes for Prometheus and Alertmanager in zones without mount targets. `oneZone` is the zone of a One Zone file
 * system.
 */
export function carrierZones(
  nodes: readonly { readonly name: string; readonly zone: string }[],
  zones: readonly string[],
  how: { readonly spread: Spread; readonly oneZone?: string; readonly areMade: boolean },
): CarrierZones {
  const { oneZone, areMade } = how;
  const which = carrierName(how.spread);
  const left = nodes.filter(({ zone }) => !zones.includes(zone));
  return {
    isHopeless: left.length === nodes.length,
    left: left.map(({ name, zone }) => {
      const why = whyNone(zone, oneZone);
      return {
        what: `${which} ${name} is in zone ${zone}, which ${areMade ? "would get" : "has"} no mount target${why}, so nothing is mounted there.`,
        todo: remedyFor(zone, which, oneZone, areMade),
      };
    }),
  };
}

function whyNone(zone: string, oneZone: string | undefined): string {
  if (oneZone !== undefined) return `, because the file system is One Zone, in ${oneZone}`;
  return isEdgeZone(zone) ? ", because EFS has none in Local and Wavelength Zones" : "";
}

function remedyFor(zone: string, which: string, oneZone: string | undefined, areMade: boolean): string {
  if (oneZone !== undefined)
    return `Choose ${which}s in ${oneZone}, use a Regional file system, or set the address of its mount target in alerting:storage.mountTargetIp.`;
  if (isEdgeZone(zone))
    return `Choose ${which}s in the region's own zones, or set alerting:storage.type to "storageClass".`;
  return areMade ? `Add a subnet of ${zone} to alerting:network.subnetIds.` : `Create one in a subnet of ${zone}.`;
}

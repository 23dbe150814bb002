import { isEdgeZone, type StorageNetwork } from "./node-network";

/** A network without the zones in which a One Zone file system takes no mount target. */
export function inZone(network: StorageNetwork | undefined, zone: string | undefined): StorageNetwork | undefined {
  if (network === undefined || zone === undefined) return network;
  return { ...network, subnets: network.subnets.filter((one) => one.zone === zone) };
}

/** Masters that have no mount target in their zone, where the file system's name leads nowhere. */
interface MasterZones {
  readonly left: readonly { readonly what: string; readonly todo: string }[];
  /** Whether there is no other master, so that nothing could be mounted at all. */
  readonly isHopeless: boolean;
}

/** Which masters the mount targets' zones leave out. `oneZone` is the zone of a file system that is in only one. */
export function masterZones(
  masters: readonly { readonly name: string; readonly zone: string }[],
  zones: readonly string[],
  { oneZone, areMade }: { readonly oneZone?: string; readonly areMade: boolean },
): MasterZones {
  const left = masters.filter(({ zone }) => !zones.includes(zone));
  return {
    isHopeless: left.length === masters.length,
    left: left.map(({ name, zone }) => {
      const why = whyNone(zone, oneZone);
      return {
        what: `master ${name} is in zone ${zone}, which ${areMade ? "would get" : "has"} no mount target${why}, so nothing is mounted there.`,
        todo: remedyFor(zone, oneZone, areMade),
      };
    }),
  };
}

function whyNone(zone: string, oneZone: string | undefined): string {
  if (oneZone !== undefined) return `, because the file system is One Zone, in ${oneZone}`;
  return isEdgeZone(zone) ? ", because EFS has none in Local and Wavelength Zones" : "";
}

function remedyFor(zone: string, oneZone: string | undefined, areMade: boolean): string {
  if (oneZone !== undefined)
    return `Choose masters in ${oneZone}, take a Regional file system, or name the address of its mount target by alerting:storage.mountTargetIp.`;
  if (isEdgeZone(zone))
    return 'Choose masters in the region\'s own zones, or set alerting:storage.type to "storageClass".';
  return areMade ? `Add a subnet of ${zone} to alerting:network.subnetIds.` : `Make one in a subnet of ${zone}.`;
}

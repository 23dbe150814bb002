import { isEdgeZone, type StorageNetwork } from "./node-network";

/** A network limited to the zone of a One Zone file system, which accepts no mount target in other zones. */
export function inZone(network: StorageNetwork | undefined, zone: string | undefined): StorageNetwork | undefined {
  if (network === undefined || zone === undefined) return network;
  return { ...network, subnets: network.subnets.filter((one) => one.zone === zone) };
}

/** Masters without a mount target in their zone; there the file system's name does not resolve. */
interface MasterZones {
  readonly left: readonly { readonly what: string; readonly todo: string }[];
  /** Whether all masters lack a mount target, so that no pod could mount the data. */
  readonly isHopeless: boolean;
}

/** The masters in zones without mount targets. `oneZone` is the zone of a One Zone file system. */
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
    return `Choose masters in ${oneZone}, use a Regional file system, or set the address of its mount target in alerting:storage.mountTargetIp.`;
  if (isEdgeZone(zone))
    return 'Choose masters in the region\'s own zones, or set alerting:storage.type to "storageClass".';
  return areMade ? `Add a subnet of ${zone} to alerting:network.subnetIds.` : `Create one in a subnet of ${zone}.`;
}

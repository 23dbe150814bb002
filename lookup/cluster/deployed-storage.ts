import { AppsV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { kubernetesBytes } from "../../validation/sizes";
import { type InTime, ifFound, ifReadable } from "./api-responses";
import { alertmanagerClaim, chartNames, fileSystemAnnotation, serverClaim } from "../../conventions/cluster-names";

type StorageType = StackSettings["storage"]["type"];

/** What a claim requests. */
export interface DeployedClaim {
  readonly name: string;
  /** The size in the format of the API server, such as `20Gi`. */
  readonly size: string;
  /** The storage class; `""` if the claim names its volume, as claims on EFS do. */
  readonly storageClass: string;
}

/** The file system with a stack's data. */
export interface DeployedFileSystem {
  readonly id: string;
  /**
   * Whether a setting named the file system; undefined if an earlier version created the volume and did not record it.
   */
  readonly isGiven?: boolean;
  /** The address that is mounted; undefined if the file system is mounted by its name. */
  readonly mountTargetIp?: string;
}

/** The storage of the deployed stack in the namespace. */
export interface DeployedStorage {
  readonly claims: readonly DeployedClaim[];
  /** The file system with the data; undefined if the data is not on EFS, or if the volume cannot be read. */
  readonly fileSystem?: DeployedFileSystem;
  /** Alertmanager's StatefulSet, and its claim template, if any. The template cannot be changed. */
  readonly alertmanager?: { readonly template?: DeployedClaim };
}

/** Reads the storage of a deployed stack. */
export async function readDeployedStorage(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<DeployedStorage> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const [claims, alertmanager] = await Promise.all([
    inTime(core.listNamespacedPersistentVolumeClaim({ namespace })),
    ifFound(
      inTime(
        kubeconfig.makeApiClient(AppsV1Api).readNamespacedStatefulSet({ name: chartNames.alertmanager, namespace }),
      ),
    ),
  ]);
  const known: readonly string[] = [serverClaim, chartNames.server, alertmanagerClaim(0)];
  const template = alertmanager?.spec?.volumeClaimTemplates?.[0];
  const own = claims.items.find(({ metadata }) => metadata?.name === serverClaim);
  return {
    fileSystem: await deployedFileSystem(core, own?.spec?.volumeName, inTime),
    claims: claims.items.map(deployedClaim).filter(({ name }) => known.includes(name)),
    alertmanager: alertmanager && { template: template && deployedClaim(template) },
  };
}

async function deployedFileSystem(
  core: CoreV1Api,
  volumeName: string | undefined,
  inTime: InTime,
): Promise<DeployedFileSystem | undefined> {
  if (volumeName === undefined) return undefined;
  // If the volume cannot be read, nothing is reported here: `up` reports the problem if there is one.
  const { metadata, spec } = (await ifReadable(inTime(core.readPersistentVolume({ name: volumeName })))) ?? {};
  const id = spec?.csi?.volumeHandle.split("::")[0];
  const origin = metadata?.annotations?.[fileSystemAnnotation];
  const mountTargetIp = spec?.csi?.volumeAttributes?.mounttargetip;
  if (id === undefined) return undefined;
  return {
    id,
    ...(origin !== undefined && { isGiven: origin === "given" }),
    ...(mountTargetIp !== undefined && { mountTargetIp }),
  };
}

interface Claim {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Record<string, string> };
  };
}

function deployedClaim({ metadata, spec }: Claim): DeployedClaim {
  return {
    name: metadata?.name ?? "",
    size: spec?.resources?.requests?.storage ?? "0",
    storageClass: spec?.storageClassName ?? "",
  };
}

/** Reports changes of a deployed stack's storage that Kubernetes would refuse, or that would lose data. */
export function storageFaults(
  storage: StackSettings["storage"],
  deployed: DeployedStorage,
  growingClasses: readonly string[],
): Fault[] {
  const byName = (name: string) => deployed.claims.find((one) => one.name === name);
  const alertmanagers = deployed.alertmanager?.template ?? byName(alertmanagerClaim(0));
  const type = deployedType(deployed);
  if (type === undefined) return [];
  if (type.is !== storage.type) {
    const sentence = `got "${storage.type}", but this stack has "${type.is}" (${type.sign}), and that cannot change while the stack exists. ${wayOut(type.is, type.is)}`;
    return [{ key: "alerting:storage.type", sentence }];
  }
  if (storage.type === "none") return [];
  const faults = storage.type === "efs" ? fileSystemFaults(storage, deployed.fileSystem) : [];
  const server = byName(storage.type === "efs" ? serverClaim : chartNames.server);
  // Without EFS, Alertmanager's claim comes from its StatefulSet, which refuses another size. If the StatefulSet was
  // deleted, nothing is reported, because a new one uses the existing claim unchanged. On EFS this program creates the
  // claim.
  const alertmanager = storage.type === "efs" ? byName(alertmanagerClaim(0)) : deployed.alertmanager?.template;
  const sizes = [
    { key: "serverSize", size: storage.serverSize, claim: server, mayGrow: storage.type === "storageClass" },
    { key: "alertmanagerSize", size: storage.alertmanagerSize, claim: alertmanager, mayGrow: false },
  ];
  for (const { key, size, claim, mayGrow } of sizes) {
    if (!claim || kubernetesBytes(claim.size) === kubernetesBytes(size)) continue;
    if (mayGrow && kubernetesBytes(size) > kubernetesBytes(claim.size) && growingClasses.includes(claim.storageClass))
      continue;
    const start = `got "${size}", but ${describe(claim, deployed)} has ${claim.size}, which cannot change while the stack exists.`;
    const end =
      storage.type === "efs" ? `EFS ignores it: set it back to "${claim.size}".` : wayOut(claim.size, type.is);
    faults.push({ key: `alerting:storage.${key}`, sentence: `${start} ${end}` });
  }
  const other = [server, alertmanagers].find((one) => one && one.storageClass !== storage.storageClass);
  if (storage.type === "storageClass" && other) {
    const sentence = `got "${storage.storageClass}", but ${describe(other, deployed)} has "${other.storageClass}", which cannot change while the stack exists. ${wayOut(other.storageClass, type.is)}`;
    faults.push({ key: "alerting:storage.storageClass", sentence });
  }
  return faults;
}

function fileSystemFaults(
  { fileSystemId, mountTargetIp }: StackSettings["storage"],
  deployed?: DeployedFileSystem,
): Fault[] {
  const faults = fileSystemIdFaults(fileSystemId, deployed);
  if (deployed === undefined || faults.length > 0 || mountTargetIp === deployed.mountTargetIp) return faults;
  const [saw, back] = [
    mountTargetIp === undefined ? "is not set" : `got "${mountTargetIp}"`,
    deployed.mountTargetIp === undefined ? "Leave it out again" : `Set it back to "${deployed.mountTargetIp}"`,
  ];
  const is = deployed.mountTargetIp === undefined ? "by the file system's name" : `at ${deployed.mountTargetIp}`;
  const sentence = `${saw}, but this stack's volumes are mounted ${is}, and a volume cannot change while it exists. ${back}, or move the data: docs/operations.md, "Move to another file system".`;
  return [{ key: "alerting:storage.mountTargetIp", sentence }];
}

/** Reports a file system in the settings that is not the one with the data. */
function fileSystemIdFaults(given: string | undefined, deployed: DeployedFileSystem | undefined): Fault[] {
  if (deployed === undefined) return [];
  const key = "alerting:storage.fileSystemId";
  const why = `this stack's data is on ${deployed.id}, and its claims cannot move while pods use them`;
  const move = 'or move the data: docs/operations.md, "Move to another file system"';
  if (given === undefined) {
    if (deployed.isGiven !== true) return [];
    return [{ key, sentence: `is not set, but ${why}. Set it to "${deployed.id}", ${move}.` }];
  }
  if (given !== deployed.id) {
    const back = deployed.isGiven === false ? "Leave it out again" : `Set it back to "${deployed.id}"`;
    return [{ key, sentence: `got "${given}", but ${why}. ${back}, ${move}.` }];
  }
  if (deployed.isGiven !== false) return [];
  const sentence = `got "${given}", which this stack created: set here, it would count as an existing file system, and the stack would delete it. Leave it out.`;
  return [{ key, sentence }];
}

function wayOut(back: string, type: StorageType): string {
  const loss = { efs: "; data on a protected file system stays", storageClass: ", which deletes the data", none: "" };
  return `Set it back to "${back}", or run \`pulumi destroy\` first${loss[type]}.`;
}

function describe(claim: DeployedClaim, deployed: DeployedStorage): string {
  return claim === deployed.alertmanager?.template
    ? `the StatefulSet ${chartNames.alertmanager}`
    : `the claim ${claim.name}`;
}

/** The storage type of a stack and the object that shows it; undefined if the stack has no storage yet. */
function deployedType({ claims, alertmanager }: DeployedStorage): { is: StorageType; sign: string } | undefined {
  const own = claims.find(({ name }) => name === serverClaim);
  if (own) return { is: "efs", sign: `the claim ${own.name}` };
  const charts = claims.find(({ name }) => name === chartNames.server);
  if (charts) return { is: "storageClass", sign: `the claim ${charts.name}` };
  const kind = (claim: DeployedClaim) => (claim.storageClass === "" ? "efs" : "storageClass");
  if (alertmanager?.template) {
    return { is: kind(alertmanager.template), sign: `the StatefulSet ${chartNames.alertmanager}` };
  }
  if (alertmanager) return { is: "none", sign: `the StatefulSet ${chartNames.alertmanager}, which has no volume` };
  const left = claims.find(({ name }) => name === alertmanagerClaim(0));
  return left && { is: kind(left), sign: `the claim ${left.name}` };
}

import { AppsV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { StackSettings } from "../../settings/stack-settings";
import type { Fault } from "../../validation/faults";
import { kubernetesBytes } from "../../validation/sizes";
import { type InTime, ifFound, ifReadable } from "./api-responses";
import {
  alertmanagerClaim,
  chartNames,
  fileSystemAnnotation,
  serverClaim,
  serverReplicaClaim,
} from "../../conventions/cluster-names";

type Asked = Pick<StackSettings, "namespace" | "storage" | "availability">;
type StorageType = StackSettings["storage"]["type"];

/** What a claim requests. */
export interface DeployedClaim {
  readonly name: string;
  /** The size in the format of the API server, such as `20Gi`. */
  readonly size: string;
  /** The storage class; `""` if the claim names its volume, as claims on EFS do. */
  readonly storageClass: string;
  /** Whether the claim is being deleted, which waits until no pod uses it. */
  readonly isBeingDeleted?: boolean;
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
  readonly alertmanager?: DeployedSet;
  /** Prometheus' StatefulSet; undefined if Prometheus is a Deployment. */
  readonly server?: DeployedSet;
}

/** A StatefulSet, and its claim template, if any. The template cannot be changed. */
interface DeployedSet {
  readonly template?: DeployedClaim;
}

/** The claims of the replicas in the StatefulSets, of which there may be more than replicas. */
const serverReplicaClaims = [0, 1].map(serverReplicaClaim);
const alertmanagerClaims = [0, 1, 2].map(alertmanagerClaim);

/** Reads the storage of a deployed stack. */
export async function readDeployedStorage(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<DeployedStorage> {
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const apps = kubeconfig.makeApiClient(AppsV1Api);
  const readSet = async (name: string): Promise<DeployedSet | undefined> => {
    const set = await ifFound(inTime(apps.readNamespacedStatefulSet({ name, namespace })));
    const template = set?.spec?.volumeClaimTemplates?.[0];
    return set && { ...(template && { template: deployedClaim(template) }) };
  };
  const [{ items }, alertmanager, server] = await Promise.all([
    inTime(core.listNamespacedPersistentVolumeClaim({ namespace })),
    readSet(chartNames.alertmanager),
    readSet(chartNames.server),
  ]);
  const known = [serverClaim, chartNames.server, ...serverReplicaClaims, ...alertmanagerClaims];
  const own = [serverClaim, ...serverReplicaClaims]
    .flatMap((name) => items.find(({ metadata }) => metadata?.name === name) ?? [])
    .find((one) => deployedClaim(one).storageClass === "");
  return {
    fileSystem: await deployedFileSystem(core, own?.spec?.volumeName, inTime),
    claims: items.map(deployedClaim).filter(({ name }) => known.includes(name)),
    alertmanager,
    server,
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
  readonly metadata?: { readonly name?: string; readonly deletionTimestamp?: Date };
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
    ...(metadata?.deletionTimestamp !== undefined && { isBeingDeleted: true }),
  };
}

/**
 * Reports changes of a deployed stack's storage that Kubernetes would refuse, or that would lose data. Another number of
 * replicas is accepted, except from one Prometheus to two, or back, on volumes of a storage class.
 */
export function storageFaults(
  { namespace, storage, availability }: Asked,
  deployed: DeployedStorage,
  growingClasses: readonly string[],
): Fault[] {
  const byName = (...names: readonly string[]) =>
    names.flatMap((name) => deployed.claims.find((one) => one.name === name) ?? []);
  const onEfs = storage.type === "efs";
  const type = deployedType(deployed);
  if (type === undefined) return [];
  if (type.is !== storage.type) {
    const sentence = `got "${storage.type}", but this stack has "${type.is}" (${type.sign}), and that cannot change while the stack exists. ${wayOut(type.is, type.is)}`;
    return [{ key: "alerting:storage.type", sentence }];
  }
  if (storage.type === "none") return [];
  const faults = onEfs
    ? fileSystemFaults(storage, deployed.fileSystem)
    : lostSamplesFaults(namespace, availability, deployed);
  // Without EFS, the claims of a StatefulSet come from its template, which refuses another size. If the StatefulSet was
  // deleted, nothing is reported, because a new one uses the existing claims unchanged. On EFS this program creates the
  // claims. Claims of the other form of Prometheus are not compared, because new ones replace them.
  const templateOf = (set: DeployedSet | undefined) => (set?.template ? [set.template] : []);
  const alertmanagers = onEfs ? byName(...alertmanagerClaims) : templateOf(deployed.alertmanager);
  const replicas = onEfs ? byName(...serverReplicaClaims) : templateOf(deployed.server);
  const isSingle = availability.prometheus === 1;
  const servers = isSingle ? byName(onEfs ? serverClaim : chartNames.server) : replicas;
  const sizes = [
    { key: "serverSize", size: storage.serverSize, claims: servers, mayGrow: isSingle && !onEfs },
    { key: "alertmanagerSize", size: storage.alertmanagerSize, claims: alertmanagers, mayGrow: false },
  ];
  for (const { key, size, claims, mayGrow } of sizes) {
    const claim = claims.find((one) => kubernetesBytes(one.size) !== kubernetesBytes(size));
    if (!claim) continue;
    if (mayGrow && kubernetesBytes(size) > kubernetesBytes(claim.size) && growingClasses.includes(claim.storageClass))
      continue;
    const start = `got "${size}", but ${describe(claim, deployed)} has ${claim.size}, which cannot change while the stack exists.`;
    const end = onEfs ? `EFS ignores it: set it back to "${claim.size}".` : wayOut(claim.size, type.is);
    faults.push({ key: `alerting:storage.${key}`, sentence: `${start} ${end}` });
  }
  const ofClass = [...servers, ...(alertmanagers.length > 0 ? alertmanagers : byName(...alertmanagerClaims))];
  const other = ofClass.find(({ storageClass }) => storageClass !== storage.storageClass);
  if (storage.type === "storageClass" && other) {
    const sentence = `got "${storage.storageClass}", but ${describe(other, deployed)} has "${other.storageClass}", which cannot change while the stack exists. ${wayOut(other.storageClass, type.is)}`;
    faults.push({ key: "alerting:storage.storageClass", sentence });
  }
  return faults;
}

/**
 * Reports the way from one Prometheus to two on volumes of a storage class, where the chart deletes the claim of the
 * Deployment and with it the samples, and the way back, where the Deployment starts with a new claim.
 */
function lostSamplesFaults(
  namespace: string,
  { prometheus }: StackSettings["availability"],
  { claims, server }: DeployedStorage,
): Fault[] {
  const isBack = prometheus === 1;
  const [ofOne, ofTwo] = [chartNames.server, serverReplicaClaim(0)];
  const claim = claims.find(({ name }) => name === (isBack ? ofTwo : ofOne));
  const isChanged = isBack ? server !== undefined && !claims.some(({ name }) => name === ofOne) : server === undefined;
  if (!isChanged || claim === undefined || claim.isBeingDeleted === true) return [];
  const loss = isBack
    ? `the single Prometheus would start with a new, empty claim ${ofOne}, without the samples of ${claim.name}.`
    : `the claim ${claim.name} of the single Prometheus would then be deleted, and its volume with the samples.`;
  const sentence =
    `got ${prometheus}, but ${loss} ` +
    'To keep them, see docs/availability.md, "On volumes of a storage class"; ' +
    `to lose them, run \`kubectl --namespace ${namespace} delete pvc ${claim.name} --wait=false\` first.`;
  return [{ key: "alerting:availability.prometheus", sentence }];
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
  if (claim === deployed.alertmanager?.template) return `the StatefulSet ${chartNames.alertmanager}`;
  return claim === deployed.server?.template ? `the StatefulSet ${chartNames.server}` : `the claim ${claim.name}`;
}

/** The storage type of a stack and the object that shows it; undefined if the stack has no storage yet. */
function deployedType({
  claims,
  alertmanager,
  server,
}: DeployedStorage): { is: StorageType; sign: string } | undefined {
  const own = claims.find(({ name }) => name === serverClaim);
  if (own) return { is: "efs", sign: `the claim ${own.name}` };
  const charts = claims.find(({ name }) => name === chartNames.server);
  if (charts) return { is: "storageClass", sign: `the claim ${charts.name}` };
  const kind = (claim: DeployedClaim) => (claim.storageClass === "" ? "efs" : "storageClass");
  const sets = [
    { name: chartNames.server, set: server },
    { name: chartNames.alertmanager, set: alertmanager },
  ];
  for (const { name, set } of sets) {
    if (set?.template) return { is: kind(set.template), sign: `the StatefulSet ${name}` };
  }
  for (const { name, set } of sets) {
    if (set) return { is: "none", sign: `the StatefulSet ${name}, which has no volume` };
  }
  const left = claims.find(({ name }) => [...serverReplicaClaims, ...alertmanagerClaims].includes(name));
  return left && { is: kind(left), sign: `the claim ${left.name}` };
}

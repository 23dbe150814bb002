import { AppsV1Api, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { StackSettings } from "../config";
import type { Fault } from "../configuration/faults";
import { type InTime, ifFound } from "./answers";
import { chartNames, serverClaim } from "./names";

type StorageType = StackSettings["storage"]["type"];

/** What a claim asks for. */
export interface LivingClaim {
  readonly name: string;
  /** As the API server writes it, such as `20Gi`. */
  readonly size: string;
  /** `""` where the claim names its volume, as those on EFS do. */
  readonly storageClass: string;
}

/** The storage of the stack that is in the namespace. */
export interface LivingStorage {
  readonly claims: readonly LivingClaim[];
  /** Alertmanager's StatefulSet, and the claim that it makes for its pod, if any; nothing of it can change. */
  readonly alertmanager?: { readonly template?: LivingClaim };
}

/** Reads the storage of a stack that is there already. */
export async function readLivingStorage(
  kubeconfig: KubeConfig,
  namespace: string,
  inTime: InTime,
): Promise<LivingStorage> {
  const [claims, alertmanager] = await Promise.all([
    inTime(kubeconfig.makeApiClient(CoreV1Api).listNamespacedPersistentVolumeClaim({ namespace })),
    ifFound(
      inTime(
        kubeconfig.makeApiClient(AppsV1Api).readNamespacedStatefulSet({ name: chartNames.alertmanager, namespace }),
      ),
    ),
  ]);
  const known: readonly string[] = [serverClaim, chartNames.server, chartNames.alertmanagerClaim];
  const template = alertmanager?.spec?.volumeClaimTemplates?.[0];
  return {
    claims: claims.items.map(livingClaim).filter(({ name }) => known.includes(name)),
    alertmanager: alertmanager && { template: template && livingClaim(template) },
  };
}

interface Claim {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: Record<string, string> };
  };
}

function livingClaim({ metadata, spec }: Claim): LivingClaim {
  return {
    name: metadata?.name ?? "",
    size: spec?.resources?.requests?.storage ?? "0",
    storageClass: spec?.storageClassName ?? "",
  };
}

/** What the configuration would change of a living stack's storage: Kubernetes refuses it, or data would be lost. */
export function storageFaults(
  storage: StackSettings["storage"],
  living: LivingStorage,
  growingClasses: readonly string[],
): Fault[] {
  const byName = (name: string) => living.claims.find((one) => one.name === name);
  const alertmanagers = living.alertmanager?.template ?? byName(chartNames.alertmanagerClaim);
  const type = livingType(living);
  if (type === undefined) return [];
  if (type.is !== storage.type) {
    return [
      {
        key: "alerting:storage.type",
        sentence: `got "${storage.type}", but this stack has "${type.is}" (${type.sign}), and that cannot change while it lives. ${wayOut(type.is, type.is)}`,
      },
    ];
  }
  if (storage.type === "none") return [];
  const faults: Fault[] = [];
  const server = byName(storage.type === "efs" ? serverClaim : chartNames.server);
  // A StatefulSet that is gone makes no demands, and its claim is taken as it is; that on EFS is our own.
  const alertmanager = storage.type === "efs" ? byName(chartNames.alertmanagerClaim) : living.alertmanager?.template;
  const sizes = [
    { key: "serverSize", size: storage.serverSize, claim: server, mayGrow: storage.type === "storageClass" },
    { key: "alertmanagerSize", size: storage.alertmanagerSize, claim: alertmanager, mayGrow: false },
  ];
  for (const { key, size, claim, mayGrow } of sizes) {
    if (!claim || inBytes(claim.size) === inBytes(size)) continue;
    if (mayGrow && inBytes(size) > inBytes(claim.size) && growingClasses.includes(claim.storageClass)) continue;
    const start = `got "${size}", but ${describe(claim, living)} has ${claim.size}, which cannot change while the stack lives.`;
    const end =
      storage.type === "efs" ? `EFS ignores it: set it back to "${claim.size}".` : wayOut(claim.size, type.is);
    faults.push({ key: `alerting:storage.${key}`, sentence: `${start} ${end}` });
  }
  const other = [server, alertmanagers].find((one) => one && one.storageClass !== storage.storageClass);
  if (storage.type === "storageClass" && other) {
    faults.push({
      key: "alerting:storage.storageClass",
      sentence: `got "${storage.storageClass}", but ${describe(other, living)} has "${other.storageClass}", which cannot change while the stack lives. ${wayOut(other.storageClass, type.is)}`,
    });
  }
  return faults;
}

/** Bytes of any size that Kubernetes may write: it makes 1024Mi a 1Gi, and a claim can be grown by hand to any other. */
function inBytes(size: string): number {
  const match = /^(\d+)([kKMGTPE]?)(i?)$/.exec(size);
  return match ? Number(match[1]) * (match[3] ? 1024 : 1000) ** " KMGTPE".indexOf(match[2]!.toUpperCase() || " ") : NaN;
}

function wayOut(back: string, type: StorageType): string {
  const loss = { efs: "; data on a protected file system stays", storageClass: ", which deletes the data", none: "" };
  return `Set it back to "${back}", or run \`pulumi destroy\` first${loss[type]}.`;
}

function describe(claim: LivingClaim, living: LivingStorage): string {
  return claim === living.alertmanager?.template
    ? `the StatefulSet ${chartNames.alertmanager}`
    : `the claim ${claim.name}`;
}

/** The kind of storage that a stack has, and by what that is seen; undefined before it has any. */
function livingType({ claims, alertmanager }: LivingStorage): { is: StorageType; sign: string } | undefined {
  const own = claims.find(({ name }) => name === serverClaim);
  if (own) return { is: "efs", sign: `the claim ${own.name}` };
  const charts = claims.find(({ name }) => name === chartNames.server);
  if (charts) return { is: "storageClass", sign: `the claim ${charts.name}` };
  const kind = (claim: LivingClaim) => (claim.storageClass === "" ? "efs" : "storageClass");
  if (alertmanager?.template) {
    return { is: kind(alertmanager.template), sign: `the StatefulSet ${chartNames.alertmanager}` };
  }
  if (alertmanager) return { is: "none", sign: `the StatefulSet ${chartNames.alertmanager}, which has no volume` };
  const left = claims.find(({ name }) => name === chartNames.alertmanagerClaim);
  return left && { is: kind(left), sign: `the claim ${left.name}` };
}

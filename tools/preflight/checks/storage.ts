import { AppsV1Api, StorageV1Api, type V1CSINode, type V1DaemonSet } from "@kubernetes/client-node";
import { efsCsiDriverName } from "../../../conventions/cluster-names";
import { carrierName, carriers, type Spread } from "../../../lookup/cluster/carriers";
import type { Configuration } from "../../../config";
import { type Check, failed, type CheckResult, named, ok, warning } from "../../shared/check-result";
import { type Cluster, onCluster, type Reach, unreadable } from "../cluster";
import type { PickNodes } from "./nodes";
import { validSections } from "../../../settings/readable";

/** Whether the cluster can give the pods the storage that the configuration names. */
export function storageChecks(configuration: Configuration, reach: Promise<Reach>, pick: PickNodes): Check[] {
  const { storage, efsCsiDriver, availability } = validSections(configuration);
  const spread = availability?.spread ?? "masters";
  return [
    onCluster("EFS CSI driver", reach, async (cluster) => {
      if (storage === undefined || efsCsiDriver === undefined) return [unreadable("storage")];
      if (storage.type !== "efs") return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
      const { facts, faults } = await cluster.lookUp();
      const missing = faults.filter(({ key }) => key === "alerting:efsCsiDriver");
      if (missing.length > 0) return missing.map(({ sentence }) => failed(sentence));
      if (efsCsiDriver === "install" && facts?.owners.some(({ owner }) => owner === configuration.owner) !== true) {
        if (facts?.hasEfsCsiDriver !== true) return [ok("`pulumi up` installs it.")];
        return [
          warning(
            `the cluster has the CSIDriver ${efsCsiDriverName} already, and alerting:efsCsiDriver is "install": two drivers would conflict.`,
            "`pulumi config set alerting:efsCsiDriver existing`.",
          ),
        ];
      }
      const chosen = facts && validSections(configuration).nodes ? (await pick(facts)).chosen : [];
      const names = carriers(chosen, spread).map(({ node }) => node.name);
      return driverOn(cluster, names, spread);
    }),
    onCluster("storage class", reach, async ({ lookUp }) => {
      if (storage === undefined) return [unreadable("storage")];
      const { faults } = await lookUp();
      const here = faults.filter(({ key }) => key.startsWith("alerting:storage"));
      if (here.length > 0) return here.map(({ key, sentence }) => failed(`${key}: ${sentence}`));
      if (storage.type === "storageClass") return [ok(`"${storage.storageClass}" is there.`)];
      return [ok(`not needed: alerting:storage.type is "${storage.type}".`)];
    }),
  ];
}

/** Whether the driver runs on the nodes where data is mounted: each kubelet lists its drivers. */
async function driverOn(
  { kubeconfig, inTime }: Cluster,
  names: readonly string[],
  spread: Spread,
): Promise<CheckResult[]> {
  const [{ items }, daemons] = await Promise.all([
    inTime(kubeconfig.makeApiClient(StorageV1Api).listCSINode()),
    inTime(kubeconfig.makeApiClient(AppsV1Api).listDaemonSetForAllNamespaces()),
  ]);
  const look = "`kubectl get pods -A -o wide | grep efs-csi-node`, and `kubectl describe` those that are not ready.";
  const without = names.filter((name) => !hasDriver(items.find(({ metadata }) => metadata?.name === name)));
  if (without.length > 0) {
    return [
      failed(
        `the kubelet of ${named(without)} has no driver ${efsCsiDriverName}, so no EFS volume can be mounted there.`,
        `Do its node pods run on ${carrierName(spread)}s (do they tolerate their taints)? ${look}`,
      ),
    ];
  }
  const behind = daemons.items
    .filter(isNodePart)
    .filter(({ status }) => (status?.numberReady ?? 0) < (status?.desiredNumberScheduled ?? 0));
  if (behind.length > 0) {
    return behind.map(({ metadata, status }) =>
      warning(
        `${status?.numberReady ?? 0} of ${status?.desiredNumberScheduled ?? 0} node pods of ${metadata?.namespace}/${metadata?.name} are ready.`,
        look,
      ),
    );
  }
  if (names.length === 0) return [ok(`is there; the ${carrierName(spread)}s on which it must run are not known yet.`)];
  return [ok(`is there, and runs on ${named(names)}.`)];
}

function hasDriver(node: V1CSINode | undefined): boolean {
  return node?.spec.drivers.some(({ name }) => name === efsCsiDriverName) === true;
}

function isNodePart({ metadata, spec }: V1DaemonSet): boolean {
  const images = (spec?.template.spec?.containers ?? []).map(({ image }) => image ?? "");
  return metadata?.name === "efs-csi-node" || images.some((image) => image.includes("efs-csi-driver"));
}

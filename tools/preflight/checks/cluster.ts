import { isIP } from "node:net";
import { CoreV1Api } from "@kubernetes/client-node";
import { ifFound } from "../../../lookup/cluster/api-responses";
import { nodesNamespace } from "../../../conventions/cluster-names";
import { missingRights } from "../../../lookup/cluster/rights";
import type { Configuration } from "../../../config";
import { outsideText } from "../../../conventions/outside-text";
import { type Check, failed, named, ok, skipped, warning } from "../../shared/check-result";
import { type Cluster, onCluster, type Reach, unreadable } from "../cluster";
import { validSections } from "../../../settings/readable";

/** The minimum minor version of Kubernetes: the chart's Alertmanager needs 1.25. */
const leastMinor = 25;
/** The newest minor version of Kubernetes on which this program was run. */
const triedMinor = 36;

/** Whether the cluster can be reached, and its version. */
export function reachCheck(reach: Promise<Reach>): Check {
  return {
    name: "cluster",
    async run() {
      const reached = await reach;
      if ("fault" in reached) return [failed(`${reached.fault.key}: ${reached.fault.sentence}`)];
      const { major, minor, gitVersion } = reached.version;
      // Some providers append a "+" to the version.
      const number = Number.parseInt(minor, 10);
      if (major !== "1" || Number.isNaN(number)) return [warning(`is reached, with the version ${gitVersion}.`)];
      if (number < leastMinor) {
        return [
          failed(`is Kubernetes ${gitVersion}; the chart needs 1.${leastMinor} or later.`, "Upgrade the cluster."),
        ];
      }
      if (number > triedMinor) {
        return [warning(`is Kubernetes ${gitVersion}; this program was tested up to 1.${triedMinor}.`)];
      }
      return [ok(`is reached, Kubernetes ${gitVersion}.`)];
    },
  };
}

/** The settings whose problems the row `namespace` reports. */
const ofNamespaces = ["context", "namespace", "podSecurity", "dashboards.namespace"].map((key) => `alerting:${key}`);

/** The permissions, the owner of the namespace, and those problems of the configuration that only the cluster shows. */
export function placeChecks(configuration: Configuration, reach: Promise<Reach>): Check[] {
  const settings = validSections(configuration);
  const makes = {
    makesVolumes: settings.storage?.type === "efs",
    makesPolicies: settings.networkPolicies?.enabled,
    grafanaNamespace: settings.dashboards?.namespace,
  };
  const rights = ({ kubeconfig, context, inTime }: Cluster) => missingRights(kubeconfig, { context, ...makes }, inTime);
  return [
    onCluster("rights", reach, async (cluster) => {
      const faults = await rights(cluster);
      if (faults.length > 0) return faults.map(({ sentence }) => failed(sentence));
      return [ok(`the credentials of context "${cluster.context}" may do what \`pulumi up\` does.`)];
    }),
    onCluster("namespace", reach, async (cluster) => {
      const [{ facts, faults }, told] = await Promise.all([cluster.lookUp(), rights(cluster)]);
      const ownRow = new Set(told.map(({ sentence }) => sentence));
      const here = faults.filter(({ key, sentence }) => ofNamespaces.includes(key) && !ownRow.has(sentence));
      if (here.length > 0) return here.map(({ key, sentence }) => failed(`${key}: ${sentence}`));
      if (settings.namespace === undefined) return [unreadable("namespace")];
      if (facts === undefined) return [warning("is not known, because permissions are missing.")];
      const there = facts.owners.some(({ owner }) => owner === configuration.owner);
      return [ok(`"${settings.namespace}" ${there ? "is this stack's" : "is free; `pulumi up` creates it"}.`)];
    }),
    onCluster("IP family", reach, async ({ lookUp }) => {
      const { facts } = await lookUp();
      // The API server's addresses use the default IP family of Services.
      const addresses = facts?.apiServer?.addresses ?? [];
      if (addresses.length === 0)
        return [skipped("is not known: the cluster does not show its API server's addresses.")];
      if (addresses.some((address) => isIP(address) === 4)) return [ok("IPv4, as EFS and the NLBs need.")];
      return [
        failed(
          `the cluster uses IPv6 first (its API server has ${outsideText(named(addresses))}), and this program makes mount targets and NLBs only for IPv4.`,
          "Use a cluster whose first family is IPv4; it may use both families.",
        ),
      ];
    }),
    onCluster("priority class", reach, async ({ lookUp }) => {
      const { facts, faults } = await lookUp();
      const here = faults.filter(({ key }) => key === "alerting:priorityClass");
      if (here.length > 0) return here.map(({ sentence }) => failed(sentence));
      if (facts === undefined) return [warning("is not known.")];
      const { priorityClass } = settings;
      return [
        ok(priorityClass === undefined ? "none is set, so this program creates one." : `"${priorityClass}" is there.`),
      ];
    }),
    onCluster("network policies", reach, async ({ lookUp }) => {
      const { facts, faults } = await lookUp();
      const here = faults.filter(({ key }) => key.startsWith("alerting:networkPolicies"));
      if (here.length > 0) return here.map(({ key, sentence }) => failed(`${key}: ${sentence}`));
      const { networkPolicies } = settings;
      if (networkPolicies === undefined) return [unreadable("networkPolicies")];
      if (!networkPolicies.enabled) return [ok("none are created, because alerting:networkPolicies.enabled is false.")];
      if (facts === undefined) return [warning("is not known.")];
      return [ok("allow traffic to nodes and API server; whether they are enforced depends on the network plugin.")];
    }),
    onCluster("pull secrets", reach, async ({ kubeconfig, inTime }) => {
      const { images, namespace } = settings;
      if (images === undefined || namespace === undefined) return [unreadable(images ? "namespace" : "images")];
      if (images.pullSecrets.length === 0) return [ok("none is needed.")];
      const core = kubeconfig.makeApiClient(CoreV1Api);
      const missingIn = async (place: string) => {
        const found = await Promise.all(
          images.pullSecrets.map((name) => ifFound(inTime(core.readNamespacedSecret({ name, namespace: place })))),
        );
        return { place, missing: images.pullSecrets.filter((_, index) => found[index] === undefined) };
      };
      const lacking = (await Promise.all([namespace, nodesNamespace(namespace)].map(missingIn))).filter(
        ({ missing }) => missing.length > 0,
      );
      if (lacking.length === 0) return [ok(`there: ${named(images.pullSecrets)}.`)];
      return lacking.map(({ place, missing }) =>
        warning(
          `${named(missing)} ${missing.length === 1 ? "is" : "are"} not in namespace "${place}", so no image could be pulled there.`,
          `Once \`pulumi up\` has made the namespace, \`kubectl create secret docker-registry ${missing[0]} --namespace ${place} …\`; the pods then start by themselves.`,
        ),
      );
    }),
  ];
}

import assert from "node:assert/strict";
import { releaseValues } from "../../../values/release-values";
import { configuration, lines, type Values } from "../../support/settings";

const told = (override: object, more: Values = {}) =>
  lines(releaseValues(configuration({ values: override, ...more }).settings, []).faults);
const why =
  'makes a pod that the cluster would refuse, because the namespace enforces the Pod Security level "restricted"';

describe("overrides whose pods the cluster would refuse", () => {
  it("do not include this program's values", () => assert.deepEqual(told({}), []));

  const context = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const cases: [override: object, line: string][] = [
    [
      { server: { containerSecurityContext: { privileged: true } } },
      "server.containerSecurityContext.privileged: ; no container may be privileged",
    ],
    [
      { server: { containerSecurityContext: { allowPrivilegeEscalation: true } } },
      "server.containerSecurityContext.allowPrivilegeEscalation: ; `allowPrivilegeEscalation` has to be false",
    ],
    [
      { alertmanager: { securityContext: { capabilities: { add: ["NET_RAW"] } } } },
      "alertmanager.securityContext.capabilities: ; `capabilities` has to drop ALL, and may add only NET_BIND_SERVICE",
    ],
    [
      { "kube-state-metrics": { securityContext: { runAsNonRoot: false } } },
      "kube-state-metrics.securityContext.runAsNonRoot: ; `runAsNonRoot` has to be true",
    ],
    [
      { "kube-state-metrics": { securityContext: { enabled: false } } },
      "kube-state-metrics.containerSecurityContext: ; `runAsNonRoot` has to be true",
    ],
    [
      { "prometheus-pushgateway": { securityContext: { runAsUser: 0 } } },
      "prometheus-pushgateway.securityContext.runAsUser: ; `runAsUser` may not be 0",
    ],
    [
      { "prometheus-pushgateway": { securityContext: { seccompProfile: { type: "Unconfined" } } } },
      "prometheus-pushgateway.securityContext.seccompProfile: ; the type of `seccompProfile` has to be RuntimeDefault or Localhost",
    ],
    [
      { alertmanager: { extraContainers: [{ name: "more", image: "registry.example/more" }] } },
      "alertmanager.extraContainers[0].securityContext: ; `allowPrivilegeEscalation` has to be false",
    ],
    [
      { server: { extraVolumes: [{ name: "host", hostPath: { path: "/" } }] } },
      "server.extraVolumes[0].hostPath: ; a volume of that kind is not allowed",
    ],
    [
      { alertmanager: { extraPodConfigs: { hostNetwork: true } } },
      "alertmanager.extraPodConfigs.hostNetwork: ; nothing of the host may be used",
    ],
    [
      { "prometheus-node-exporter": { namespaceOverride: "monitoring" } },
      "prometheus-node-exporter.namespaceOverride: ; node-exporter's pods are only accepted in the namespace monitoring-nodes",
    ],
  ];
  for (const [override, line] of cases) {
    const [path, reason] = line.split(": ; ") as [string, string];
    it(`are reported before anything is applied: ${path}, ${reason}`, () => {
      const found = told(override).filter((one) => one.startsWith(`alerting:values.${path}: ${why}: ${reason}.`));
      assert.equal(found.length, 1, told(override).join("\n"));
    });

    it(`are not reported if podSecurity is "unenforced": ${path}`, () => {
      assert.ok(!told(override, { podSecurity: "unenforced" }).join().includes(why));
    });
  }

  it("do not include an extra container that meets the level", () => {
    const extraContainers = [{ name: "more", image: "registry.example/more", securityContext: context }];
    assert.deepEqual(told({ alertmanager: { extraContainers } }), []);
  });

  it("do not include an extra container given as a string, which Helm's templates turn into a container", () => {
    assert.deepEqual(told({ server: { sidecarContainers: { more: "image: registry.example/more" } } }), []);
  });

  it("do not include a volume of an allowed type", () => {
    const extraVolumes = [{ name: "more", configMap: { name: "more" } }];
    assert.deepEqual(told({ server: { extraVolumes } }), []);
  });
});

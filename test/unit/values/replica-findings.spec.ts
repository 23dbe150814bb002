import assert from "node:assert/strict";
import { releaseValues } from "../../../values/release-values";
import { settings, type Values, workerB } from "../../support/settings";

const three = { alertmanagers: 3, prometheus: 2 };
const nodes = { masters: { names: ["one"] }, workers: { names: [workerB] } };

/** The problems of an override of the chart's values, as lines. */
function faults(availability: object, values: object, more: Values = {}): string[] {
  const { faults: found } = releaseValues(settings({ availability, values, ...more }), []);
  return found.map(({ key, sentence }) => `${key}: ${sentence}`);
}

/** An override, the key that is reported, and the same override with what the sentence says to write. */
const cases: readonly { what: string; override: object; key: string; says: RegExp; mended?: object }[] = [
  {
    what: "an environment without the servers' names",
    override: { server: { env: [{ name: "TZ", value: "Asia/Seoul" }] } },
    key: "server.env",
    says: /both servers would have the same labels, .*; write \{"name":"POD_NAME".* into the list too\.$/,
    mended: {
      server: {
        env: [
          { name: "TZ", value: "Asia/Seoul" },
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
      },
    },
  },
  {
    what: "a name that is the same for both servers",
    override: { server: { env: [{ name: "POD_NAME", value: "same" }] } },
    key: "server.env",
    says: /both servers would have the same labels/,
  },
  {
    what: "another label of the servers",
    override: { server: { global: { external_labels: { prometheus_replica: "x" } } } },
    key: "server.global.external_labels.prometheus_replica",
    says: /write "\$\{POD_NAME\}", or leave it out\.$/,
  },
  {
    what: "alerts that keep the server's label",
    override: { alertRelabelConfigs: { alert_relabel_configs: [{ regex: "zone", action: "labeldrop" }] } },
    key: "alertRelabelConfigs.alert_relabel_configs",
    says: /each alert twice, once from each server; write \{"regex":"prometheus_replica","action":"labeldrop"\} into the list/,
    mended: {
      alertRelabelConfigs: {
        alert_relabel_configs: [
          { regex: "zone", action: "labeldrop" },
          { regex: "prometheus_replica", action: "labeldrop" },
        ],
      },
    },
  },
  {
    what: "replicas on one node",
    override: {
      alertmanager: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [] } } },
    },
    key: "alertmanager.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
    says: /two replicas could run on one node/,
  },
  {
    what: "a second flag of the chart",
    override: { alertmanager: { extraArgs: { "cluster.listen-address": "" } } },
    key: 'alertmanager.extraArgs["cluster.listen-address"]',
    says: /a flag that is given twice ends the program; leave it out\.$/,
  },
];

describe("an override of the chart's values beside several replicas", () => {
  for (const { what, override, key, says, mended } of cases) {
    it(`is refused if it means ${what}, and accepted with one of each`, () => {
      const [fault = "", ...others] = faults(three, override);
      assert.deepEqual(others, []);
      assert.ok(fault.startsWith(`alerting:values.${key}: `), fault);
      assert.match(fault, says);
      assert.deepEqual(faults({}, override), []);
      if (mended !== undefined) assert.deepEqual(faults(three, mended), []);
    });
  }

  it("is refused if replicas that are spread over all nodes could run on nodes without a label", () => {
    const terms = [{ matchExpressions: [{ key: "disk", operator: "In", values: ["fast"] }] }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
    const override = { server: { affinity: { nodeAffinity: required } } };
    const [fault = "", ...others] = faults({ ...three, spread: "all" }, override, { nodes });
    assert.deepEqual(others, []);
    assert.match(fault, /^alerting:values\.server\.affinity\.nodeAffinity.* nodes that are not this stack's/);
    assert.deepEqual(faults(three, override), []);
  });
});

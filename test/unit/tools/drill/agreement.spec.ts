import * as assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import {
  configurationHash,
  configurationWarnings,
  deployedConfigurationHash,
  memberWarnings,
  silenceGaps,
} from "../../../../tools/drill/agreement";
import type { HeldSilence } from "../../../../tools/drill/alertmanager-api";
import { FakeCluster, notFound } from "../../../support/fake-cluster";

const of = <T>(...answers: T[]) => answers.map((answer, index) => ({ name: `am-${index}`, answer }));
const silences = (...ids: string[]) => ids.map((id) => ({ id }) as HeldSilence);

describe("Alertmanagers that should agree", () => {
  it("are reported if they do not see each other", () => {
    assert.deepEqual(memberWarnings(of({ members: 3 }, { members: 3 }, { members: 3 }), 3), []);
    const [told, ...more] = memberWarnings(of({ members: 2 }, { members: 1 }), 2);
    assert.deepEqual(more, []);
    assert.match(told!, /^am-1 sees 1 of 2 Alertmanagers, so messages may be sent twice: .* 9094/);
  });

  it("are reported if one lacks a silence that others have", () => {
    assert.deepEqual(silenceGaps(of(silences("a", "b"), silences("b", "a"))), []);
    assert.deepEqual(silenceGaps(of(silences("a", "b"), silences("b"), [])), [
      "am-1 does not have the silence a, which another Alertmanager has, and may send what it mutes.",
      "am-2 does not have the silences a, b, which another Alertmanager has, and may send what they mute.",
    ]);
  });

  it("are reported if one has another configuration than the deployed one, or than the others", () => {
    assert.deepEqual(configurationWarnings(of(1, 1), 1), []);
    assert.deepEqual(configurationWarnings(of(undefined, 1), undefined), [], "an unknown one is not compared");
    assert.match(
      configurationWarnings(of(1, 2), 2).join(),
      /^am-0 runs another configuration than the one that is deployed: /,
    );
    assert.match(configurationWarnings(of(1, 2), undefined).join(), /^am-1 runs another configuration than am-0: /);
  });

  it("have a checksum that is computed as Alertmanager computes it", () => {
    // Values of Alertmanager's own function.
    assert.equal(configurationHash("global:\n  resolve_timeout: 10m\n"), 63657913343414);
    assert.equal(configurationHash(""), 617830161876);
  });

  it("are compared with the ConfigMap, if it can be read", async () => {
    const path = "GET /api/v1/namespaces/monitoring/configmaps/prometheus-alertmanager";
    const text = "route: {}\n";
    for (const [answer, expected] of [
      [{ data: { "alertmanager.yml": text } }, configurationHash(text)],
      [notFound, undefined],
    ] as const) {
      const cluster = await FakeCluster.start({ [path]: answer });
      try {
        const kubeconfig = new KubeConfig();
        kubeconfig.loadFromFile(cluster.kubeconfig());
        kubeconfig.setCurrentContext("lab");
        assert.equal(await deployedConfigurationHash(kubeconfig, "monitoring"), expected);
      } finally {
        await cluster.stop();
      }
    }
  });
});

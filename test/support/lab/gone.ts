import * as assert from "node:assert/strict";
import { AppsV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../../lab/control-plane/client";
import type { Lab } from "../../../lab/lab";
import type { Urls } from "../../../lab/web";
import { PrometheusApi } from "../../../lab/prometheus-api";
import { settle } from "../../../lab/idle";
import { SlackWatch } from "./slack-watch";
import { say } from "./with-lab";

/** Settings of alerts with which the tests below need not wait for minutes. */
export const goneSoon = { KubeStateMetricsMissing: { for: "4s" } };

const deployment = { name: "prometheus-kube-state-metrics", namespace: "monitoring" };

/**
 * Without what is told of the target of a pod that has gone: discovery lets go of it within five seconds and more on a busy
 * machine, which is about as long as the fast profile waits before InstanceDown.
 */
const lasting = ({ titles }: SlackWatch) => titles.filter((title) => !title.includes("InstanceDown"));

/** Tests of what alerts rely on and what goes away. They leave the stack as it is. */
export function describeGone(lab: () => Lab, urls: () => Urls): void {
  async function scale(replicas: number): Promise<void> {
    const apps = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(AppsV1Api);
    await apps.replaceNamespacedDeploymentScale({ ...deployment, body: { metadata: deployment, spec: { replicas } } });
  }

  before("wait until nothing fires", () => settle(urls(), say));

  it("is told of kube-state-metrics that somebody scales to nothing, though no target is down", async () => {
    const watch = await SlackWatch.of(
      lab(),
      () => scale(0),
      ({ title }) => /\[FIRING\] KubeStateMetricsMissing/.test(title),
      { patience: 120, quiet: lab().profile.times.groupInterval },
    );
    assert.equal(lasting(watch).length, 1, watch.titles.join("\n"));
    const targets = await new PrometheusApi(urls().prometheus, urls().access).targets();
    const down = targets.filter(({ health }) => health !== "up");
    assert.deepEqual(down, []);
  });

  it("is told when it is back", async () => {
    const watch = await SlackWatch.of(
      lab(),
      () => scale(1),
      ({ title }) => /\[RESOLVED\] KubeStateMetricsMissing/.test(title),
      { patience: 120, quiet: lab().profile.times.groupInterval },
    );
    assert.equal(lasting(watch).length, 1, watch.titles.join("\n"));
    await settle(urls(), say);
  });
}

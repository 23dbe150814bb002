import * as assert from "node:assert/strict";
import { AppsV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../../lab/control-plane/client";
import type { Lab } from "../../../lab/lab";
import type { Urls } from "../../../lab/web";
import { PrometheusApi } from "../../../lab/prometheus-api";
import { settle } from "../../../lab/idle";
import { SlackWatch } from "./slack-watch";
import { say } from "./with-lab";

/** Alert settings that spare the tests below from waiting for minutes. */
export const goneSoon = { KubeStateMetricsMissing: { for: "4s" } };

const deployment = { name: "prometheus-kube-state-metrics", namespace: "monitoring" };

/**
 * Titles except InstanceDown: service discovery drops the target of a deleted pod only after five seconds or more on a
 * busy machine, about as long as the fast profile waits before InstanceDown.
 */
const lasting = ({ titles }: SlackWatch) => titles.filter((title) => !title.includes("InstanceDown"));

/** Tests of missing metric sources. They do not change the stack. */
export function describeGone(lab: () => Lab, urls: () => Urls): void {
  async function scale(replicas: number): Promise<void> {
    const apps = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(AppsV1Api);
    await apps.replaceNamespacedDeploymentScale({ ...deployment, body: { metadata: deployment, spec: { replicas } } });
  }

  before("wait until nothing fires", () => settle(urls(), say));

  it("include kube-state-metrics: if it is scaled to zero, Slack is notified although no target is down", async () => {
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

  it("include kube-state-metrics: when it is back, Slack is notified", async () => {
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

import * as assert from "node:assert/strict";
import { AppsV1Api } from "@kubernetes/client-node";
import { clientConfig } from "../../../lab/control-plane/client";
import type { Lab } from "../../../lab/lab";
import type { Urls } from "../../../lab/web";
import { PrometheusApi } from "../../../lab/prometheus-api";
import { settle } from "../../../lab/idle";
import { SlackWatch } from "./slack-watch";
import { say } from "./with-lab";

/** Alert settings with which the tests below do not have to wait for minutes. */
export const goneSoon = { KubeStateMetricsMissing: { for: "4s" } };

const deployment = { name: "prometheus-kube-state-metrics", namespace: "monitoring" };

/**
 * The titles except those of InstanceDown. On a busy machine, service discovery drops the target of a deleted pod only
 * after five seconds or more, which can be long enough for InstanceDown to fire in the fast profile.
 */
const lasting = ({ titles }: SlackWatch) => titles.filter((title) => !title.includes("InstanceDown"));

/** Tests in which sources of metrics go away. The tests do not change the stack. */
export function describeGone(lab: () => Lab, urls: () => Urls): void {
  async function scale(replicas: number): Promise<void> {
    const apps = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(AppsV1Api);
    await apps.replaceNamespacedDeploymentScale({ ...deployment, body: { metadata: deployment, spec: { replicas } } });
  }

  before("wait until nothing fires", () => settle(urls(), say));

  it("are reported in Slack if kube-state-metrics is scaled to zero, although no target is down", async () => {
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

  it("are reported as resolved in Slack when kube-state-metrics is back", async () => {
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

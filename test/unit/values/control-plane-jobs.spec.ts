import assert from "node:assert/strict";
import { alertingRules } from "../../../alerts/alerting-rules";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import { chartJobs } from "../../../chart/contract";
import { controlPlaneJobs } from "../../../values/control-plane-jobs";
import { prometheusValues } from "../../../values/prometheus-values";
import { rightsToScrape } from "../../../values/scrape-rights";
import { settings } from "../../support/settings";

const scraped = settings({ prometheus: { scrapeControlPlane: true } });
const jobs = controlPlaneJobs(scraped);
const names = ["etcd", "kube-scheduler", "kube-controller-manager"];

/** The address that a job scrapes for a pod with an IP. */
function addressOf(job: string, ip: string): string {
  const rules = jobs[job]!.relabel_configs!.filter(({ target_label }) => target_label === "__address__");
  return rules.reduce((address, { regex, replacement }) => {
    const whole = new RegExp(`^(?:${regex!})$`);
    return whole.test(ip) ? ip.replace(whole, replacement!) : address;
  }, "none");
}

describe("the scrape jobs of the control plane", () => {
  it("exist only if the setting asks for them", () => {
    assert.deepEqual(controlPlaneJobs(settings()), {});
    assert.deepEqual(Object.keys(jobs), names);
    const { scrapeConfigs } = prometheusValues(scraped);
    assert.deepEqual(
      Object.keys(scrapeConfigs).filter((name) => names.includes(name)),
      names,
    );
    assert.ok(!names.some((name) => name in prometheusValues(settings()).scrapeConfigs));
  });

  it("find the pods by the labels that kubeadm gives them, and scrape their usual ports", () => {
    for (const name of names)
      assert.deepEqual(jobs[name]!.kubernetes_sd_configs, [
        {
          role: "pod",
          namespaces: { names: ["kube-system"] },
          selectors: [{ role: "pod", label: `component=${name},tier=control-plane` }],
        },
      ]);
    assert.deepEqual(
      names.map((name) => addressOf(name, "10.0.1.11")),
      ["10.0.1.11:2381", "10.0.1.11:10259", "10.0.1.11:10257"],
    );
    assert.equal(addressOf("etcd", "fd00::1:11"), "[fd00::1:11]:2381");
  });

  it("give each target the labels by which alerts about a dead node are muted", () => {
    for (const name of names) {
      const labels = jobs[name]!.relabel_configs!.map(({ target_label }) => target_label);
      for (const label of ["namespace", "pod", "node"]) assert.ok(labels.includes(label), `${name}: ${label}`);
    }
  });

  it("send the token of Prometheus to the scheduler and the controller manager only, and never without TLS", () => {
    assert.ok(!("bearer_token_file" in jobs["etcd"]!));
    for (const name of names.slice(1)) {
      assert.equal(jobs[name]!.scheme, "https");
      assert.match(jobs[name]!.bearer_token_file ?? "", /serviceaccount\/token$/);
    }
  });

  it("are accepted by Prometheus' parser, and need no further rights", () => {
    const values = prometheusValues(scraped);
    assert.deepEqual(checkPrometheusFile(values, chartJobs()), []);
    assert.deepEqual(rightsToScrape(values), rightsToScrape(prometheusValues(settings())));
  });

  it("bring the alerts about them", () => {
    const extra = alertingRules(scraped).own.filter((name) => !alertingRules(settings()).own.includes(name));
    assert.ok(extra.includes("EtcdNoLeader") && extra.includes("ControlPlaneTargetsMissing"), extra.join());
  });
});

describe("the alerts about remote write", () => {
  it("are loaded only if Prometheus writes to another server", () => {
    const own = (values: object) => alertingRules(settings({ values })).own;
    const remoteWrite = [{ url: "https://metrics.example/write" }];
    assert.ok(own({ server: { remoteWrite } }).includes("PrometheusRemoteWriteBehind"));
    assert.ok(!own({}).some((name) => name.startsWith("PrometheusRemoteWrite")));
  });
});

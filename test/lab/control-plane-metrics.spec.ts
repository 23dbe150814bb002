import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CoreV1Api, KubeConfig, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { catalog } from "../../alerts/catalog";
import { type ControlPlane, startControlPlane } from "../../lab/control-plane/start";
import { findPrograms } from "../../lab/programs/find";
import { ask } from "../../lab/web";
import { prometheusValues } from "../../values/prometheus-values";
import { rightsToScrape } from "../../values/scrape-rights";
import { settings } from "../support/settings";
import { until } from "../support/until";

const programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const account = { name: "prometheus-server", namespace: "default" };

/** The metrics of the built-in alerts whose names match. */
const metricsOfAlerts = (prefix: RegExp) => [
  ...new Set(
    catalog().flatMap(({ facts }) => facts.selectors.map(({ metric }) => metric).filter((name) => prefix.test(name))),
  ),
];

/** The wanted metrics that a program does not serve. */
const missing = (served: string, wanted: readonly string[]) =>
  wanted.filter((name) => !new RegExp(`^${name}[{ ]`, "m").test(served));

describe("the metrics of the control plane", function () {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
  let controlPlane: ControlPlane;
  let token: string;

  before(async function () {
    this.timeout("30m"); // The programs may have to be built first.
    const say = () => undefined;
    controlPlane = await startControlPlane({ programs: await findPrograms(programs, say), directory, say });
    const config = new KubeConfig();
    config.loadFromFile(controlPlane.kubeconfigPath);
    const [core, rbac] = [config.makeApiClient(CoreV1Api), config.makeApiClient(RbacAuthorizationV1Api)];
    const metadata = { name: "prometheus" };
    const rules = rightsToScrape(prometheusValues(settings({ prometheus: { scrapeControlPlane: true } })));
    await core.createNamespacedServiceAccount({ namespace: account.namespace, body: { metadata: account } });
    await rbac.createClusterRole({ body: { metadata, rules } });
    await rbac.createClusterRoleBinding({
      body: {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: metadata.name },
        subjects: [{ kind: "ServiceAccount", ...account }],
      },
    });
    const body = { spec: { audiences: [controlPlane.serviceAccountIssuer] } };
    token = (await core.createNamespacedServiceAccountToken({ ...account, body })).status?.token ?? "";
  });
  after(async () => {
    await controlPlane?.stop();
    fs.rmSync(directory, { recursive: true, force: true });
  });

  const metricsOf = (url: string, withToken = true) =>
    ask(url, {}, { takesAnyCertificate: true, headers: withToken ? { authorization: `Bearer ${token}` } : {} });

  it("of the API server include those that alerts read", async () => {
    const wanted = metricsOfAlerts(/^(apiserver|aggregator)_|^etcd_request_/);
    // This counter appears with the first webhook that does not answer.
    const later = ["apiserver_admission_webhook_rejection_count"];
    assert.ok(wanted.length > later.length + 3);
    await until(
      "the API server serves all metrics",
      async () => {
        const { status, text } = await metricsOf(`${controlPlane.server}/metrics`);
        return status === 200 && missing(text, wanted).join() === later.join();
      },
      { seconds: 60 },
    );
  });

  it("of etcd are served without a token, and include those that alerts read", async () => {
    const { status, text } = await metricsOf(controlPlane.metrics.etcd, false);
    assert.equal(status, 200);
    assert.deepEqual(missing(text, metricsOfAlerts(/^etcd_(server|mvcc|disk|network)_/)), []);
  });

  for (const name of ["kube-scheduler", "kube-controller-manager"] as const)
    it(`of ${name} are served with the rights that the program gives Prometheus, and not without`, async () => {
      await until(
        `${name} serves its metrics`,
        async () => {
          const { status, text } = await metricsOf(controlPlane.metrics[name]);
          return status === 200 && /^process_start_time_seconds /m.test(text);
        },
        { seconds: 30 },
      );
      assert.equal((await metricsOf(controlPlane.metrics[name], false)).status, 403);
    });
});

import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as http from "node:http";
import * as path from "node:path";
import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { appConfig, appStackWorkspace, podTargets } from "../../lab/app-stack";
import { clientConfig } from "../../lab/control-plane/client";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { PrometheusApi } from "../../lab/prometheus-api";
import type { Urls } from "../../lab/web";
import { readSlackPayload } from "../../lab/slack-message";
import { type LabStack, StackError } from "../../lab/stack";
import type { StackWorkspace } from "../../lab/stack-workspace";
import { settle } from "../../lab/idle";
import { labStack, leftoversSince, requireNoChange, snapshot, urlsOf } from "../../lab/steps";
import { changesSince, say, withLab } from "../support/lab/with-lab";
import { until } from "../support/until";

const namespace = "example-app";
const alertingStack = "organization/alerting/watched";

describe("on the lab, an app stack beside the alerting stack", function () {
  this.timeout("10m");
  const lab = withLab();
  let clean: ClusterSnapshot;
  let alerting: LabStack;
  let workspace: StackWorkspace;
  let app: LabStack;
  let urls: Urls;
  let prometheus: PrometheusApi;
  let core: CoreV1Api;

  async function pod(): Promise<V1Pod> {
    const { items } = await core.listNamespacedPod({ namespace });
    assert.equal(items.length, 1);
    return items[0]!;
  }

  before("apply the alerting stack", async () => {
    core = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    clean = await snapshot(lab());
    alerting = await labStack(lab(), "watched");
    workspace = await appStackWorkspace(lab());
    app = await workspace.create("app");
    await app.configure(appConfig(lab(), alertingStack));
    await alerting.up(say);
    urls = await urlsOf(lab(), alerting);
    prometheus = new PrometheusApi(urls.prometheus, urls.access);
    await settle(urls, say);
  });

  describe("without a readable alerting stack", () => {
    const said: [title: string, name: string, ...says: RegExp[]][] = [
      ["a stack that does not exist", "organization/alerting/nowhere", /no stack "organization\/alerting\/nowhere"/],
      ["a wrong organization", "acme/alerting/watched", /no organization "acme"/, /"organization\/alerting\/watched"/],
      [
        "an output of a wrong type",
        "organization/producer/wrong",
        /namespace is 7, .* a string/,
        /prometheusUrl is missing/,
      ],
    ];

    let wrong: LabStack;

    before("make a stack that is not an alerting stack", async () => {
      wrong = await workspace.create("wrong");
      const projectRoot = path.join(lab().directory, "producer-program");
      await fs.mkdir(projectRoot, { recursive: true });
      const program = `module.exports = new (require("@pulumi/pulumi").Config)().requireObject("outputs");\n`;
      await fs.writeFile(path.join(projectRoot, "index.js"), program);
      await fs.writeFile(path.join(projectRoot, "package.json"), '{ "main": "index.js" }\n');
      await fs.writeFile(path.join(projectRoot, "Pulumi.yaml"), "name: producer\nruntime: nodejs\nmain: index.js\n");
      const producers = await workspace.beside({ directory: path.join(lab().directory, "producer"), projectRoot });
      const stack = await producers.create("wrong");
      await stack.configure({ "producer:outputs": { contractVersion: 1, namespace: 7 } });
      await stack.up(say);
    });

    for (const [title, name, ...says] of said) {
      it(`reports ${title} in one sentence, and changes nothing`, async () => {
        await wrong.configure(appConfig(lab(), name));
        const started = new Date();
        await assert.rejects(wrong.preview(say), (error: unknown) => {
          assert.ok(error instanceof StackError, String(error));
          for (const expected of says) assert.match(error.message, expected);
          assert.doesNotMatch(error.run.output, /\bat .*\.[jt]s:\d+|unhandled/, "no stack trace");
          return true;
        });
        assert.deepEqual(changesSince(lab(), started), []);
      });
    }
  });

  it("can be deployed with its own passphrase", async () => {
    const passphrase = (of: StackWorkspace) => fs.readFile(of.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8");
    assert.notEqual(await passphrase(workspace), await passphrase(lab().stacks));
    assert.equal(workspace.env.PULUMI_BACKEND_URL, lab().stacks.env.PULUMI_BACKEND_URL);
    const { changes } = await app.up(say);
    assert.equal(changes.create, 4, JSON.stringify(changes));
    const { prometheusUrl } = await alerting.plainOutputs();
    assert.deepEqual(await app.plainOutputs(), { namespace, deployment: "example-app", prometheusUrl });
  });

  it("has its metrics in Prometheus, which finds the app's pod by the pod's annotations", async () => {
    const name = (await pod()).metadata?.name;
    const up = (targets: readonly { health: string }[]) => targets.some(({ health }) => health === "up");
    const targets = await podTargets(prometheus, namespace, up);
    assert.deepEqual(
      targets.map(({ labels, scrapeUrl }) => [labels.pod, new URL(scrapeUrl).pathname]),
      [[name, "/metrics"]],
    );
    assert.match(await untilInPrometheus(`version{namespace="${namespace}"}`), new RegExp(name!));
  });

  it("can push to the Pushgateway at the address that its container was given", async () => {
    const { value } = (await pod()).spec?.containers[0]?.env?.find((one) => one.name === "PUSHGATEWAY_URL") ?? {};
    assert.equal(value, (await alerting.plainOutputs()).pushgatewayInClusterUrl);
    assert.equal(await pushAsPod(`${value}/metrics/job/nightly`, "example_rows 42\n"), 200);
    assert.match(await untilInPrometheus("example_rows"), /"nightly"/);
  });

  it("changes nothing in a second update, and neither does the alerting stack", async () => {
    requireNoChange(await app.up(say));
    requireNoChange(await alerting.up(say));
  });

  it("can also read the alerting stack's outputs from a ConfigMap in the alerting namespace", async () => {
    const { data } = await core.readNamespacedConfigMap({ name: "alerting-outputs", namespace: "monitoring" });
    const outputs = Object.entries(await alerting.plainOutputs()).map(([name, value]) => [name, String(value)]);
    assert.deepEqual(data, Object.fromEntries(outputs));
  });

  it("is reported by name in Slack if its process dies while its pod stays, and no longer after it is destroyed", async () => {
    const before = await pod();
    const name = before.metadata?.name ?? "";
    const program = { program: "example-app", node: before.spec?.nodeName ?? "" } as const;
    const message = (word: string) =>
      lab().slack.nextMessage((one) => {
        const { title, lines } = readSlackPayload(one.payload);
        return title.includes(`[${word}`) && lines.join("\n").includes(`${namespace}/${name}`);
      }, 300_000);
    const firing = message("FIRING");
    await lab().nodes.stopProgram(program);
    try {
      await firing;
      const alerts = (await prometheus.alerts()).filter(({ state }) => state === "firing");
      const told = alerts.filter(({ labels }) => labels.alertname !== "Watchdog");
      assert.deepEqual(
        told.map(({ labels }) => [labels.alertname, labels.namespace, labels.pod]),
        [["InstanceDown", namespace, name]],
      );
      assert.equal((await pod()).metadata?.uid, before.metadata?.uid);
      const resolved = message("RESOLVED");
      resolved.catch(() => undefined);
      await app.destroy(say);
      await resolved;
    } finally {
      await lab().nodes.startProgram(program);
    }
    await podTargets(prometheus, namespace, (targets) => targets.length === 0);
    await settle(urls, say);
  });

  it("leaves the alerting stack intact when it is destroyed, and leaves no resources of its own behind", async () => {
    requireNoChange(await alerting.preview(say, { refresh: true }));
    const { items } = await core.listNamespace();
    assert.ok(!items.some(({ metadata }) => metadata?.name === namespace));
  });

  after("destroy the alerting stack", async () => {
    await alerting.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);
  });

  /** The result of a query, as soon as there is one. */
  async function untilInPrometheus(query: string): Promise<string> {
    let answer = "";
    await until(`${query} has a sample`, async () => {
      answer = await prometheus.page(`/api/v1/query?query=${encodeURIComponent(query)}`);
      return !answer.includes('"result":[]');
    });
    return answer;
  }

  /** Sends a POST request through the pod network, where the Service's name can be resolved. */
  async function pushAsPod(url: string, body: string): Promise<number | undefined> {
    const { hostname, port } = new URL(lab().nodes.proxyUrl);
    const headers = { host: new URL(url).host };
    return new Promise((resolve, reject) => {
      const request = http.request({ hostname, port, path: url, method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on("error", reject);
      request.end(body);
    });
  }
});

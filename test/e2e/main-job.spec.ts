import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { PrometheusApi } from "../../lab/prometheus-api";
import { searchForSecrets } from "../../lab/secret-search";
import type { Urls } from "../../lab/web";
import { faultsOf } from "../../lab/secrets/scan";
import { readSlackPayload } from "../../lab/slack-message";
import type { LabStack } from "../../lab/stack";
import { drill, type LabDrill } from "../../lab/drill";
import { settle } from "../../lab/idle";
import { labStack, leftoversSince, snapshot, urlsOf } from "../../lab/steps";
import { changesSince, say, withLab } from "../support/lab/with-lab";
import { nodeDrillStages } from "../support/lab/drill-stages";

describe("on the lab, the main job (deploy and alert)", function () {
  this.timeout("10m");
  const lab = withLab();
  let before: ClusterSnapshot;
  let stack: LabStack;
  let urls: Urls;
  let shown: LabDrill;

  it("previews without applying anything", async () => {
    before = await snapshot(lab());
    stack = await labStack(lab(), "main-job");
    const started = new Date();
    const { changes } = await stack.preview(say);
    assert.ok((changes.create ?? 0) > 20, `creates ${changes.create ?? 0} resources`);
    assert.deepEqual(changesSince(lab(), started), []);
    assert.deepEqual(await lab().aws.remaining(), []);
  });

  it("deploys the stack", async () => {
    const { changes } = await stack.up(say);
    assert.deepEqual(Object.keys(changes), ["create"]);
    urls = await urlsOf(lab(), stack);
  });

  it("puts no secret into the stack's outputs", async () => {
    const secret = Object.entries(await stack.plainOutputs()).filter(([, output]) => output === "[secret]");
    assert.deepEqual(secret, []);
  });

  it("shows no change in a second preview, which writes nothing to the state", async () => {
    const started = Date.now();
    const { changes } = await stack.preview(say);
    assert.deepEqual(Object.keys(changes), ["same"]);
    const directory = path.join(lab().directory, "state");
    const files = await fs.readdir(directory, { recursive: true });
    const written = await Promise.all(
      files.map(async (file) => ({ file, at: (await fs.stat(path.join(directory, file))).mtimeMs })),
    );
    assert.ok(files.length > 5, directory);
    assert.deepEqual(
      written.filter(({ at }) => at > started),
      [],
    );
  });

  it("has every target up and no alert active", async () => {
    assert.ok((await settle(urls, say)) >= 14);
  });

  it("answers at the host names in the stack's outputs", async () => {
    await new PrometheusApi(urls.prometheus, urls.access).page("/-/ready");
    await new PrometheusApi(urls.alertmanager, urls.access).page("/-/ready");
  });

  it("notifies Slack when a node's exporter stops, and when it runs again", async () => {
    shown = await drill(lab(), stack, urls, say);
    assert.deepEqual(
      shown.report.stages.map(({ name }) => name),
      nodeDrillStages,
    );
    assert.equal(shown.messages.length, 2);
    await fs.access(path.join(lab().directory, "timeline.svg"));
  });

  it("writes messages that name the instance, the node and the job", () => {
    const [firing, resolved] = shown.messages.map(({ payload }) => readSlackPayload(payload));
    assert.equal(firing?.channel, "#monitoring");
    assert.match(firing?.title ?? "", /^\[FIRING\] InstanceDown/);
    assert.match(resolved?.title ?? "", /^\[RESOLVED\] InstanceDown/);
    const text = firing?.lines.join("\n") ?? "";
    assert.match(text, /10\.0\.2\.11:9100/);
    assert.match(text, new RegExp(shown.report.id.replaceAll(".", "\\.")));
  });

  it("keeps each secret where it belongs and nowhere else", async () => {
    const scan = await searchForSecrets(lab(), stack, urls, say);
    assert.deepEqual(faultsOf(scan), []);
    assert.ok(scan.placesSearched.length > 400);
    // If the lab failed to read a kind of secret, the scan would not look for it and would wrongly succeed.
    const kinds = ["Slack webhook", "people's web password", "Prometheus' own password", "service accounts' tokens"];
    assert.deepEqual(
      kinds.filter((kind) => !scan.rows.some(({ name }) => name === kind)),
      [],
    );
    const pages = ["Alertmanager /api/v2/status (200)", "Prometheus /api/v1/status/config (200)"];
    assert.deepEqual(
      pages.filter((page) => !scan.placesSearched.includes(`answer: ${page}`)),
      [],
    );
    const webhook = scan.rows.find(({ name }) => name === "Slack webhook");
    assert.deepEqual(
      webhook?.expected.map(({ place }) => place).filter((place) => place.startsWith("cluster: ")),
      ["cluster: Secret monitoring/alertmanager-slack data.webhook-url"],
    );
  });

  it("leaves nothing behind except the labels of the nodes", async () => {
    await stack.destroy(say);
    const { leftovers, retained } = await leftoversSince(lab(), before);
    assert.deepEqual(leftovers, []);
    assert.ok(
      retained.every((line) => line.startsWith("cluster: label key=")),
      retained.join("\n"),
    );
  });
});

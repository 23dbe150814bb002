import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { AppsV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { parse, stringify } from "yaml";
import { clientConfig } from "../../lab/control-plane/client";
import type { ClusterSnapshot } from "../../lab/leftovers";
import { projectRoot } from "../../lab/run-directory";
import type { StackRun } from "../../lab/stack";
import { leftoversSince, requireNoChange, snapshot } from "../../lab/steps";
import { prometheusChart } from "../../versions";
import { until } from "../support/until";
import { Operator } from "../support/lab/operator";
import { say, withLab } from "../support/lab/with-lab";

const namespace = "monitoring";
const release = "kubernetes:helm.sh/v3:Release";
const operationsOn = ({ steps }: StackRun, type: string): string[] =>
  steps.filter((step) => step.type === type).map(({ operation }) => operation);

describe("on the lab, the operator", function () {
  const lab = withLab();
  let clean: ClusterSnapshot;
  let operator: Operator;
  let apps: AppsV1Api;

  const helm = async (...args: string[]): Promise<string> => {
    const { execa } = await import("execa");
    return (await execa("helm", [...args, "--namespace", namespace], { env: { ...lab().stacks.env } })).stdout;
  };
  const chartOfLab = () => path.resolve(projectRoot, (lab().config["alerting:chart"] as { source: string }).source);
  /** The value of `alerting:chart` for a local chart: its path, relative to the program's folder. */
  const from = (program: string, chart: string) => ({ source: `./${path.relative(program, chart)}` });
  const inRun = (...names: string[]) => path.join(lab().directory, ...names);
  /** The identities of the server's Deployment and Service, which a replacement would change. */
  const identities = async () => {
    const deployment = await apps.readNamespacedDeployment({ name: "prometheus-server", namespace });
    const service = await operator.core.readNamespacedService({ name: "prometheus-server", namespace });
    return [deployment.metadata?.uid, service.metadata?.uid, service.spec?.clusterIP];
  };

  before("install a release by hand", async () => {
    apps = clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(AppsV1Api);
    clean = await snapshot(lab());
    const values = {
      server: { persistentVolume: { enabled: false }, retention: "2d" },
      alertmanager: { persistence: { enabled: false } },
    };
    await fs.writeFile(inRun("by-hand.yaml"), stringify(values));
    await helm(
      "install",
      "prometheus",
      chartOfLab(),
      "--create-namespace",
      "--values",
      inRun("by-hand.yaml"),
      "--wait",
    );
    operator = await Operator.of(lab(), "adopting", { "alerting:storage": { type: "none" } });
  });

  it("learns the two possible next steps if there is an existing release", () =>
    operator.refused(
      operator.stack.preview(say),
      /release of the chart already, monitoring\/prometheus, and can have only one\. .*"Adopt a release .*"Uninstall a release/,
    ));

  it("adopts the release, and replaces nothing (operations: Adopt a release that was installed by hand)", async () => {
    const { stack, core } = operator;
    const before = await identities();
    const owner = `organization/alerting/${stack.name}`;
    await core.patchNamespace(
      {
        name: namespace,
        body: { metadata: { labels: { "alerting-owner": "true" }, annotations: { "alerting-owner/stack": owner } } },
      },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    const doc = await fs.readFile(path.join(projectRoot, "docs", "operations.md"), "utf8");
    await stack.up(say, { target: [...doc.matchAll(/--target '([^']+)'/g)].map(([, target]) => target!) });
    assert.deepEqual(await identities(), before);

    // The file to import is the one in the document, with this stack's name.
    const [, file = ""] = /```json\n([^]*?)```/.exec(doc) ?? [];
    await fs.writeFile(inRun("adopt.json"), file.replaceAll("urn:pulumi:prod::", `urn:pulumi:${stack.name}::`));
    const options = ["--protect=false", "--generate-code=false", "--yes", "--stack", stack.name];
    await stack.cli(["import", "--file", inRun("adopt.json"), ...options]);

    const shown = await stack.preview(say);
    for (const run of [shown, await stack.up(say)]) {
      assert.deepEqual(operationsOn(run, release), ["update"]);
      // The namespace that is created is node-exporter's.
      assert.deepEqual(operationsOn(run, "kubernetes:core/v1:Namespace").sort(), ["create", "update"]);
      assert.deepEqual([run.changes.replace, run.changes.delete], [undefined, undefined]);
    }
    assert.deepEqual(await identities(), before);
    assert.match(await helm("history", "prometheus", "--output", "json"), /"revision": ?2/);
    requireNoChange(await stack.preview(say));
  });

  it("upgrades the chart in place, after the contract check reported the differences (operations: Upgrade the chart)", async () => {
    const { execa } = await import("execa");
    const [next, project] = [inRun("chart-next"), inRun("project-next")];
    const version = prometheusChart.version.replace(/\d+\.\d+$/, "99.0");
    await fs.cp(chartOfLab(), next, { recursive: true });
    await edit(path.join(next, "Chart.yaml"), (text) => text.replace(/^version: .*$/m, `version: ${version}`));
    await edit(path.join(next, "values.yaml"), (text) => `${text}\nannouncements:\n  enabled: false\n`);
    await copyProject(project);
    const contract = (chart: string) =>
      execa("node", ["--import", "tsx", "tools/chart-contract/main.ts", "--chart", chart], { cwd: project });

    // The lab's chart is only a subset of the real chart, so the new version is compared with the lab's chart.
    await contract(chartOfLab());
    const { stdout } = await contract(next);
    assert.match(stdout, new RegExp(`prometheus ${prometheusChart.version} -> ${version}`));
    assert.match(stdout, /removed: none\nretyped: none\nadded: 1\n {2}announcements\.enabled/);
    await fs.cp(path.join(projectRoot, "chart"), path.join(project, "chart"), { recursive: true });

    await edit(path.join(project, "versions.ts"), (text) => text.replace(prometheusChart.version, version));
    await edit(path.join(lab().stacks.directory, "Pulumi.yaml"), (text) => withMain(text, project));
    try {
      await operator.configure({ "alerting:chart": from(project, chartOfLab()) });
      await operator.refused(operator.stack.preview(say), new RegExp(`accepted: prometheus ${version}`));
      await operator.configure({ "alerting:chart": from(project, next) });
      const before = await identities();
      const run = await operator.stack.up(say);
      assert.deepEqual(
        [operationsOn(run, release), run.changes.update, run.changes.replace],
        [["update"], 1, undefined],
      );
      assert.deepEqual(await identities(), before);
      assert.match(await helm("list"), new RegExp(`prometheus-${version.replaceAll(".", "\\.")}`));
      requireNoChange(await operator.stack.preview(say));

      // A template changes while the version stays the same. The provider would not notice, because it opens no charts.
      await fs.appendFile(path.join(next, "templates", "_shared.tpl"), "{{/* another template */}}\n");
      const edited = await operator.stack.preview(say);
      assert.deepEqual([operationsOn(edited, release), edited.changes.update], [["update"], 1]);
    } finally {
      await edit(path.join(lab().stacks.directory, "Pulumi.yaml"), (text) => withMain(text, projectRoot));
      await operator.configure({ "alerting:chart": lab().config["alerting:chart"] });
    }
  });

  it("starts from scratch after the release is removed, and learns what happens to its data (operations: Uninstall a release that was installed by hand)", async () => {
    const { stack, core } = operator;
    await stack.destroy(say);
    assert.deepEqual((await leftoversSince(lab(), clean)).leftovers, []);

    await helm("install", "prometheus", chartOfLab(), "--create-namespace");
    const claims = async () =>
      (await core.listNamespacedPersistentVolumeClaim({ namespace })).items
        .map(({ metadata }) => metadata?.name)
        .sort();
    const [own, alertmanagers] = ["prometheus-server", "storage-prometheus-alertmanager-0"];
    await until("both claims are there", async () => (await claims()).join() === [own, alertmanagers].join());
    await operator.refused(stack.preview(say), /release of the chart already, monitoring\/prometheus/);
    await helm("uninstall", "prometheus");
    await until("Prometheus' claim is gone", async () => (await claims()).join() === alertmanagers);
    await operator.refused(stack.preview(say), /alerting:namespace: got "monitoring", a namespace that exists/);
    await core.deleteNamespace({ name: namespace });
    await until("the namespace is gone", async () =>
      (await core.listNamespace()).items.every(({ metadata }) => metadata?.name !== namespace),
    );
    await stack.preview(say);
  });
});

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await fs.writeFile(file, change(await fs.readFile(file, "utf8")));
}

const withMain = (project: string, main: string): string =>
  stringify({ ...(parse(project) as Record<string, unknown>), main });

/** Copies the program without its tests, its tools for tests, and its packages. */
async function copyProject(to: string): Promise<void> {
  await fs.mkdir(to);
  for (const name of await fs.readdir(projectRoot)) {
    if (/^(\.|bench$|docs$|examples$|lab$|node_modules$|test$)/.test(name)) continue;
    await fs.cp(path.join(projectRoot, name), path.join(to, name), { recursive: true });
  }
  await fs.symlink(path.join(projectRoot, "node_modules"), path.join(to, "node_modules"));
}

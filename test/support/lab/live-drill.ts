import * as assert from "node:assert/strict";
import { access, readFile, rm } from "node:fs/promises";
import * as path from "node:path";
import { AlertmanagerApi } from "../../../tools/drill/alertmanager-api";
import { ask } from "../../../tools/stack/servers/http";
import type { DrillReport } from "../../../tools/drill/report";
import { authorization } from "../../../tools/stack/web/access";
import type { LabStack } from "../../../lab/stack";
import type { Lab } from "../../../lab/lab";
import type { Urls } from "../../../lab/web";
import { settle } from "../../../lab/idle";
import { readSlackPayload } from "../../../lab/slack-message";
import { runDrillCommand } from "../drill-command";
import { firstWorker } from "./operator";
import { say } from "./with-lab";
import { nodeDrillStages } from "./drill-stages";

/** Tests of the drill on a running stack. They do not change the stack. */
export function describeLiveDrill(lab: () => Lab, given: () => { stack: LabStack; urls: Urls }): void {
  let stack: LabStack;
  let urls: Urls;
  before("look at the stack", () => {
    ({ stack, urls } = given());
  });

  /** Runs the drill in the stack's directory, as a person does. */
  function run(name: string, ...further: string[]) {
    const directory = path.join(lab().directory, "drills", name);
    const command = runDrillCommand(
      ["--stack", stack.name, "--out", directory, "--json", path.join(directory, "report.json"), ...further],
      { cwd: lab().stacks.directory, env: lab().stacks.env },
    );
    const report = async () => JSON.parse(await readFile(path.join(directory, "report.json"), "utf8")) as DrillReport;
    return { ...command, report };
  }

  function requireInTime({ stages }: DrillReport): void {
    for (const { name, verdict } of stages) assert.equal(verdict, "ok", `${name} is ${verdict}`);
  }

  it("reaches Alertmanager at the given load balancer address, and delivers in time", async () => {
    const from = lab().slack.messages.length;
    const drill = run("load-balancer", "--alertmanager", urls.alertmanager);
    const { code, output } = await drill.ended;
    assert.equal(code, 0, output);
    const report = await drill.report();
    requireInTime(report);
    assert.deepEqual([report.environment, report.cluster], [stack.name, lab().controlPlane.context]);
    const titles = lab()
      .slack.messages.slice(from)
      .map(({ payload }) => readSlackPayload(payload).title)
      .filter((title) => title.includes("AlertingDrill"));
    assert.deepEqual(titles, [
      `[DRILL] [FIRING] AlertingDrill · ${stack.name}`,
      `[DRILL] [RESOLVED] AlertingDrill · ${stack.name}`,
    ]);
    assert.doesNotMatch(output, new RegExp(lab().canary));
  });

  it("warns about a long silence, because no alert can report it", async () => {
    const [startsAt, endsAt] = [1, 9].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
    const matchers = [{ name: "alertname", value: "NoAlertOfOurs", isRegex: false, isEqual: true }];
    const body = { matchers, startsAt, endsAt, createdBy: "ops", comment: "to be forgotten" };
    const { text } = await ask(urls.alertmanager, "/api/v2/silences", { method: "POST", body, access: urls.access });
    const { silenceID: id } = JSON.parse(text) as { silenceID: string };
    try {
      const drill = run("silenced", "--alertmanager", urls.alertmanager);
      await drill.ended;
      assert.match(
        (await drill.report()).warnings!.join(),
        new RegExp(`${id} lasts for 8 days, longer than 7d, .* ops`),
      );
      await rm(path.join(lab().directory, "drills", "silenced"), { recursive: true });
    } finally {
      const headers = authorization(urls.access);
      await fetch(`${urls.alertmanager}/api/v2/silence/${id}`, { method: "DELETE", headers });
    }
  });

  it("uses the API server and says why, if the load balancer cannot be reached from this machine", async () => {
    const drill = run("port-forward");
    const { code, output } = await drill.ended;
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /Warning/);
    assert.match(
      output,
      /not through the load balancer \(http:\/\/\S+ (does not answer|gives no answer).*\); trying a port-forward/,
    );
    const report = await drill.report();
    assert.equal(report.way, "a port-forward to pod monitoring/prometheus-alertmanager-0");
    requireInTime(report);
  });

  it("resolves its alert through the port-forward if it is stopped with Ctrl-C", async () => {
    const drill = run("interrupted");
    await drill.said(/Alertmanager has the alert;/);
    drill.interrupt();
    assert.equal((await drill.ended).code, 130);
    assert.deepEqual(
      await new AlertmanagerApi(urls.alertmanager, undefined, urls.access).alerts({ drill: "true" }),
      [],
    );
  });

  it("follows a node that is stopped by hand, from the last successful scrape to the resolved message", async () => {
    const program = { program: "node_exporter", node: firstWorker } as const;
    const addresses = ["--alertmanager", urls.alertmanager, "--prometheus", urls.prometheus];
    const drill = run("node", ...addresses, "--node", firstWorker, "--patience", "2m");
    await drill.said(/sudo crictl stop/);
    await lab().nodes.stopProgram(program);
    try {
      await drill.said(/Now start it again/);
    } finally {
      await lab().nodes.startProgram(program);
    }
    const { code, output } = await drill.ended;
    assert.equal(code, 0, output);
    const report = await drill.report();
    requireInTime(report);
    assert.deepEqual(
      report.stages.map(({ name }) => name),
      nodeDrillStages,
    );
    await readFile(path.join(lab().directory, "drills", "node", "timeline.png"));
    await settle(urls, say);
  });

  it("reports an unknown node, and names the known ones", async () => {
    const addresses = ["--alertmanager", urls.alertmanager, "--prometheus", urls.prometheus];
    const drill = run("unknown", ...addresses, "--node", `${firstWorker}x`);
    const { code, output } = await drill.ended;
    assert.equal(code, 2);
    assert.match(output, new RegExp(`--node got "${firstWorker}x", on which .* It has ${firstWorker}`));
    await assert.rejects(access(path.join(lab().directory, "drills", "unknown")), /ENOENT/);
  });
}

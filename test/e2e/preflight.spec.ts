import * as assert from "node:assert/strict";
import * as net from "node:net";
import * as path from "node:path";
import { CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { labNodes } from "../../lab/cluster-nodes";
import { clientConfig } from "../../lab/control-plane/client";
import { projectRoot } from "../../lab/run-directory";
import type { LabStack } from "../../lab/stack";
import { configureLike, labStack } from "../../lab/steps";
import type { Row } from "../../tools/shared/check-result";
import { changedKubeconfigs } from "../support/lab/changed-kubeconfigs";
import { changesSince, say, withLab } from "../support/lab/with-lab";

/** The output of `npm run preflight -- --json` and its exit code. */
interface Run {
  readonly code: number;
  readonly rows: readonly Row[];
  readonly seconds: number;
}

describe("on the lab, a preflight", function () {
  this.timeout("10m");
  const lab = withLab();
  const changedKubeconfig = changedKubeconfigs(lab);
  let stack: LabStack;

  before("make a stack", async () => {
    stack = await labStack(lab(), "preflight");
  });
  after("remove the stack", async () => {
    await stack.destroy(say);
    await stack.remove();
  });

  /**
   * Runs the command in the stack's directory, and requires that it changes nothing, posts nothing and shows no secret.
   */
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { execa } = await import("execa");
    const [started, before] = [new Date(), lab().slack.messages.length];
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [path.join(projectRoot, "run.cjs"), "tools/preflight/main.ts", "--stack", stack.name, ...args],
      { cwd: lab().stacks.directory, env: { ...lab().stacks.env, ...env }, reject: false, stdin: "ignore" },
    );
    say(`${stdout}\n${stderr}`);
    assert.ok(!`${stdout}${stderr}`.includes(lab().canary), "no secret");
    assert.doesNotMatch(`${stdout}${stderr}`, /\bat .*\.[jt]s:\d+/, "no stack trace");
    assert.deepEqual(
      changesSince(lab(), started).filter((line) => !/selfsubject(access)?reviews/.test(line)),
      [],
    );
    const posted = lab().slack.messages.slice(before);
    assert.deepEqual(
      posted.filter(({ answered, payload }) => answered === 200 || JSON.stringify(payload) !== "{}"),
      [],
    );
    return { stdout, code: exitCode ?? -1 };
  }

  async function rowsOf(env: Readonly<Record<string, string>> = {}): Promise<Run> {
    const { stdout, code } = await run(["--json"], env);
    const { rows, ok, seconds } = JSON.parse(stdout) as { rows: Row[]; ok: boolean; seconds: number };
    assert.equal(ok, code === 0);
    return { rows, code, seconds };
  }

  const statusOf = ({ rows }: Run) => Object.fromEntries(rows.map(({ check, status }) => [check, status]));
  const of = ({ rows }: Run, check: string) => rows.filter((row) => row.check === check);
  /** The checks that found something, except that a single Alertmanager and Prometheus are lost with their node. */
  const notOk = ({ rows }: Run) =>
    rows.filter(({ status, what }) => status !== "ok" && !isAboutOneOfEach(what)).map(({ check }) => check);
  const isAboutOneOfEach = (what: string) => /^alerting:availability: the loss of .* would silence alerting/.test(what);
  const core = () => clientConfig(lab().controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
  const worker = labNodes.find(({ role }) => role === "worker")!.name;
  const master = labNodes.find(({ role }) => role === "master")!.name;

  async function cordoned(name: string, unschedulable: boolean): Promise<void> {
    const body = { spec: { unschedulable } };
    await core().patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
  }

  it("finds no problem before the first update", async () => {
    // Earlier suites left labels on the nodes, and sent heartbeats.
    for (const { name } of labNodes) {
      const body = { metadata: { labels: { key: null } } };
      await core().patchNode({ name, body }, setHeaderOptions("Content-Type", PatchStrategy.MergePatch));
    }
    const pings = lab().heartbeat.pings.length;
    const before = await rowsOf();
    assert.deepEqual(notOk(before), []);
    assert.equal(lab().heartbeat.pings.length, pings, "no sign of life by a look");
    assert.equal(before.code, 0);
    assert.match(of(before, "node labels")[0]!.what, /3 nodes without the label "key"; `pulumi up` sets it/);
    assert.match(of(before, "webhook")[0]!.what, /^works: .* \(400 no_text\), so nothing was posted/);
    assert.match(
      of(before, "subnets and zones")[0]!.what,
      /2a, ap-northeast-2b, ap-northeast-2c, created by `pulumi up`/,
    );
    assert.match(of(before, "Alertmanager page")[0]!.what, /^`pulumi up` creates it\.$/);
    assert.match(of(before, "availability")[1]!.what, /set it to \{ alertmanagers: 2, prometheus: 2, spread: all \}/);
    assert.equal(Object.keys(statusOf(before)).length, 27);
  });

  it("prints lines and a summary, both without colors if there is no terminal", async () => {
    const { stdout, code } = await run([]);
    assert.equal(code, 0);
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout, /^ok {8} webhook +works: /m);
    assert.match(stdout, /^Nothing failed; 1 warning to read\. \(stack preflight, [\d.]+ s\)$/m);
  });

  for (const [mode, status, says] of [
    ["invalid_token", "failed", /answered 403 invalid_token: its token is not valid/],
    ["rate_limited", "warning", /answered 429 rate_limited/],
  ] as const) {
    it(`reports a webhook that answers ${mode}`, async () => {
      lab().slack.answer(mode);
      try {
        const dead = await rowsOf();
        const [row] = of(dead, "webhook");
        assert.equal(row?.status, status);
        assert.match(row.what, says);
        assert.ok(row.todo);
        assert.equal(dead.code, status === "failed" ? 1 : 0);
        assert.deepEqual(notOk(dead), ["webhook"]);
      } finally {
        lab().slack.answer("ok");
      }
    });
  }

  it("warns about a cordoned worker, and fails if the only master is cordoned", async () => {
    try {
      await cordoned(worker, true);
      const one = await rowsOf();
      assert.match(of(one, "nodes")[0]!.what, new RegExp(`^${worker} is cordoned`));
      assert.equal(one.code, 0);
      await cordoned(master, true);
      const two = await rowsOf();
      assert.deepEqual(
        of(two, "nodes").map(({ status }) => status),
        ["failed", "warning"],
      );
      assert.equal(two.code, 1);
    } finally {
      await cordoned(worker, false);
      await cordoned(master, false);
    }
  });

  it("names a listed node that does not exist, warns that there is no heartbeat, and reports no other problem", async () => {
    const { "alerting:slackWebhookUrl": webhook = "" } = lab().secrets;
    const missing = await labStack(
      lab(),
      "preflight-missing",
      {
        "alerting:nodes": {
          masters: { names: [master] },
          workers: { names: ["ip-10-0-9-9.ap-northeast-2.compute.internal"] },
        },
        "alerting:heartbeat": undefined,
      },
      { "alerting:slackWebhookUrl": webhook },
    );
    const kept = stack;
    stack = missing;
    try {
      const found = await rowsOf();
      assert.deepEqual(notOk(found), ["nodes", "heartbeat"]);
      assert.match(of(found, "nodes")[0]!.what, /the cluster has no node "ip-10-0-9-9\./);
      assert.equal(found.code, 1);
    } finally {
      stack = kept;
      await missing.remove();
    }
  });

  /** The environment with a kubeconfig that points to this port. */
  const leadingTo = async (port: number) => ({
    KUBECONFIG: await changedKubeconfig(`preflight-${port}`, (text) =>
      text.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`),
    ),
  });

  it("ends in a limited time and still checks Slack if the API server accepts the connection but never answers", async () => {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const silent = await rowsOf(await leadingTo((server.address() as net.AddressInfo).port));
      assert.match(of(silent, "cluster")[0]!.what, /does not answer: no answer within 8 s/);
      assert.equal(statusOf(silent).nodes, "skipped");
      assert.equal(statusOf(silent).webhook, "ok");
      assert.equal(silent.code, 1);
      assert.ok(silent.seconds < 40, `${silent.seconds} s`);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it("fails if the context has no credentials, so that the API server treats the user as anonymous", async () => {
    const KUBECONFIG = await changedKubeconfig("preflight-nobody", (text) => text.replace(/token: .*/, "username: ''"));
    const nobody = await rowsOf({ KUBECONFIG });
    assert.match(of(nobody, "cluster")[0]!.what, /treats its requests as those of system:anonymous/);
    assert.equal(statusOf(nobody).rights, "skipped");
    assert.equal(nobody.code, 1);
  });

  it("reports a stopped API server", async () => {
    const stopped = await rowsOf(await leadingTo(1));
    assert.match(of(stopped, "cluster")[0]!.what, /does not answer: .*ECONNREFUSED/);
    assert.equal(stopped.code, 1);
  });

  it("reports a wrong passphrase, and no other problem", async () => {
    const refused = await rowsOf({ PULUMI_CONFIG_PASSPHRASE: "wrong" });
    assert.deepEqual(
      refused.rows.map(({ check }) => check),
      ["stack"],
    );
    assert.match(refused.rows[0]!.what, /incorrect passphrase/);
    assert.equal(refused.code, 1);
  });

  it("finds no problem after an update to the replicas that it advises", async () => {
    await configureLike(lab(), stack, { "alerting:availability": { alertmanagers: 2, prometheus: 2, spread: "all" } });
    await stack.up(say);
    const after = await rowsOf();
    assert.deepEqual(notOk(after), []);
    assert.match(of(after, "availability")[0]!.what, /^2 of 2 Alertmanagers ready: prometheus-alertmanager-0 on /);
    assert.match(of(after, "availability")[2]!.what, /^the 2 Alertmanagers know each other/);
    assert.match(of(after, "node labels")[0]!.what, /have the label "key"/);
    assert.match(of(after, "namespace")[0]!.what, /is this stack's/);
    for (const page of ["Prometheus page", "Alertmanager page"]) {
      assert.match(
        of(after, page)[0]!.what,
        /^(asks for a password, and accepts that of alerting-1|is open to anyone)/,
      );
    }
    assert.match(
      of(after, "silences")[0]!.what,
      /^none mutes .* longer than 7d \(asked: prometheus-alertmanager-0, prometheus-alertmanager-1\)\.$/,
    );
    assert.equal(after.code, 0);
  });
});

import * as assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import type * as http from "node:http";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { destinationFaults } from "../../../../tools/drill/destinations";
import { AlertmanagerApi } from "../../../../tools/drill/alertmanager-api";
import { ask, NoAnswer } from "../../../../tools/stack/servers/http";
import { runDrillCommand } from "../../../support/drill-command";
import { fakeAlertmanager } from "../../../support/fake-alertmanager";
import { startHttpServer } from "../../../support/http-server";

describe("obstacles to a drill", function () {
  let directory: string;
  const closers: (() => Promise<void> | void)[] = [];
  beforeEach(async () => (directory = await mkdtemp(path.join(tmpdir(), "drill-"))));
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
    await rm(directory, { recursive: true, force: true });
  });

  /** A server that is not Alertmanager, and the requests it received, by method and path. */
  async function server(answer: http.RequestListener) {
    const { origin, requests, stop } = await startHttpServer(answer);
    closers.push(stop);
    return { origin, asked: () => requests.map(({ method, url }) => `${method} ${url?.split("?")[0]}`) };
  }

  describe("in the destination of its files", () => {
    it("are reported before the drill, and nothing is created", async () => {
      const file = path.join(directory, "file");
      await writeFile(file, "");
      assert.deepEqual(await destinationFaults({}), []);
      assert.deepEqual(
        await destinationFaults({ out: path.join(directory, "a", "b"), json: path.join(directory, "c", "d.json") }),
        [],
      );
      assert.deepEqual(await destinationFaults({ out: file, json: directory }), [
        `--out: ${file} is not a directory.`,
        `--json: ${directory} is a directory; name a file.`,
      ]);
      assert.deepEqual(await destinationFaults({ out: path.join(file, "a"), json: path.join(file, "b", "c.json") }), [
        `--out: ${file} is not a directory.`,
        `--json: ${file} is not a directory.`,
      ]);
      assert.deepEqual(await readdir(directory), ["file"]);
    });

    it("are found by trying to write, because permissions do not show every obstacle", async function () {
      if (process.platform !== "linux") return this.skip();
      assert.deepEqual(await destinationFaults({ out: "/proc/x/y", json: "/proc/x.json" }), [
        "--out: /proc cannot be written to.",
        "--json: /proc cannot be written to.",
      ]);
    });

    it("end the drill with exit code 2 before an alert is raised", async () => {
      const fake = await fakeAlertmanager();
      closers.push(() => fake.stop());
      const out = path.join(directory, "file");
      await writeFile(out, "");
      const { code, output } = await runDrillCommand(["--alertmanager", fake.origin, "--out", out]).ended;
      assert.equal(code, 2, output);
      assert.equal(output, `--out: ${out} is not a directory.\n`);
      assert.deepEqual(fake.posted, []);
    });

    it("that appear during the drill only cause a warning", async () => {
      const fake = await fakeAlertmanager();
      closers.push(() => fake.stop());
      fake.configuration = fake.configuration.replace("group_wait: 1s", "group_wait: 5m");
      const below = path.join(directory, "below");
      const drill = runDrillCommand(["--alertmanager", fake.origin, "--json", path.join(below, "report.json")]);
      await drill.said(/Alertmanager has the alert;/);
      await writeFile(below, "");
      drill.interrupt();
      const { code, output } = await drill.ended;
      assert.equal(code, 130, output);
      assert.match(output, /Warning: the report could not be written: .*\n[^]*Interrupted\. Exit code 130\./);
      assert.doesNotMatch(output, /at .*\.ts:\d/);
    });
  });

  it("such as a node that Prometheus does not have are reported in one sentence, without a picture", async () => {
    const fake = await fakeAlertmanager();
    closers.push(() => fake.stop());
    const now = new Date().toISOString();
    const one = {
      ...{
        labels: { node: "worker-1" },
        discoveredLabels: {},
        scrapeUrl: "http://10.0.0.1:9100/metrics",
        health: "up",
      },
      ...{ lastError: "", lastScrape: now, lastScrapeDuration: 0.01 },
    };
    const targets = JSON.stringify({ status: "success", data: { activeTargets: [one] } });
    const prometheus = await server((_, response) => response.end(targets));
    const addresses = ["--alertmanager", fake.origin, "--prometheus", prometheus.origin];
    const { code, output } = await runDrillCommand([...addresses, "--node", "nope"], { cwd: directory }).ended;
    assert.equal(code, 2, output);
    assert.match(output, /\n--node got "nope", on which Prometheus has no target\. It has worker-1\.\n$/);
    assert.doesNotMatch(output, /picture|NOT delivered|npm run drill/);
    assert.deepEqual(await readdir(directory), []);
  });

  it("such as no selected stack are reported in one sentence, without the usage text", async () => {
    const { code, output } = await runDrillCommand([], { cwd: directory, env: { PATH: directory } }).ended;
    assert.deepEqual(
      [code, output],
      [2, "The Pulumi CLI is not on the PATH. Install it, or run this on a machine that has it.\n"],
    );
  });

  describe("at Alertmanager's address", () => {
    it("include a refusal, which is reported in a sentence, and no alert is raised", async () => {
      const { origin, asked } = await server((_, response) => response.writeHead(403).end("Forbidden"));
      const { code, output } = await runDrillCommand(["--alertmanager", origin], { cwd: directory }).ended;
      assert.equal(code, 1, output);
      assert.equal(output, `NOT delivered: ${origin}/-/ready answers 403: Forbidden.\n`);
      assert.deepEqual(asked(), ["GET /-/ready"]);
    });

    const refused: [what: string, answer: http.RequestListener, said: RegExp][] = [
      ["a sign-in page", (_, response) => response.end("<html>Sign in</html>"), /that is not JSON: is it the right/],
      ["other JSON", (_, response) => response.end('{"a":1}'), /not answer as Alertmanager's API v2 does\.$/],
      ["no answer", () => undefined, /gives no answer within 0\.3 s\.$/],
      ["half an answer", (request) => request.socket.destroy(), /\/-\/ready does not answer: .*\.$/],
    ];
    for (const [what, answer, said] of refused) {
      it(`include ${what}, which is reported in a sentence`, async () => {
        const { origin } = await server(answer);
        const ready = ask(origin, "/-/ready", { patienceMs: 300 });
        const first = ready.then(() => new AlertmanagerApi(origin).alerts({ drill: "true" }));
        await assert.rejects(first, (error: Error) => error instanceof NoAnswer && said.test(error.message));
      });
    }

    it("include a redirect, which is reported with its destination and not followed", async () => {
      const elsewhere = await server((_, response) => response.end("OK"));
      for (const status of [301, 302, 307, 308]) {
        const { origin } = await server((_, response) =>
          response.writeHead(status, { location: `${elsewhere.origin}/login?token=secret` }).end(),
        );
        await assert.rejects(ask(origin, "/api/v2/alerts", { method: "POST", body: [] }), {
          message: `${origin}/api/v2/alerts redirects to ${elsewhere.origin} (${status}), which is not followed.`,
        });
      }
      assert.deepEqual(elsewhere.asked(), []);
    });
  });
});

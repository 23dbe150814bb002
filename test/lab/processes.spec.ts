import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startChild } from "../../lab/processes/child";
import { freePort, waitForHttp } from "../../lab/processes/ports";

describe("lab/processes", function () {
  // On a busy machine, starting Node takes seconds.
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "processes-"));
  const logFile = path.join(directory, "log", "child.log");
  const sh = (script: string, log = logFile) =>
    startChild({ name: "the child", command: "sh", args: ["-c", script], logFile: log });

  after(() => fs.rmSync(directory, { recursive: true, force: true }));

  it("writes standard output and standard error to the log file, and reports how the process ended", async () => {
    const child = sh("echo out; echo err >&2; exit 3");
    assert.deepEqual(await child.exited, { code: 3, signal: null });
    assert.equal(child.running, false);
    assert.equal(fs.readFileSync(logFile, "utf8"), "out\nerr\n");
  });

  it("reports a missing command in one sentence", () => {
    const start = (command: string, cwd?: string) =>
      startChild({ name: "etcd", command, args: [], cwd, logFile: path.join(directory, "none.log") });
    assert.throws(
      () => start("no-such-program"),
      /^Error: etcd cannot be started: there is no executable file no-such-program on the PATH/,
    );
    assert.throws(() => start("/no/such/etcd"), /there is no executable file \/no\/such\/etcd/);
    assert.throws(() => start(directory), /there is no executable file/);
    assert.throws(() => start("sh", "/no/such/place"), /there is no such directory/);
  });

  it("stops a process with SIGTERM, and with SIGKILL if it ignores SIGTERM", async () => {
    const polite = sh("exec sleep 60");
    await polite.stop();
    assert.deepEqual(await polite.exited, { code: null, signal: "SIGTERM" });

    const log = path.join(directory, "deaf.log");
    const deaf = sh("trap '' TERM; echo ready; while :; do sleep 0.05; done", log);
    await waitUntil(() => fs.readFileSync(log, "utf8") !== "");
    await deaf.stop(100);
    assert.deepEqual(await deaf.exited, { code: null, signal: "SIGKILL" });
  });

  it("stops a process at once with SIGKILL if it is given no grace", async () => {
    const log = path.join(directory, "hard.log");
    const child = sh("trap 'echo took leave; exit' TERM; echo ready; while :; do sleep 0.05; done", log);
    await waitUntil(() => fs.readFileSync(log, "utf8") !== "");
    await child.stop(0);
    assert.deepEqual(await child.exited, { code: null, signal: "SIGKILL" });
    assert.equal(fs.readFileSync(log, "utf8"), "ready\n");
  });

  it("also stops the child processes of a process", async () => {
    const log = path.join(directory, "family.log");
    const child = sh("sleep 60 & echo $!; wait", log);
    await waitUntil(() => fs.readFileSync(log, "utf8").endsWith("\n"));
    const grandchild = Number(fs.readFileSync(log, "utf8"));
    assert.ok(isAlive(grandchild));
    await child.stop();
    await waitUntil(() => !isAlive(grandchild));
  });

  it("stops a process if the lab is killed", async () => {
    const parent = spawn(
      process.execPath,
      ["--import", "tsx", path.join(__dirname, "../support/lab/parent-process.ts")],
      {
        env: { ...process.env, CHILD_LOG: logFile },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    assert.ok(isAlive(pid));
    parent.kill("SIGKILL");
    await waitUntil(() => !isAlive(pid));
  });

  it("never returns the same port twice", async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    assert.equal(new Set(ports).size, 50);
  });

  it("waits until a server answers successfully", async () => {
    let asked = 0;
    const server = http.createServer((_request, response) => {
      response.statusCode = ++asked < 3 ? 500 : 200;
      response.end("hello");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { status, text } = await waitForHttp(url, { timeoutMs: 5_000 });
    assert.deepEqual([status, text], [200, "hello"]);
    const never = waitForHttp(url, { timeoutMs: 100, accept: () => false });
    await assert.rejects(never, /did not answer well .* Last seen: status 200: hello/);
    server.close();
  });

  it("does not wait for a server whose process has ended", async () => {
    const child = sh("echo address already in use; exit 1", path.join(directory, "ended.log"));
    const started = Date.now();
    const wait = waitForHttp(`http://127.0.0.1:${await freePort()}/`, { child, timeoutMs: 300_000 });
    await assert.rejects(wait, /the child ended before it answered .*\n.*exit code 1\.\n.*\n {4}address already in/);
    assert.ok(Date.now() - started < 5_000);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie process (`Z`) still has an entry in `/proc`.
  const stat = `/proc/${pid}/stat`;
  return !fs.existsSync(stat) || !/\) [ZX] /.test(fs.readFileSync(stat, "utf8"));
}

async function waitUntil(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !condition(); await delay(10)) {
    assert.ok(Date.now() < deadline, "this did not come about within 5 s");
  }
}

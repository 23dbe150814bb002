import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { knownProgram, launchOf } from "../../lab/nodes/known-programs";
import { freePort, waitForHttp } from "../../lab/processes/ports";

describe("the lab's support for the example of an app stack", () => {
  it("runs the example's image as a separate program that listens on a local port", async () => {
    const known = knownProgram("quay.io/brancz/prometheus-example-app:v0.5.0");
    assert.equal(known?.program, "example-app");
    const pod = { mounts: [], kubeconfigFile: "/pod/kubeconfig", localPort: () => Promise.resolve(4711) };
    const { args, ports } = await launchOf(known, [], pod);
    assert.deepEqual(args, ["--bind=127.0.0.1:4711"]);
    assert.deepEqual([...ports], [[8080, 4711]]);
  });

  it("runs the real program, which counts requests in its metrics", async () => {
    const port = await freePort();
    const file = path.join(__dirname, "..", "..", "lab", "nodes", "example-app.ts");
    const app = spawn(process.execPath, ["--import", "tsx", file, `--bind=127.0.0.1:${port}`], { stdio: "ignore" });
    try {
      const url = `http://127.0.0.1:${port}`;
      await waitForHttp(`${url}/metrics`, { timeoutMs: 300_000 });
      await fetch(url);
      await fetch(`${url}/?again`);
      assert.equal((await fetch(`${url}/err`)).status, 404);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      assert.match(metrics, /^http_requests_total\{code="200",method="get"\} 2$/m);
      assert.match(metrics, /^http_requests_total\{code="404",method="get"\} 1$/m);
      assert.match(metrics, /^version\{/m);
    } finally {
      app.kill();
    }
  });
});

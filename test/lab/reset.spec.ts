import assert from "node:assert/strict";
import { once } from "node:events";
import * as net from "node:net";
import * as path from "node:path";
import { resetConnection } from "../../lab/processes/reset";

/** A program whose server ends a connection and resets it at once; then the program has nothing left to do. */
const program = (reset: string) => `
  import * as net from "node:net";
  import { resetConnection } from ${JSON.stringify(path.resolve(__dirname, "../../lab/processes/reset.ts"))};
  const server = net.createServer((socket) => {
    socket.end("x");
    ${reset};
  });
  server.listen(0, "127.0.0.1", () => {
    const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1").resume();
    client.on("error", () => undefined).on("close", () => server.close());
  });
`;

describe("a connection that is reset", () => {
  it("lets its process exit, even if the end of the connection was still being sent", async function () {
    const { execa } = await import("execa");
    const run = execa(path.resolve("node_modules/.bin/tsx"), ["--eval", program("resetConnection(socket)")], {
      timeout: 50_000,
      forceKillAfterDelay: 100,
      reject: false,
    });
    const { exitCode, timedOut, stderr } = await run;
    assert.deepEqual({ exitCode, timedOut }, { exitCode: 0, timedOut: false }, stderr);
  });

  it("is seen as a reset by the other side if nothing was sent yet", async () => {
    const server = net.createServer((socket) => resetConnection(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
    const code = await new Promise((resolve) =>
      client.on("error", (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    assert.equal(code, "ECONNRESET");
    server.close();
  });
});

import assert from "node:assert/strict";
import type * as http from "node:http";
import { HttpFailure, send } from "../../../../tools/shared/http";
import { startHttpServer } from "../../../support/http-server";

describe("the tools' HTTP client", () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  async function listen(answer: http.RequestListener): Promise<string> {
    const { origin, stop } = await startHttpServer(answer);
    closers.push(stop);
    return origin;
  }

  it("returns a redirect as the response, unless redirects are followed", async () => {
    const origin = await listen((_, response) => response.writeHead(302, { location: "/there" }).end());
    const { status, redirectsTo } = await send(`${origin}/here`);
    assert.deepEqual([status, redirectsTo?.href], [302, `${origin}/there`]);
    await assert.rejects(send(`${origin}/here`, { redirects: 3 }), { name: "HttpFailure", code: "too many redirects" });
  });

  it("sends credentials along a redirect only to the same server", async () => {
    const seen: (string | undefined)[] = [];
    const there = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.end("there");
    });
    const here = await listen((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: request.url === "/a" ? "/b" : there }).end();
    });
    const { text } = await send(`${here}/a`, { headers: { Authorization: "Bearer secret" }, redirects: 3 });
    assert.equal(text, "there");
    assert.deepEqual(seen, ["Bearer secret", "Bearer secret", undefined]);
  });

  it("chooses the proxy again for the server that a redirect leads to", async () => {
    const there = await listen((_, response) => response.end("there"));
    const here = await listen((_, response) => response.writeHead(302, { location: there }).end());
    const asked: string[] = [];
    const proxy = (url: string) => {
      asked.push(new URL(url).origin);
      return undefined;
    };
    assert.equal((await send(here, { proxy, redirects: 3 })).text, "there");
    assert.deepEqual(asked, [here, there]);
  });

  it("reads at most the given number of bytes", async () => {
    const origin = await listen((_, response) => response.end("a".repeat(100_000)));
    assert.equal((await send(origin, { onlyBytes: 10 })).text, "a".repeat(10));
    assert.equal((await send(origin, { onlyBytes: 0 })).text, "");
  });

  it("ends a request at its timeout, and when its signal aborts", async () => {
    const origin = await listen(() => undefined);
    const late = send(origin, { timeoutMs: 50 });
    await assert.rejects(late, (error) => error instanceof HttpFailure && error.code === "ETIMEDOUT");
    const reason = new Error("enough");
    await assert.rejects(send(origin, { signal: AbortSignal.abort(reason) }), reason);
  });

  it("repeats a request if the server closed the keep-alive connection", async () => {
    let asked = 0;
    const origin = await listen((request, response) => {
      asked += 1;
      if (asked === 2) request.socket.destroy();
      else response.end("ok");
    });
    await send(origin, { keepAlive: true });
    assert.equal((await send(origin, { keepAlive: true })).text, "ok");
    assert.equal(asked, 3);
  });
});

import assert from "node:assert/strict";
import { startHeartbeatReceiver, type HeartbeatReceiver } from "../../lab/heartbeat/start";

describe("the lab's heartbeat receiver", () => {
  let receiver: HeartbeatReceiver;

  beforeEach(async () => {
    receiver = await startHeartbeatReceiver();
  });
  afterEach(() => receiver.stop());

  const ping = async (more: RequestInit = {}): Promise<number> =>
    (await fetch(receiver.url, { method: "POST", body: "{}", ...more })).status;

  it("counts only pings to its own URL", async () => {
    assert.equal(await ping(), 200);
    assert.equal((await fetch(new URL("/ping/other", receiver.url), { method: "POST" })).status, 404);
    assert.equal(receiver.pings.length, 1);
  });

  it("records how a ping was authorized", async () => {
    await ping({ headers: { Authorization: "GenieKey example" } });
    assert.equal(receiver.pings[0]?.authorization, "GenieKey example");
  });

  it("waits for the next ping, not for an earlier one", async () => {
    await ping();
    const next = receiver.nextPing(5_000);
    await ping();
    assert.equal(await next, receiver.pings[1]);
  });

  it("reports a gap as soon as the last ping is older than the limit", async () => {
    await ping();
    const told = receiver.gap(800, 5_000);
    await ping();
    const { lastPingAt, toldAt } = await told;
    assert.equal(lastPingAt, receiver.pings[1]?.at);
    assert.ok(toldAt - lastPingAt >= 795, `${toldAt - lastPingAt} ms`);
  });

  it("reports a gap immediately if the last ping is already older than the limit", async () => {
    await ping();
    await receiver.gap(800, 5_000);
    const asked = Date.now();
    await receiver.gap(800, 5_000);
    assert.ok(Date.now() - asked < 700);
  });

  it("reports no gap while pings arrive", async () => {
    await assert.rejects(receiver.gap(10_000, 50), /A ping still comes at least every 10 s after 0.05 s/);
  });

  it("does not count a ping that it refuses", async () => {
    receiver.answer(500);
    assert.equal(await ping(), 500);
    assert.deepEqual(receiver.pings, []);
  });
});

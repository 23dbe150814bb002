import * as assert from "node:assert/strict";
import { AlertmanagerApi } from "../../../../tools/drill/alertmanager-api";
import { growth, readCounters } from "../../../../tools/drill/counters";
import { type DeliveryWatch, followDelivery } from "../../../../tools/drill/delivery";
import { DrillAlert, newDrillId } from "../../../../tools/drill/drill-alert";
import { NoAnswer } from "../../../../tools/stack/servers/http";
import { readLiveConfiguration } from "../../../../tools/drill/live-configuration";
import { explain } from "../../../../tools/drill/reasons";
import { noStack } from "../../../../tools/stack/facts";
import { runSynthetic } from "../../../../tools/drill/synthetic";
import { defaultTiming } from "../../../../tools/stack/timing";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";

const never = new AbortController().signal;

describe("a drill's delivery according to Alertmanager's counters", () => {
  let fake: FakeAlertmanager;
  let api: AlertmanagerApi;
  beforeEach(async () => {
    fake = await fakeAlertmanager();
    api = new AlertmanagerApi(fake.origin);
  });
  afterEach(() => fake.stop());

  const follow = async (
    work: () => void | Promise<void>,
    notBefore = 0,
    patienceMs = 600,
    more: Partial<DeliveryWatch> = {},
  ) => {
    const before = await api.counters();
    const following = followDelivery({
      ...{ api, before, notBefore, signal: never, pollMs: 20 },
      ...{ integration: "slack", receivers: ["slack"], expected: 1 },
      deadline: Date.now() + patienceMs,
      ...more,
    });
    await work();
    return following;
  };

  it("is proven if exactly one notification was due, and one was sent", async () => {
    const delivery = await follow(() => fake.count({ begun: 1, requests: 1, seconds: 0.1 }));
    assert.equal(delivery.state, "delivered");
    assert.match(delivery.state === "delivered" ? delivery.proof : "", /1 notification was due, one was sent/);
  });

  it("is also proven if other notifications were sent at the same time, and all succeeded", async () => {
    const delivery = await follow(() => fake.count({ begun: 3, requests: 3 }));
    assert.match(
      delivery.state === "delivered" ? delivery.proof : "",
      /3 notifications .* including those of other alerts/,
    );
  });

  it("is unclear if some of several requests failed", async () => {
    const delivery = await follow(() => fake.count({ begun: 2, requests: 2, failedRequests: 1, failed: "authError" }));
    assert.equal(delivery.state, "unclear");
    assert.match(
      delivery.state === "unclear" ? delivery.why : "",
      /of 2 .* 1 were delivered and 1 failed \(authError\)/,
    );
  });

  it("has failed if all requests failed, and gives the reason", async () => {
    const delivery = await follow(() =>
      fake.count({ begun: 1, requests: 1, failedRequests: 1, failed: "rateLimited" }),
    );
    assert.deepEqual(delivery.state === "failed" && delivery.reasons, ["rateLimited"]);
  });

  it("is still pending while Alertmanager tries again", async () => {
    let retried = 0;
    const before = await api.counters();
    fake.count({ begun: 1, requests: 1, failedRequests: 1 });
    const delivery = await followDelivery({
      ...{ api, before, notBefore: 0, signal: never, pollMs: 20, deadline: Date.now() + 2_000 },
      ...{ integration: "slack", receivers: ["slack"], expected: 1 },
      onRetry: () => {
        retried += 1;
        fake.count({ requests: 1 });
      },
    });
    assert.equal(retried, 1);
    assert.equal(delivery.state, "delivered");
  });

  it("is still found if the API does not answer for a short time, but not if it never answers", async () => {
    const before = await api.counters();
    const watch = (failures: number) => ({
      api: {
        counters: () =>
          failures-- > 0 ? Promise.reject(new NoAnswer("it does not answer.")) : Promise.resolve(api.counters()),
      },
      ...{ before, notBefore: 0, signal: never, pollMs: 20, gapMs: 200, deadline: Date.now() + 5_000 },
      ...{ integration: "slack", receivers: ["slack"], expected: 1 },
    });
    fake.count({ begun: 1, requests: 1 });
    assert.equal((await followDelivery(watch(2))).state, "delivered");
    await assert.rejects(followDelivery(watch(Infinity)), new NoAnswer("it does not answer."));
  });

  it("is not decided before the drill's message is due: earlier counts may be from another alert's message", async () => {
    const delivery = await follow(
      async () => {
        fake.count({ begun: 1, requests: 1 });
        await new Promise((resolve) => setTimeout(resolve, 100));
        fake.count({ begun: 1, requests: 1, failedRequests: 1, failed: "authError" });
      },
      0,
      1_000,
      { sentBy: Date.now() + 300 },
    );
    assert.equal(delivery.state, "unclear");
  });

  it("is not inferred from another alert's message while something mutes the drill's alert", async () => {
    const hopeless = () => Promise.resolve("a silence mutes it.");
    const delivery = await follow(() => fake.count({ begun: 1, requests: 1 }), 0, 600, { hopeless });
    assert.deepEqual(delivery, { state: "nothing", retrying: false, earlier: 0, why: "a silence mutes it." });
  });

  it("ignores messages that were sent before the group wait was over", async () => {
    const delivery = await follow(() => fake.count({ begun: 1, requests: 1 }), Date.now() + 60_000);
    assert.deepEqual(delivery, { state: "nothing", retrying: false, earlier: 1 });
  });

  it("is counted by the receiver's name, if Alertmanager's counters have that label", () => {
    const text = (slack: number, other: number) =>
      [
        `alertmanager_notifications_total{integration="slack",receiver_name="slack"} ${slack}`,
        `alertmanager_notifications_total{integration="slack",receiver_name="slack-payments"} ${other}`,
      ].join("\n");
    const of = { integration: "slack", receivers: ["slack"] };
    assert.equal(growth(readCounters(text(1, 1)), readCounters(text(2, 9)), of).begun, 1);
  });

  it("is counted from zero again after a restart of Alertmanager", () => {
    const text = (begun: number) => readCounters(`alertmanager_notifications_total{integration="slack"} ${begun}`);
    assert.equal(growth(text(7), text(1), { integration: "slack", receivers: ["slack"] }).begun, 1);
  });

  describe("followed from the alert to its end", () => {
    const drill = (signal = never) => {
      const alert = new DrillAlert(newDrillId(), api, { cluster: "c", environment: "dev" });
      const timing = { ...defaultTiming, groupWait: 0.2, groupInterval: 0.2 };
      const facts = { ...noStack(), stack: "dev", timing };
      const configuration = readLiveConfiguration(fake.configuration);
      const options = { api, alert, configuration, start: Date.now(), facts, signal };
      return { alert, run: runSynthetic({ ...options, say: () => undefined }) };
    };
    /** A timer that counts a notification when the group wait is over, as Alertmanager does. */
    const sending = (change: Parameters<FakeAlertmanager["count"]>[0]) => setInterval(() => fake.count(change), 180);

    it("has stages that are in time, and an alert that describes itself as a drill", async function () {
      const timer = sending({ begun: 1, requests: 1 });
      try {
        const { stages, failures, proof } = await drill().run;
        assert.deepEqual(failures, []);
        assert.equal(proof.length, 2);
        assert.ok(stages.every(({ verdict }) => verdict === "ok"));
      } finally {
        clearInterval(timer);
      }
      const { alertname, drill: mark, severity, cluster, environment } = fake.posted[0]!.labels;
      assert.deepEqual(
        [alertname, mark, severity, cluster, environment],
        ["AlertingDrill", "true", "info", "c", "dev"],
      );
      assert.equal(fake.posted[0]!.endsAt, undefined, "Alertmanager's own clock decides when it ends by itself");
      assert.ok(Date.parse(fake.posted.at(-1)!.endsAt ?? "") <= Date.now());
    });

    it("fails with the name of the silence that mutes the alert", async function () {
      fake.status = { silencedBy: ["abc"], inhibitedBy: [], mutedBy: [] };
      const { stages, failures } = await drill().run;
      assert.match(failures.join(), /a silence mutes it \(abc\)/);
      assert.equal(stages.at(-1)?.verdict, "failed");
    });

    it("stops at a signal, and its alert can still be resolved", async () => {
      const controller = new AbortController();
      const { alert, run } = drill(controller.signal);
      while (fake.posted.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      controller.abort();
      await assert.rejects(run);
      assert.equal(alert.raised, true);
      await alert.resolve();
      assert.equal(alert.raised, false);
      assert.deepEqual(await api.alerts({ drill_id: alert.id }), []);
    });

    for (const [when, startsAt, faults] of [
      [
        "stops if another drill began before it",
        "2001-01-01T00:00:00Z",
        /another drill is running \(drill-other, until/,
      ],
      ["continues if another drill began after it", "2999-01-01T00:00:00Z", /^the receiver slack has no entry/],
    ] as const) {
      it(when, async () => {
        fake.configuration = "route: { receiver: slack }\nreceivers: [{ name: slack }]\n";
        const labels = { alertname: "AlertingDrill", drill: "true", drill_id: "drill-other" };
        const post = api.post.bind(api);
        api.post = async (one) => {
          await post(one);
          await post({ labels, annotations: {}, startsAt });
        };
        const found = await drill().run;
        assert.match(found.failures.join(), faults);
      });
    }

    it("fails if the receiver has no entry", async () => {
      fake.configuration = "route: { receiver: slack }\nreceivers: [{ name: slack }]\n";
      const { failures } = await drill().run;
      assert.match(failures.join(), /the receiver slack has no entry, so it notifies nobody/);
    });
  });
});

describe("a failure's explanation", () => {
  it("has a meaning and a remedy for every reason that Alertmanager uses", () => {
    const reasons = ["other", "clientError", "serverError", "contextCanceled", "contextDeadlineExceeded"];
    for (const reason of [...reasons, "authError", "rateLimited", "something new"]) {
      const { meaning, remedy } = explain(reason);
      assert.match(meaning, /\.$/);
      assert.doesNotMatch(`${meaning} ${remedy}`, /undefined/);
    }
  });

  it("names the credential of the receiver that refused, and not the default channel's credential", () => {
    const of = (receiver: string, integration = "slack") =>
      explain("authError", { stack: "dev", receiver, integration });
    assert.match(of("slack-payments").remedy, /--secret --path alerting:credentials\.payments --stack dev/);
    const { meaning, remedy } = of("ops", "webhook");
    assert.match(meaning, /^the webhook receiver refuses the credential/);
    assert.doesNotMatch(remedy, /slackWebhookUrl/);
  });

  it("names the command that rotates a webhook, with the stack", () => {
    assert.match(
      explain("authError", { stack: "dev" }).remedy,
      /slackWebhookUrl --stack dev, then pulumi up --stack dev$/,
    );
  });
});

import * as assert from "node:assert/strict";
import { alertingRules, type PlacedRuleGroup } from "../../../../alerts/alerting-rules";
import { readTree } from "../../../../prometheus/parsers/parsers";
import { checkRules, type Finding } from "../../../../tools/rules-check/check";
import { checkedRules } from "../../../../tools/rules-check/checked-rules";
import { Living } from "../../../../tools/rules-check/living";
import { Peers } from "../../../../tools/stack/servers/peers";
import { type FakePrometheus, fakePrometheus, type FakeSeries } from "../../../support/fake-prometheus";
import { settings } from "../../../support/settings";

/** A custom alert with this expression, in a group of its own. */
const alert = (expr: string, more: object = {}): PlacedRuleGroup => ({
  group: { name: "Shop", rules: [{ alert: "Planted", expr, ...more }] },
  origin: "folder",
  placeOf: () => "ops/rules/shop.yaml:4",
});
const series = (name: string, labels: Readonly<Record<string, string>> = {}) => ({ __name__: name, ...labels });
const shop = { job: "shop", instance: "shop-0" };
const healthy: Partial<FakeSeries> = {
  series: [
    series("up", shop),
    series("orders_total", { ...shop, status: "paid", region: "north" }),
    series("orders_total", { ...shop, status: "open", region: "south" }),
    series("carts_open", shop),
  ],
  jobs: { shop: "15s" },
};

describe("the check of a stack's rules", () => {
  const closers: (() => void)[] = [];
  afterEach(() => closers.splice(0).forEach((close) => close()));

  async function prometheus(has: Partial<FakeSeries> = healthy): Promise<FakePrometheus> {
    const made = await fakePrometheus(has);
    closers.push(() => made.stop());
    return made;
  }

  async function check(groups: readonly PlacedRuleGroup[], ...servers: readonly FakePrometheus[]): Promise<Finding[]> {
    const peers = servers.map(({ origin }) => ({ name: origin, origin, authentication: { access: {}, notYet: [] } }));
    const living = new Living(new Peers(peers), 15 * 86_400, AbortSignal.timeout(10_000));
    const found = await checkRules(checkedRules({ groups, features: [] }), living, "15d");
    return found.filter(({ kind }) => kind !== "not loaded");
  }

  /** The findings about one custom alert, each as `<status> <kind>: <sentence>`. */
  async function findings(expr: string, has: Partial<FakeSeries> = {}, more: object = {}): Promise<string[]> {
    const found = await check([alert(expr, more)], await prometheus({ ...healthy, ...has }));
    return found.map(({ status, kind, sentence }) => `${status} ${kind}: ${sentence}`);
  }

  it("finds a metric that was never there, and names the one that is meant", async () => {
    assert.deepEqual(await findings("rate(order_total[5m]) == 0"), [
      "failed metric: `order_total` is not there, and was not within 15d; is `orders_total` meant?",
    ]);
    assert.deepEqual(await findings("zzz > 0"), [
      "failed metric: `zzz` is not there, and was not within 15d; no metric has a similar name.",
    ]);
  });

  it("finds a metric that stopped, and says when", async () => {
    const past = { parcels_total: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000 };
    const [found, ...others] = await check([alert("parcels_total > 0")], await prometheus({ ...healthy, past }));
    assert.deepEqual(others, []);
    assert.equal(found?.sentence, "`parcels_total` is no longer there; its last sample was at 2026-01-02 03:04 UTC.");
    assert.equal(found.lastSeen, "2026-01-02T03:04:05.000Z");
    assert.equal(found.place, "ops/rules/shop.yaml:4");
    const unknown = await findings("parcels_total > 0", { past: { parcels_total: 0 } });
    assert.deepEqual(unknown, ["failed stopped: `parcels_total` is no longer there."]);
  });

  it("finds a label and a value that no series has, with the nearest one", async () => {
    assert.deepEqual(await findings('orders_total{regin="north"} > 0'), [
      "failed label: no series of `orders_total` has the label `regin`; is `region` meant?",
    ]);
    assert.deepEqual(await findings('orders_total{status="payed"} > 0'), [
      'failed value: no series of `orders_total` has `status="payed"`; is `paid` meant?',
    ]);
    assert.deepEqual(await findings('orders_total{region=~"ea.*|we.*"} > 0'), [
      'failed value: no series of `orders_total` has `region=~"ea.*|we.*"`; there is `north`, `south`.',
    ]);
    assert.deepEqual(await findings('orders_total{shop!=""} > 0'), [
      "failed label: no series of `orders_total` has the label `shop`; they have job, instance, status, region.",
    ]);
  });

  it("finds conditions that no series fulfills together", async () => {
    assert.deepEqual(await findings('orders_total{status="paid", region="south"} > 0'), [
      'failed combination: no series of `orders_total` has all of `status="paid", region="south"`.',
    ]);
    assert.deepEqual(await findings('{__name__=~"order_.+", job="shop"} > 0'), [
      'failed combination: `{__name__=~"order_.+", job="shop"}` selects nothing.',
    ]);
    assert.deepEqual(await findings('{__name__=~"orders_.+", job="shop"} > 0'), []);
  });

  it("finds ranges that are shorter than two scrapes of the job", async () => {
    const slow = { jobs: { shop: "1m" } };
    assert.deepEqual(await findings("rate(orders_total[1m]) == 0", slow), [
      "failed range: the range 1m of `orders_total` is shorter than two scrapes: job shop is scraped every 1m; write 4m or more.",
    ]);
    assert.deepEqual(await findings("rate(orders_total[2m]) == 0", slow), []);
    assert.match((await findings("max_over_time(carts_open[1m]) > 5", slow)).join(), /^warning range: /);
    const two = { ...slow, series: [...healthy.series!, series("carts_open", { job: "quick" })] };
    assert.deepEqual(
      await findings("max_over_time(carts_open[1m]) > 5", { ...two, jobs: { shop: "1m", quick: "15s" } }),
      [],
    );
  });

  it("finds an alert of another name in ALERTS", async () => {
    assert.deepEqual(await findings('count(ALERTS{alertname="Plantd"}) > 0'), [
      'failed alert: no alert has `alertname="Plantd"`; is `Planted` meant?',
    ]);
    assert.deepEqual(await findings('count(ALERTS{alertname="Planted", severity="critical"}) > 0'), []);
  });

  describe("understands that series may be absent", () => {
    for (const expr of [
      'absent(up{job="nowhere"})',
      "absent_over_time(order_total[5m])",
      "(sum(order_total) or vector(0)) > 5",
      "sum(order_failed_total) / sum(orders_total) > 5",
      'rate(orders_total{status="failed"}[5m]) > 0',
      'orders_total{status!~"paid|open"} > 0',
    ]) {
      it(expr, async () => assert.deepEqual(await findings(expr), []));
    }

    it("but not if the name is that of another counter, with a mistake", async () => {
      const series = [{ __name__: "orders_failed_total", ...shop }];
      assert.deepEqual(await findings("rate(order_failed_total[5m]) > 0", { series }), [
        "failed metric: `order_failed_total` is not there, and was not within 15d; is `orders_failed_total` meant?",
      ]);
    });

    it("in a part that the rule can do without, and warns of it if the rule is the user's", async () => {
      const told =
        "warning metric: `cart_open` is not there, and was not within 15d; is `carts_open` meant? The rule can have a result without it.";
      assert.deepEqual(await findings("orders_total > 5 unless on (job) cart_open"), [told]);
      assert.deepEqual(await findings("orders_total > 5 or cart_open > 5"), [told]);
      assert.match((await findings("order_total > 5 or cart_open > 5")).join("\n"), /^failed .*\nfailed /);
    });

    it("in a series that another rule records, until that rule is dead", async () => {
      const recorded = (expr: string): PlacedRuleGroup => ({
        ...alert(""),
        group: { name: "Recorded", rules: [{ record: "shop:orders:rate5m", expr }] },
      });
      const dependent = alert("shop:orders:rate5m < 1");
      assert.deepEqual(await check([recorded("rate(orders_total[5m])"), dependent], await prometheus()), []);
      const found = await check([recorded("rate(order_total[5m])"), dependent], await prometheus());
      assert.deepEqual(
        found.map(({ rule, kind }) => [rule, kind]),
        [["shop:orders:rate5m", "metric"]],
      );
    });
  });

  describe("of an alert that fires", () => {
    const expr = "orders_total   >  5";
    const loaded = (state: string, more: object = {}) => ({
      groups: [
        {
          name: "Shop",
          interval: 15,
          rules: [
            {
              ...{ type: "alerting", name: "Planted", query: readTree(expr).printed!, health: "ok", lastError: "" },
              ...{ state, alerts: [{ state }], ...more },
            },
          ],
        },
      ],
    });

    it("says so if it is loaded, and asks nothing more", async () => {
      const server = await prometheus({ ...healthy, ...loaded("firing") });
      const found = await check([alert(expr)], server);
      assert.deepEqual(
        found.map(({ status, sentence }) => [status, sentence]),
        [["warning", "fires now, for 1 series."]],
      );
      assert.ok(!server.asked().some((path) => path.includes("query=orders_total")));
      assert.deepEqual(await findings(expr, loaded("inactive"), {}), []);
    });

    it("says that it would, if it is not loaded as it is", async () => {
      const results = { [expr]: 2 };
      assert.deepEqual(await findings(expr, { ...loaded("inactive"), groups: [], results }), [
        "warning firing: would fire at once: its expression has 2 results now.",
      ]);
      assert.deepEqual(await findings(expr, { results }, { for: "10m" }), [
        "warning firing: would fire after 10m: its expression has 2 results now.",
      ]);
      assert.deepEqual(await findings(expr, { results }, { labels: { severity: "none" } }), []);
    });

    it("finds a rule that Prometheus cannot evaluate", async () => {
      assert.deepEqual(
        await findings(expr, loaded("inactive", { health: "err", lastError: "many-to-many matching" })),
        ["failed evaluation: Prometheus cannot evaluate it: many-to-many matching"],
      );
      assert.match(
        (await findings(expr, { results: { [expr]: "error" } })).join(),
        /^failed evaluation: .*duplicate series/,
      );
    });
  });

  it("says which rules are not loaded", async () => {
    const living = async () => {
      const { origin } = await prometheus();
      const peer = { name: origin, origin, authentication: { access: {}, notYet: [] } };
      return new Living(new Peers([peer]), 86_400, AbortSignal.timeout(10_000));
    };
    const found = await checkRules(
      checkedRules({ groups: [alert("carts_open > 5")], features: [] }),
      await living(),
      "1d",
    );
    assert.deepEqual(
      found.map(({ kind, status }) => [kind, status]),
      [["not loaded", "warning"]],
    );
  });

  it("counts what one of two servers has", async () => {
    const [one, other] = [await prometheus({ jobs: healthy.jobs! }), await prometheus()];
    assert.deepEqual(await check([alert("rate(orders_total[5m]) == 0")], one, other), []);
    assert.equal((await check([alert("rate(orders_total[5m]) == 0")], one)).length, 1);
  });

  it("asks one question per metric, and few in all", async () => {
    const server = await prometheus();
    await check([alert('orders_total{status="paid"} / orders_total{status="open"} > 5 and carts_open > 1')], server);
    const asked = server.asked().map((path) => path.split("?")[0]);
    assert.deepEqual(
      Object.fromEntries([...new Set(asked)].map((path) => [path, asked.filter((one) => one === path).length])),
      {
        "/api/v1/label/__name__/values": 2,
        "/api/v1/rules": 1,
        "/api/v1/targets": 1,
        // Two metrics, and the expression of an alert that is not loaded.
        "/api/v1/query": 3,
      },
    );
  });

  describe("of the built-in rules", () => {
    const builtIn = () => alertingRules(settings()).groups;
    const metricsOf = (groups: readonly PlacedRuleGroup[]) =>
      checkedRules({ groups, features: [] }).flatMap(({ selectors }) => selectors);

    it("does not miss objects that a cluster need not have, as long as their exporter is there", async () => {
      const groups = builtIn().filter(({ group }) => group.name === "Workloads");
      // One metric of each exporter.
      const others = [series("kubelet_running_pods"), series("apiserver_request_total")];
      const found = await check(
        groups,
        await prometheus({ series: [series("kube_pod_info", { node: "worker-1" }), ...others] }),
      );
      assert.deepEqual(found, []);
    });

    it("only warns if no object has a wanted value, such as a quota for pods, but not if a job is missing", async () => {
      const quotas = builtIn().filter(({ group }) => group.name === "Quotas");
      const judged = async (job: string) => {
        const labels = { job, namespace: "shop", resourcequota: "team", resource: "services.loadbalancers" };
        const found = ["used", "hard"].map((type) => series("kube_resourcequota", { ...labels, type }));
        return (await check(quotas, await prometheus({ series: found }))).map(
          ({ status, kind }) => `${status} ${kind}`,
        );
      };
      assert.deepEqual(await judged("kubernetes-service-endpoints"), ["warning value"]);
      assert.deepEqual([...new Set(await judged("own"))], ["failed value"]);
    });

    it("finds that an exporter is missing", async () => {
      const groups = builtIn().filter(({ group }) => group.name.startsWith("Node"));
      const found = await check(groups, await prometheus());
      assert.ok(found.some(({ rule, kind }) => rule === "NodeMemoryLow" && kind === "metric"));
      assert.ok(found.some(({ rule, kind }) => rule === "NodeNotReady" && kind === "metric"));
    });

    it("reads every selector", () => {
      assert.ok(metricsOf(builtIn()).length > 50);
      for (const { metric } of metricsOf(builtIn())) assert.match(metric, /^\w+$/);
    });
  });
});

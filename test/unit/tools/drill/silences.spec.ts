import * as assert from "node:assert/strict";
import { AlertmanagerApi } from "../../../../tools/drill/alertmanager-api";
import { silenceWarnings } from "../../../../tools/drill/silences";
import { reportText } from "../../../../tools/drill/table";
import { silencesCheck } from "../../../../tools/preflight/checks/silences";
import { runChecks } from "../../../../tools/preflight/run";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { NotApplied } from "../../../../tools/stack/outputs";
import { type FakeAlertmanager, fakeAlertmanager } from "../../../support/fake-alertmanager";
import { configuration } from "../../../support/settings";

const hour = 3600e3;
const start = Date.UTC(2026, 0, 1);

interface Given {
  readonly matchers: readonly string[];
  readonly hours?: number;
  readonly state?: string;
  readonly comment?: string;
}

/** A silence as the API returns it. */
function silence({ matchers, hours = 2, state = "active", comment = "upgrade" }: Given): object {
  return {
    id: "0001",
    status: { state },
    matchers: matchers.map((text) => {
      const [, name, operator = "=", value] = /^(\w+)(=~|!~|!=|=)(.*)$/.exec(text)!;
      return { name, value, isRegex: operator.endsWith("~"), isEqual: operator.startsWith("=") };
    }),
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + hours * hour).toISOString(),
    createdBy: "ops",
    comment,
  };
}

describe("silences that hide important alerts", () => {
  let fake: FakeAlertmanager;
  beforeEach(async () => (fake = await fakeAlertmanager()));
  afterEach(() => fake.stop());

  async function of(...given: Given[]): Promise<string[]> {
    fake.silences = given.map(silence);
    return silenceWarnings(new AlertmanagerApi(fake.origin), "7d");
  }

  it("are reported with the alerts that they mute, their end, and their author", async () => {
    assert.deepEqual(await of({ matchers: ["severity=critical"], hours: 87_600 }), [
      'the silence 0001 mutes every critical alert, and lasts for 3650 days, longer than 7d, until 2035-12-30T00:00Z, made by ops ("upgrade").',
    ]);
  });

  const cases: [title: string, given: Given, expected: RegExp | undefined][] = [
    ["everything", { matchers: ["alertname=~.+"] }, /mutes every alert, until/],
    [
      "everything, by a label that does not exist",
      { matchers: ["maintenance="] },
      /mutes every alert with maintenance="", until/,
    ],
    ["everything of a cluster", { matchers: ["cluster=prod"] }, /mutes every alert with cluster="prod", until/],
    ["all alerts but one", { matchers: ["alertname!=Watchdog"] }, /mutes every alert, until/],
    ["one critical alert", { matchers: ["alertname=NodeNotReady"] }, /mutes critical NodeNotReady, until/],
    [
      "the alerts of a node",
      { matchers: ["node=worker-1"] },
      /mutes critical .*InstanceDown, .*NodeNotReady, .* with node="worker-1", until/,
    ],
    [
      "critical alerts and warnings that has not started",
      { matchers: ["severity=~critical|warning"], state: "pending" },
      /mutes every critical alert/,
    ],
    [
      "a warning for eight days",
      { matchers: ["alertname=JobFailed"], hours: 192 },
      /0001 lasts for 8 days, longer than 7d, until/,
    ],
    ["warnings", { matchers: ["severity=warning"] }, undefined],
    ["a warning for a week", { matchers: ["alertname=NodeCpuHigh"], hours: 168 }, undefined],
    ["a custom alert", { matchers: ["alertname=CheckoutSlow"] }, undefined],
    ["critical alerts that has ended", { matchers: ["severity=critical"], state: "expired" }, undefined],
  ];
  for (const [title, given, expected] of cases) {
    it(`${expected === undefined ? "do not include" : "include"} a silence of ${title}`, async () => {
      const told = await of(given);
      assert.equal(told.length, expected === undefined ? 0 : 1, told.join("\n"));
      if (expected !== undefined) assert.match(told[0]!, expected);
    });
  }

  it("are recognized by the critical alerts that they mute now, whatever the names of those alerts", async () => {
    const api = new AlertmanagerApi(fake.origin);
    await api.post({ labels: { alertname: "EtcdNoLeader", severity: "critical" }, annotations: {} });
    fake.status.silencedBy = ["0001"];
    assert.match(
      (await of({ matchers: ["alertname=EtcdNoLeader"] })).join(),
      /now firing and critical: EtcdNoLeader, until/,
    );
  });

  it("cannot send control characters to a terminal through their comments, which anyone may write", async () => {
    const [told = ""] = await of({ matchers: ["severity=critical"], comment: "a\u001B[2Jb\nc\u202Ed" });
    assert.match(told, /\("ab cd"\)\.$|\("ab c d"\)\.$/);
  });

  it("are part of the drill's report", () => {
    const warnings = ["the silence 0001 mutes every critical alert."];
    const common = { kind: "alert", id: "x", subject: "x", startedAt: "x", way: "x", receivers: [] } as const;
    const text = reportText({ ...common, stages: [], outcome: "delivered", proof: [], failures: [], warnings });
    assert.match(text, /Warning +the silence 0001 mutes every critical alert\./);
  });

  /** The only row of the preflight's check of silences. The cluster is not reachable. */
  async function row(outputs: Record<string, unknown> | Error, values = {}) {
    const cluster = Promise.resolve({ fault: { key: "alerting:context", sentence: "does not answer." } });
    const keys = {
      stack: "dev",
      logins: () => Promise.resolve([]),
      authority: () => Promise.resolve(undefined),
      read: () => [],
    };
    const asked = () => (outputs instanceof Error ? Promise.reject(outputs) : Promise.resolve(outputs));
    const [found, ...more] = await runChecks([silencesCheck(configuration(values), { outputs: asked, keys }, cluster)]);
    assert.deepEqual(more, []);
    return found!;
  }

  it("are a row of the preflight, with the maximum length from the settings", async () => {
    fake.silences = [silence({ matchers: ["alertname=JobFailed"], hours: 48 })];
    const outputs = { alertmanagerUrl: fake.origin };
    assert.deepEqual((await row(outputs)).status, "ok");
    const found = await row(outputs, { alertmanager: { longestSilence: "1d" } });
    assert.deepEqual([found.status, found.check], ["warning", "silences"]);
    assert.match(found.what, /lasts for 2 days, longer than 1d/);
  });

  it("are not looked up before Alertmanager exists, and are reported as unknown if it cannot be reached", async () => {
    assert.equal((await row(new NotApplied("x"))).status, "ok");
    assert.equal((await row(new StackUnreadable("no state"))).status, "skipped");
    const unreached = await row({ alertmanagerUrl: "http://127.0.0.1:1" });
    assert.deepEqual(unreached.status, "skipped");
    assert.match(unreached.what, /^were not read: http:\/\/127\.0\.0\.1:1\/.*, and the cluster was not reached\.$/);
  });
});

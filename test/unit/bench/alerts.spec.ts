import assert from "node:assert/strict";
import { addressesOf } from "../../../bench/alerts/addresses";
import { configurationOf } from "../../../bench/alerts/configuration";
import { figuresOf } from "../../../bench/alerts/figures";
import { judge, readAlertMessage } from "../../../bench/alerts/judge";
import type { Stop, Verdict } from "../../../bench/alerts/judge";
import { readOptions } from "../../../bench/alerts/options";
import { planStop } from "../../../bench/alerts/phases";
import type { RenderedProfile } from "../../../bench/alerts/rendered";
import { complaints, markdownReport } from "../../../bench/alerts/report";
import { placesOf } from "../../../bench/alerts/strata";
import { randomFrom } from "../../../bench/random";
import { heartbeatOf, SeenAlerts, soakComplaints, soakMarkdown } from "../../../bench/soak/observations";
import { parse } from "yaml";

const times = { scrape: 15, scrapeTimeout: 5, evaluation: 15, down: 30, groupWait: 10, groupInterval: 60 };
const start = Date.parse("2030-01-01T00:00:00Z");
const webhookPath = "/services/Tprompt/B1x1/bench";
const stop: Stop = {
  profile: "prompt",
  deployment: 1,
  instance: "127.0.0.1:20001",
  webhookPath,
  stoppedAt: start,
  startedAt: start + 60_000,
  overAt: start + 200_000,
  expectedSeconds: 55,
};

const message = (seconds: number, title: string, text = `${stop.instance} has not answered.`, path = webhookPath) => ({
  receivedAt: new Date(start + seconds * 1000).toISOString(),
  path,
  payload: { attachments: [{ title, text }] },
  answered: 200,
  taken: true,
});
const firing = message(55.2, "[FIRING] InstanceDown · dev");
const resolved = message(120, "[RESOLVED] InstanceDown · dev");

describe("the benchmark's schedule for stopping targets", () => {
  it("has exactly one stop in each part of the scrape interval and of the evaluation interval", () => {
    const places = placesOf(20, randomFrom(7));
    const parts = (of: (place: (typeof places)[number]) => number) =>
      places.map((place) => Math.floor(of(place) * 20)).sort((a, b) => a - b);
    const all = Array.from({ length: 20 }, (_, index) => index);
    assert.deepEqual(
      parts(({ scrape }) => scrape),
      all,
    );
    assert.deepEqual(
      parts(({ evaluation }) => evaluation),
      all,
    );
  });

  it("is the same for the same seed, and different for another seed", () => {
    assert.deepEqual(placesOf(5, randomFrom(1)), placesOf(5, randomFrom(1)));
    assert.notDeepEqual(placesOf(5, randomFrom(1)), placesOf(5, randomFrom(2)));
  });

  it("stops the target with the wanted scrape phase, at the wanted time before its next scrape", () => {
    const scrapes = new Map([
      ["a", start + 1_000],
      ["b", start + 6_000],
      ["c", start + 11_000],
    ]);
    const phases = { scrapes, evaluation: start + 12_000 };
    const planned = planStop(phases, times, { scrape: 0.2, evaluation: 0.42 }, start + 100_000);
    // Target b is scraped 6 s before each evaluation, at 96 s and at 111 s. It is stopped 3 s before the second scrape.
    assert.deepEqual(planned, {
      instance: "b",
      at: start + 108_000,
      scrapeWait: 3,
      evaluationWait: 6,
      expectedSeconds: 49,
    });
  });

  it("counts from the next evaluation if the known evaluation was before the scrape", () => {
    const phases = { scrapes: new Map([["a", start + 14_000]]), evaluation: start + 1_000 };
    assert.equal(planStop(phases, times, { scrape: 0, evaluation: 0 }, start).evaluationWait, 2);
  });
});

describe("the benchmark's verdict on the messages after a stop", () => {
  it("uses the times of the first firing and the first resolved message", () => {
    const verdict = judge(stop, [firing, resolved]);
    assert.deepEqual(verdict, {
      stop,
      seconds: 55.2,
      resolvedSeconds: 60,
      lost: 0,
      duplicates: 0,
      falseAlerts: [],
    });
  });

  it("counts missing messages", () => {
    assert.equal(judge(stop, [firing]).lost, 1);
    assert.equal(judge(stop, []).lost, 2);
    assert.equal(judge(stop, []).seconds, undefined);
  });

  it("counts repeated messages", () => {
    assert.equal(judge(stop, [firing, resolved, message(150, "[RESOLVED] InstanceDown · dev")]).duplicates, 1);
  });

  it("counts messages about another alert or another instance as false", () => {
    const other = message(70, "[FIRING] JobDown · dev");
    const elsewhere = message(71, "[FIRING] InstanceDown · dev", "127.0.0.1:20002 has not answered.");
    const verdict = judge(stop, [firing, resolved, other, elsewhere]);
    assert.deepEqual(verdict.falseAlerts, ["[FIRING] JobDown · dev", "[FIRING] InstanceDown · dev"]);
    assert.equal(verdict.duplicates, 0);
  });

  it("ignores messages of another deployment, and of the stops before and after", () => {
    const strange = message(56, "[FIRING] InstanceDown", undefined, "/services/Tprompt/B2x1/bench");
    assert.equal(
      judge(stop, [firing, resolved, strange, message(-1, "[FIRING] X"), message(201, "[FIRING] X")]).lost,
      0,
    );
    assert.deepEqual(judge(stop, [strange]).falseAlerts, []);
  });

  it("reads titles with and without a count", () => {
    for (const title of ["[FIRING] InstanceDown", "[FIRING:2] InstanceDown · prod"]) {
      const { state, alert } = readAlertMessage({ attachments: [{ title, text: "x" }] });
      assert.deepEqual([state, alert], ["FIRING", "InstanceDown"]);
    }
  });
});

describe("the benchmark's results", () => {
  const verdict = (seconds: number | undefined): Verdict => ({
    stop,
    seconds,
    resolvedSeconds: 40,
    lost: seconds === undefined ? 1 : 0,
    duplicates: 0,
    falseAlerts: [],
  });

  it("pass if all times are within the limits and the mean is near the expected mean", () => {
    const figures = figuresOf("prompt", times, [verdict(40), verdict(58), verdict(70.9)]);
    assert.equal(figures.outside, 0);
    assert.ok(figures.passed);
    assert.deepEqual(complaints([figures]), []);
  });

  it("fail if one message is early, late or missing", () => {
    for (const [others, seconds] of [
      [70, 39.9],
      [40, 71.1],
      [55, undefined],
    ] as const) {
      const figures = figuresOf("prompt", times, [verdict(others), verdict(seconds)]);
      assert.equal(figures.passed, false);
      assert.equal(complaints([figures]).length, 1, String(seconds));
    }
  });

  it("fail if the mean is far off, even if all times are within the limits", () => {
    const figures = figuresOf("prompt", times, [verdict(69), verdict(70)]);
    assert.equal(figures.outside, 0);
    assert.match(complaints([figures]).join(), /the mean is 1\.264 of T_avg/);
  });

  it("are a Markdown table with one row per profile", () => {
    const figures = figuresOf("prompt", times, [verdict(45), verdict(65)]);
    const lines = markdownReport([figures], { peakMiB: 1000, timersLate: 0.1, minutes: 12 }).split("\n");
    assert.match(lines[2] ?? "", /^\| prompt \| 2 \(1\) \| 0 \| 0 \| 0 \| 45\.0 \/ 55\.0 \/ 65\.0 \| 40 to 70/);
    assert.equal(lines[1]?.split("|").length, lines[2]?.split("|").length);
  });

  it("can be printed even if there was no message", () => {
    const figures = figuresOf("prompt", times, [verdict(undefined)]);
    assert.equal(figures.told, undefined);
    assert.match(markdownReport([figures], { peakMiB: 1, timersLate: 0, minutes: 1 }), /\| prompt \| 1 \(1\) \| 1 \|/);
  });
});

describe("the benchmark's options", () => {
  it("default to at least twenty stops in every profile", () => {
    const options = readOptions([]);
    assert.ok(options !== "help" && !("faults" in options));
    assert.ok(options.deployments * options.stops >= 20);
    assert.deepEqual(options.profiles, ["fast", "prompt", "default", "calm"]);
  });

  it("are all reported at once if they are wrong", () => {
    assert.deepEqual(readOptions(["--profiles", "fast,slow", "--stops", "none"]), {
      faults: [
        '--profiles names "slow"; there are fast, prompt, default, calm.',
        '--stops is "none"; it is a whole number from 1 to 100.',
      ],
    });
    assert.match(JSON.stringify(readOptions(["--nonsense"])), /nonsense/);
  });
});

describe("the benchmark's configuration of a deployment", () => {
  const rendered: RenderedProfile = {
    name: "prompt",
    times,
    prometheus: {
      files: {
        "prometheus.yml": [
          "global: { scrape_interval: 15s, external_labels: { cluster: lab } }",
          "rule_files: [/etc/config/alerting_rules.yml]",
          "alerting: { alertmanagers: [{ kubernetes_sd_configs: [{ role: pod }] }] }",
          "scrape_configs: [{ job_name: nodes }]",
        ].join("\n"),
        "alerting_rules.yml": "groups: []\n",
      },
      args: ["--config.file=/etc/config/prometheus.yml", "--storage.tsdb.path=/data", "--config.auto-reload"],
    },
    alertmanager: {
      files: {
        "alertmanager.yml": [
          "global: { slack_api_url_file: /etc/alertmanager-secrets/slack/webhook-url }",
          'templates: ["/etc/alertmanager/*.tmpl"]',
          "route: { receiver: slack, group_wait: 10s }",
        ].join("\n"),
        "slack.tmpl": "{{ define }}",
      },
      args: ["--storage.path=/alertmanager", "--cluster.listen-address="],
    },
  };
  const places = {
    directory: "/run/x",
    label: "3",
    targets: ["127.0.0.1:1", "127.0.0.1:2"],
    prometheus: "127.0.0.1:3",
    alertmanager: "127.0.0.1:4",
    webhookUrl: "http://127.0.0.1:5/services/T000/B000/XXXX",
  };
  const { files, prometheusArgs, alertmanagerArgs } = configurationOf(rendered, places);

  it("has addresses that no other deployment of the run uses", () => {
    const of = (network: number) => {
      const { targets: own, prometheus, alertmanager } = addressesOf(network, 16);
      return [...own, prometheus, alertmanager].map((address) => address.split(":")[0]);
    };
    const all = Array.from({ length: 160 }, (_, network) => of(network)).flat();
    assert.equal(new Set(all).size, all.length);
    assert.ok(all.every((host) => /^127(\.(\d|\d\d|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(host ?? "")));
  });

  it("changes only the documented parts", () => {
    const { scrape_configs, ...rest } = parse(files["/run/x/prometheus/prometheus.yml"] ?? "") as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    assert.deepEqual(rest, {
      global: { scrape_interval: "15s", external_labels: { cluster: "lab", deployment: "3" } },
      rule_files: ["/run/x/prometheus/alerting_rules.yml"],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:4"] }] }] },
    });
    assert.deepEqual(
      scrape_configs[0]?.static_configs.flatMap(({ targets }) => targets),
      places.targets,
    );
    assert.equal(files["/run/x/prometheus/alerting_rules.yml"], "groups: []\n");
    assert.deepEqual(parse(files["/run/x/alertmanager/alertmanager.yml"] ?? ""), {
      global: { slack_api_url_file: "/run/x/secrets/slack/webhook-url" },
      templates: ["/run/x/alertmanager/*.tmpl"],
      route: { receiver: "slack", group_wait: "10s" },
    });
  });

  it("has the webhook in a separate file, and nowhere else", () => {
    const holding = Object.entries(files).filter(([, text]) => text.includes("/services/"));
    assert.deepEqual(
      holding.map(([file]) => file),
      ["/run/x/secrets/slack/webhook-url"],
    );
    assert.ok(![...prometheusArgs, ...alertmanagerArgs].some((arg) => arg.includes("/services/")));
  });

  it("listens on the loopback address, and keeps the program's arguments", () => {
    assert.deepEqual(prometheusArgs, [
      "--config.file=/run/x/prometheus/prometheus.yml",
      "--storage.tsdb.path=/run/x/tsdb",
      "--storage.tsdb.wal-segment-size=10MB",
      "--web.listen-address=127.0.0.1:3",
    ]);
    assert.deepEqual(alertmanagerArgs, [
      "--storage.path=/run/x/notifications",
      "--cluster.listen-address=",
      "--web.listen-address=127.0.0.1:4",
    ]);
  });
});

describe("the observations of an idle lab", () => {
  const heartbeat = { pings: 30, longestGapSeconds: 75 };
  const idle = { name: "nothing", minutes: 30, fired: [], pended: [], messages: [], heartbeat };
  const soak = (phase: object) => ({ rules: 20, targets: 13, phases: [{ ...idle, ...phase }] });
  const alert = (state: "pending" | "firing", alertname = "NodeCpuHigh") => ({
    labels: { alertname, node: "node-1" },
    state,
  });

  it("list a firing alert once, however often it was seen, and not also as pending", () => {
    const seen = new SeenAlerts();
    seen.add([alert("pending"), alert("firing"), alert("firing"), alert("pending", "JobFailed")]);
    assert.deepEqual(seen.fired, ["NodeCpuHigh (node-1)"]);
    assert.deepEqual(seen.pended, ["JobFailed (node-1)"]);
  });

  it("do not list alerts that nobody gets", () => {
    const seen = new SeenAlerts();
    seen.add([alert("firing", "Watchdog"), alert("firing", "NodeInhibitor")]);
    assert.deepEqual(seen.fired, []);
  });

  it("count the time since an earlier heartbeat, and after the last, as gaps", () => {
    const at = (seconds: number) => ({ at: start + seconds * 1000 });
    const during = (pings: { at: number }[]) => heartbeatOf(pings, start, start + 300_000);
    assert.deepEqual(during([at(60), at(120), at(290)]), { pings: 3, longestGapSeconds: 170 });
    assert.deepEqual(during([at(-150), at(100)]), { pings: 1, longestGapSeconds: 250 });
    assert.deepEqual(during([at(100)]), { pings: 1, longestGapSeconds: 200 });
    assert.deepEqual(during([]), { pings: 0, longestGapSeconds: 300 });
  });

  it("cause no complaint if there were no alerts and the heartbeat was regular", () => {
    assert.deepEqual(soakComplaints(soak({ pended: ["JobFailed"] }), 60), []);
    assert.match(soakMarkdown(soak({})), /\| nothing \| 30 \| 0 \| 0 \| 0 \| 30 \| 75 \|$/);
  });

  it("cause complaints about alerts, messages and long gaps", () => {
    const late = { pings: 2, longestGapSeconds: 121 };
    const drained = { ...idle, name: "a worker is drained", heartbeat: late, fired: ["A"], messages: ["[FIRING] A"] };
    assert.deepEqual(soakComplaints({ ...soak({}), phases: [idle, drained] }, 60), [
      "a worker is drained: A fired, although nothing was wrong.",
      "a worker is drained: Slack received a message although nothing was wrong: [FIRING] A.",
      "a worker is drained: no heartbeat for 121 s, more than twice the interval of 60 s.",
    ]);
  });
});

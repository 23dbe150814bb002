import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { slackMessage } from "../../values/slack-message";
import { mentionsIn } from "../../lab/slack/markup";
import { cuts, folded } from "../../lab/slack/payload-limits";
import { readSlackPayload } from "../../lab/slack-message";
import { type AlertInMessage, alertInMessage as alert, messageData } from "../support/slack-alerts";
import { withProgram } from "../support/lab/with-program";

const project = path.resolve(__dirname, "../..");
const fields = ["title", "title_link", "text", "color", "fallback", "footer"] as const;
type Rendered = Record<(typeof fields)[number], string>;

describe("the Slack message, rendered as Alertmanager renders it", function () {
  let directory: string;
  const amtool = withProgram("amtool");

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slack-template-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function rendered(
    alerts: readonly AlertInMessage[],
    more: Parameters<typeof messageData>[1] = {},
  ): Promise<Rendered> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const file = path.join(directory, "data.json");
    await writeFile(file, JSON.stringify(messageData(alerts, more)));
    const between = "\u0001";
    const message = slackMessage();
    const answer = await execa(amtool(), [
      "template",
      "render",
      `--template.glob=${path.join(project, "values", "*.tmpl")}`,
      `--template.text=${fields.map((field) => message[field] ?? "").join(between)}`,
      `--template.data=${file}`,
    ]);
    const texts = answer.stdout.split(between);
    return Object.fromEntries(fields.map((field, at) => [field, texts[at] ?? ""])) as Rendered;
  }

  const read = (message: Rendered) => readSlackPayload({ attachments: [message] });
  const linkOf = (message: Rendered, text: string) => read(message).links.find((link) => link.text === text)?.url;
  const many = (count: number, more: Parameters<typeof alert>[1] = {}) =>
    Array.from({ length: count }, (_, at) => alert(`10.0.2.${at}:9100`, more));

  /** Asserts that Slack truncates nothing and that nobody is mentioned. */
  function assertFits(message: Rendered): void {
    assert.deepEqual(cuts({ attachments: [message] }), []);
    for (const field of fields) {
      assert.deepEqual(mentionsIn(message[field]), []);
      if (field === "title_link") continue;
      const { length } = message[field].match(/&(?!(amp|lt|gt);)/g) ?? [];
      assert.equal(length ?? 0, 0, `${field} has an & that is not escaped: ${message[field]}`);
    }
    assert.doesNotMatch(message.title + message.fallback + message.footer, /[<>]/);
  }

  it("says what is wrong, what to do, and since when, if it is about one alert", async () => {
    const message = await rendered([alert("10.0.2.11:9100")]);
    assert.equal(message.title, "[FIRING] InstanceDown · dev");
    assert.deepEqual(read(message).lines, [
      "Instance 10.0.2.11:9100 is down",
      "10.0.2.11:9100 of job node has not answered Prometheus' scrapes.",
      "Runbook · Graph · Silence",
      "Firing since 22 Nov 14:03:05 UTC",
    ]);
    assert.equal(message.color, "danger");
    assert.equal(message.fallback, "[FIRING] InstanceDown · dev: Instance 10.0.2.11:9100 is down");
    assert.equal(message.footer, "critical · cluster lab");
    assert.equal(folded(message.text.replace(/<[^|]*\|/g, "")), false, "Slack hides the end of a text of six lines");
    assertFits(message);
  });

  it("has links to the runbook, the graph, a silence for exactly this alert, and the group", async () => {
    const message = await rendered([alert("10.0.2.11:9100", { labels: { node: "a b+c" } })]);
    assert.equal(linkOf(message, "Runbook"), "https://runbooks.example/InstanceDown.md?a=1&b=2");
    assert.equal(linkOf(message, "Graph"), "http://prometheus.example/graph?g0.expr=up+%3D%3D+0&g0.tab=1");
    const silence = new URL(linkOf(message, "Silence") ?? "");
    assert.equal(silence.href.split("?")[0], "http://alertmanager.example/#/silences/new");
    // Alertmanager's page decodes only percent-encoding, not `+`.
    assert.doesNotMatch(silence.hash, /\+/);
    assert.equal(
      decodeURIComponent(silence.hash.split("filter=")[1] ?? ""),
      '{alertname="InstanceDown",cluster="lab",environment="dev",instance="10.0.2.11:9100",job="node",node="a b+c",severity="critical"}',
    );
    assert.equal(
      decodeURIComponent(message.title_link),
      'http://alertmanager.example/#/alerts?filter={alertname="InstanceDown",cluster="lab"}',
    );
  });

  it("counts two alerts, and shows the summary and the start of each", async () => {
    const message = await rendered([
      alert("10.0.2.11:9100", { labels: { node: "worker-1" } }),
      alert("10.0.2.12:9100", { labels: { node: "worker-2" }, startsAt: "2026-11-22T23:59:59Z" }),
    ]);
    assert.equal(message.title, "[FIRING:2] InstanceDown · dev");
    assert.deepEqual(read(message).lines, [
      "Runbook · Graph · Silence",
      "2 firing",
      "• 10.0.2.11:9100 since 22 Nov 14:03:05 UTC: of job node has not answered Prometheus' scrapes.",
      "• 10.0.2.12:9100 since 22 Nov 23:59:59 UTC: of job node has not answered Prometheus' scrapes.",
    ]);
    assert.equal(message.fallback, "[FIRING:2] InstanceDown · dev");
    assertFits(message);
  });

  it("lists ten of twelve alerts, and counts the other two", async () => {
    const bullets = (message: Rendered) => read(message).lines.filter((line) => line.startsWith("•")).length;
    const ten = await rendered(many(10));
    assert.equal(bullets(ten), 10);
    assert.doesNotMatch(ten.text, /more/);
    const twelve = await rendered(many(12));
    assert.equal(twelve.title, "[FIRING:12] InstanceDown · dev");
    assert.equal(bullets(twelve), 10);
    assert.equal(read(twelve).lines.at(-1), "and 2 more");
    assertFits(twelve);
  });

  it("says how long a resolved alert lasted, and offers no silence for it", async () => {
    const message = await rendered([alert("10.0.2.11:9100", { endsAt: "2026-11-22T14:08:17.4Z" })]);
    assert.equal(message.title, "[RESOLVED] InstanceDown · dev");
    assert.deepEqual(read(message).lines, [
      "Resolved: Instance 10.0.2.11:9100 is down",
      "Runbook · Graph",
      "It lasted 5m 12s, from 22 Nov 14:03:05 to 22 Nov 14:08:17 UTC",
    ]);
    assert.equal(message.color, "good");
    assertFits(message);
    const three = await rendered(many(3, { endsAt: "2026-11-24T15:03:05Z" }));
    assert.equal(three.title, "[RESOLVED:3] InstanceDown · dev");
    assert.match(three.text, /^\*3 resolved\*$/m);
    assert.match(three.text, /`10\.0\.2\.1:9100` lasted 2d 1h 0m 0s$/m);
  });

  it("lists firing and resolved alerts, and counts the firing ones in the title", async () => {
    const over = many(11, { endsAt: "2026-11-22T14:03:50Z" });
    const message = await rendered([alert("10.0.9.1:9100"), ...over, alert("10.0.9.2:9100")]);
    assert.equal(message.title, "[FIRING:2] InstanceDown · dev");
    assert.equal(message.color, "danger");
    const { lines } = read(message);
    assert.equal(lines[1], "2 firing");
    assert.equal(lines[4], "11 resolved");
    assert.equal(lines[5], "• 10.0.2.0:9100 lasted 45s");
    assert.equal(lines.at(-1), "and 1 more");
    const one = await rendered([alert("10.0.9.1:9100"), over[0]!]);
    assert.equal(one.title, "[FIRING] InstanceDown · dev");
    assertFits(message);
  });

  for (const [severities, color] of [
    [["critical"], "danger"],
    [["warning"], "warning"],
    [["info"], "#439FE0"],
    [["none"], "#439FE0"],
    [["info", "warning"], "warning"],
    [["critical", "info", "warning"], "danger"],
    [["page"], "warning"],
    [[undefined], "warning"],
  ] as const) {
    it(`has the color ${color} for ${severities.map((one) => one ?? "no severity").join(", ")}`, async () => {
      const alerts = severities.map((severity, at) => alert(`i${at}`, { labels: { severity } }));
      assert.equal((await rendered(alerts)).color, color);
    });
  }

  it("has the color of the worst severity only while an alert of that severity fires", async () => {
    const over = alert("a", { endsAt: "2026-11-22T15:00:00Z" });
    assert.equal((await rendered([over, alert("b", { labels: { severity: "info" } })])).color, "#439FE0");
    assert.equal((await rendered([over])).color, "good");
  });

  it("marks a drill in the title, in the phone notification and at the start of the text", async () => {
    const drill = { labels: { alertname: "AlertingDrill", drill: "true", severity: "info" } };
    const message = await rendered([alert("x", drill)]);
    assert.equal(message.title, "[DRILL] [FIRING] AlertingDrill · dev");
    assert.match(message.fallback, /^\[DRILL\]/);
    assert.equal(read(message).lines[0], "This is a drill: nothing is wrong.");
    const among = await rendered([alert("x", { labels: { drill: "true" } }), alert("y")]);
    assert.doesNotMatch(among.title, /DRILL/);
    assert.match(among.text, /^• `x` \(drill\) since/m);
    assert.match(among.text, /^• `y` since/m);
  });

  it("shows common labels of the alerts once, and identifies each alert by its other labels", async () => {
    const pod = (name: string) =>
      alert("kube-state-metrics:8080", {
        labels: { namespace: "shop", pod: name },
        annotations: { summary: "A pod crashes", description: "Its container ended again and again." },
      });
    const message = await rendered([pod("web-1"), pod("web-2")]);
    assert.deepEqual(read(message).lines, [
      "A pod crashes",
      "Its container ended again and again.",
      "Runbook · Graph · Silence",
      "2 firing",
      "• pod=web-1 since 22 Nov 14:03:05 UTC",
      "• pod=web-2 since 22 Nov 14:03:05 UTC",
    ]);
  });

  it("exists even if there are no annotations, environment, runbook, graph and times", async () => {
    const bare = { labels: { job: "x" }, annotations: {}, startsAt: undefined, generatorURL: "" };
    const one = messageData([alert("10.0.2.11:9100", bare)]).alerts[0]!;
    const alone = { ...one, labels: { alertname: "Mine", job: "x" }, annotations: {} };
    const message = await rendered([alone]);
    assert.equal(message.title, "[FIRING] Mine");
    assert.deepEqual(read(message).lines, ["job=x", "Silence", "Firing"]);
    assert.equal(message.footer, "");
    assert.equal(message.fallback, "[FIRING] Mine");
    assert.equal(message.color, "warning");
    const nothing = await rendered([{ ...one, labels: {}, annotations: {} }], { groupLabels: {} });
    assert.equal(nothing.title, "[FIRING] Alerts of several kinds");
    assert.equal(linkOf(nothing, "Silence"), "http://alertmanager.example/#/silences/new");
    const over = await rendered([{ ...alone, status: "resolved" }]);
    assert.equal(read(over).lines.at(-1), "It is over");
  });

  it("shows a runbook as text, not as a link, if it is not the URL of a web page", async () => {
    const runbook = async (url: string) =>
      (await rendered([alert("x", { annotations: { runbook_url: url } })])).text.split("\n")[2]?.split(" · ")[0];
    assert.equal(await runbook("docs/runbooks/InstanceDown.md"), "Runbook: docs/runbooks/InstanceDown.md");
    assert.equal(await runbook("javascript:alert(1)"), "Runbook: javascript:alert(1)");
    assert.equal(await runbook("https://a.example/|<!channel>"), "Runbook: https://a.example/|&lt;!channel&gt;");
    assert.equal(await runbook("https://a.example/x?y=<z>"), "Runbook: https://a.example/x?y=&lt;z&gt;");
  });

  it("links to the dashboard if the alerts have one in common, and only if it is the URL of a web page", async () => {
    const dashboard = (url: string) => alert("x", { annotations: { dashboard_url: url } });
    const url = "https://grafana.example/d/alerting-nodes?a=1&b=2";
    const message = await rendered([dashboard(url)]);
    assert.equal(linkOf(message, "Dashboard"), url);
    assert.equal(read(message).lines[2], "Runbook · Dashboard · Graph · Silence");
    const alone = await rendered([alert("x", { annotations: { runbook_url: "", dashboard_url: url } })]);
    assert.equal(read(alone).lines[2], "Dashboard · Graph · Silence");
    for (const wrong of [
      "javascript:alert(1)",
      "https://a.example/|<!channel>",
      `https://a.example/${"x".repeat(600)}`,
    ])
      assert.equal(read(await rendered([dashboard(wrong)])).lines[2], "Runbook · Graph · Silence");
    const two = [dashboard(url), dashboard("https://grafana.example/d/other")];
    assert.equal(linkOf(await rendered(two), "Dashboard"), undefined);
  });

  it("shows label and annotation values as text: no mention, link, code block, template or extra line", async () => {
    for (const hostile of [
      "<!channel> <!here|x> <@U123> <!subteam^S1>",
      "<https://evil.example|Silence>",
      "@channel @here",
      'quotes " and \\ and { } [ ]',
      "```",
      "`code`",
      '{{ template "x" . }}{{ .Nothing.At.All }}',
      "%s %d ${1} $1 \\1",
      "\\E(",
      "a\nb\r\n\tc",
      "\u202ereversed\u2066",
      "&amp;lt;!channel&amp;gt;",
      "=1+1|cmd",
    ]) {
      const labels = { instance: hostile, node: hostile, severity: hostile, environment: hostile, cluster: hostile };
      const annotations = { summary: hostile, description: `${hostile} ${hostile}`, runbook_url: hostile };
      const also = {
        labels: { ...labels, alertname: hostile },
        annotations,
        generatorURL: `http://p.example/${hostile}`,
      };
      const group = { groupLabels: { alertname: hostile, cluster: hostile } };
      const firing = await rendered([alert(hostile, also)], group);
      const several = await rendered(
        [alert(hostile, also), alert("y", also), alert("z", { ...also, endsAt: "2026-11-22T15:00:00Z" })],
        group,
      );
      for (const message of [firing, several]) {
        assertFits(message);
        assert.doesNotMatch(message.text, /```|[\u202a-\u202e\u2066-\u2069]/);
        assert.deepEqual(
          read(message).links.map(({ text, url }) => [text, new URL(url).host]),
          [
            ["Graph", "p.example"],
            ["Silence", "alertmanager.example"],
          ],
          message.text,
        );
        assert.equal(message.title.split("\n").length, 1);
      }
      assert.ok(read(firing).lines.length <= (hostile.includes("\n") ? 8 : 4), firing.text);
      const filter = decodeURIComponent((linkOf(firing, "Silence") ?? "").split("filter=")[1] ?? "");
      // Alertmanager's page reads the values as JSON.
      assert.ok(filter.includes(`,instance=${goJson(hostile)},`), filter);
    }
  });

  it("has no graph link if the address of the graph is not a web address", async () => {
    for (const generatorURL of ["javascript:alert(1)", "", "graph?g0.expr=up", "<!channel>"]) {
      const message = await rendered([alert("x", { generatorURL })]);
      assert.equal(linkOf(message, "Graph"), undefined);
      assert.doesNotMatch(message.text, /javascript|channel/);
    }
  });

  it("is accepted and shown completely by Slack even if any value has 100 kB", async () => {
    for (const long of ["x".repeat(100_000), "&".repeat(100_000), " \n".repeat(50_000), "é<".repeat(50_000)]) {
      const everywhere = {
        labels: {
          alertname: long,
          node: long,
          severity: long,
          environment: long,
          cluster: long,
          [`l_${"n".repeat(999)}`]: "v",
        },
        annotations: {
          summary: long,
          description: `${long}.`,
          runbook_url: `https://r.example/${long}`,
          dashboard_url: long,
        },
        generatorURL: `http://prometheus.example/graph?g0.expr=${encodeURIComponent(long)}`,
      };
      const ended = { ...everywhere, endsAt: "2026-11-22T15:00:00Z" };
      const alerts = [...Array.from({ length: 12 }, (_, at) => alert(`${at}${long}`, everywhere)), ...many(12, ended)];
      for (const message of [await rendered([alerts[0]!]), await rendered(alerts)]) {
        assertFits(message);
        assert.equal(linkOf(message, "Graph"), "http://prometheus.example/alerts");
        const silence = "Silence (check its matchers)";
        assert.ok((linkOf(message, silence) ?? "").length < 1_100, "the silence form's address is bounded");
      }
    }
  });

  it("is not truncated if every part has its maximum length", async () => {
    const labels = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`label_${at}`, "x".repeat(120)]));
    const annotations = {
      summary: "&".repeat(200),
      runbook_url: `https://r.example/${"&".repeat(90)}`,
      dashboard_url: `https://g.example/${"&".repeat(90)}`,
    };
    const generatorURL = `http://prometheus.example/graph?${"&".repeat(190)}`;
    const more = (at: number) => ({
      labels: { ...labels, node: `${at}${"&".repeat(99)}` },
      annotations: { ...annotations, description: `${at}${"&".repeat(200)}` },
      generatorURL,
    });
    const alerts = Array.from({ length: 24 }, (_, at) =>
      alert(`${at}${"&".repeat(99)}`, { ...more(at), ...(at > 11 && { endsAt: "2026-12-29T15:00:00Z" }) }),
    );
    const message = await rendered(alerts);
    assertFits(message);
    assert.deepEqual(
      read(message).links.map(({ text }) => text),
      ["Runbook", "Dashboard", "Graph", "Silence"],
    );
    assert.ok(message.text.length > 6_000, `is not long: ${message.text.length}`);
    assert.match(message.text, /and 2 more\n\*12 resolved\*\n[^]*and 2 more$/);
  });

  it("has a silence link with only the group's labels if there are many long labels, and asks to check them", async () => {
    const labels = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`label_${at}`, "ü".repeat(80)]));
    const message = await rendered([alert("x", { labels })]);
    assert.equal(
      decodeURIComponent(linkOf(message, "Silence (check its matchers)")?.split("filter=")[1] ?? ""),
      '{alertname="InstanceDown",cluster="lab"}',
    );
  });

  it("has a silence link without the labels that the next chart version changes", async () => {
    const labels = { helm_sh_chart: "x-1", app_kubernetes_io_version: "1", pod_template_hash: "7d9f" };
    const link = linkOf(await rendered([alert("x", { labels })]), "Silence") ?? "";
    assert.doesNotMatch(link, /helm|version|hash/);
  });

  it("never splits a character of more than 16 bits, for example an emoji, and counts it as one character", async () => {
    const message = await rendered([alert("x", { annotations: { summary: "😀".repeat(500) } })]);
    assert.equal(message.text.split("\n")[0], `${"😀".repeat(200)}…`);
  });
});

/** A string as JSON, in the form in which Go writes it. */
function goJson(value: string): string {
  const escapes: Record<string, string> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };
  return JSON.stringify(value).replace(/[<>&]/g, (character) => escapes[character]!);
}

import * as assert from "node:assert/strict";
import { command, drillArguments } from "../../../../tools/drill/arguments";
import { readArguments, usage } from "../../../../tools/shared/command-line";
import { targetsOfNode } from "../../../../tools/drill/node-targets";
import type { Target } from "../../../../tools/stack/servers/prometheus-api";

const read = (...args: readonly string[]) => drillArguments(readArguments(command, args).values);

describe("the drill's command line", () => {
  it("accepts a stack, an address of Alertmanager, or neither, which means the selected stack", () => {
    assert.equal(read("--stack", "dev").stack, "dev");
    assert.equal(read("--alertmanager", "http://127.0.0.1:9093").stack, undefined);
    assert.equal(read().stack, undefined);
  });

  it("sets how long the drill waits for a person: half an hour by default", () => {
    assert.equal(read("--stack", "dev").patienceSeconds, 1800);
    assert.equal(read("--stack", "dev", "--node", "n", "--patience", "1h").patienceSeconds, 3600);
  });

  for (const [args, fault] of [
    [["--stak", "dev"], /--stak/],
    [["--stack"], /--stack/],
    [["dev"], /dev/],
    [["--alertmanager", "alertmanager:9093"], /--alertmanager is not a valid URL; write one such as/],
    [["--alertmanager", "http://user:secret@am.example"], /do not belong on a command line/],
    [["--alertmanager", "http://am.example/?token=user:secret"], /--alertmanager has a query or a fragment/],
    // The CLI would read an empty name as its selected stack, which is never intended.
    [["--stack", ""], /^--stack is empty\.$/],
    [["--stack", "dev", "--node", " "], /^--node is empty\.$/],
    [["--alertmanager="], /^--alertmanager is empty\.$/],
    [["--stack", "dev", "--out", ""], /^--out is empty\.$/],
    [["--stack", "dev", "--patience", "soon"], /--patience got "soon"/],
    [["--stack", "dev", "--prometheus", "http://p.example"], /--prometheus needs --node/],
    [["--stack", "dev", "--label", "payments"], /--label got "payments"; write a name and a value, such as team=/],
    [["--stack", "dev", "--label", "team="], /--label got "team="/],
    [["--stack", "dev", "--label", "drill=false"], /--label drill is set by the drill/],
    [["--stack", "dev", "--label", "team=a", "--label", "team=b"], /--label team is given twice/],
    [["--stack", "dev", "--receiver", ""], /^--receiver is empty\.$/],
    [
      ["--stack", "dev", "--every-receiver", "--receiver", "ops"],
      /--every-receiver cannot be combined with --receiver/,
    ],
    [["--stack", "dev", "--node", "n", "--receiver", "ops"], /--node cannot be combined with --receiver/],
    [["--stack", "dev", "--every-receiver", "--channel", "#a"], /--channel needs a single receiver/],
  ] as const) {
    it(`rejects ${args.join(" ")} with a sentence`, () => {
      assert.throws(
        () => read(...args),
        ({ name, message }: Error) =>
          name === "WrongCommandLine" && fault.test(message) && !message.includes("user:secret"),
      );
    });
  }

  it("accepts several receivers and labels", () => {
    const { receivers, labels, everyReceiver } = read("--receiver", "a", "--receiver=b", "--label", "team=x=y");
    assert.deepEqual([receivers, labels, everyReceiver], [["a", "b"], { team: "x=y" }, false]);
  });

  it("reports all problems at once", () => {
    assert.throws(() => read("--alertmanager", "x", "--patience", "y"), /^[^\n]*--alertmanager.*\n--patience.*$/);
  });

  it("has a help text", () => {
    assert.equal(readArguments(command, ["--help"]).help, true);
    for (const option of [
      "stack",
      "alertmanager",
      "node",
      "prometheus",
      "channel",
      "patience",
      "out",
      "json",
      "receiver",
      "every-receiver",
      "label",
    ]) {
      assert.match(usage(command), new RegExp(`--${option} `));
    }
  });
});

describe("a node's targets", () => {
  const target = (name: string, node: string, health = "up", labels: Record<string, string> = {}): Target => ({
    labels: {
      instance: `10.0.2.11:${name.length}`,
      job: "kubernetes-service-endpoints",
      app_kubernetes_io_name: name,
      ...labels,
    },
    discoveredLabels: { __meta_kubernetes_endpoint_node_name: node },
    scrapeUrl: "http://10.0.2.11:9100/metrics",
    health,
    lastError: health === "up" ? "" : "connection refused",
    lastScrape: "2026-01-01T00:00:00Z",
    lastScrapeDuration: 0.01,
  });
  const exporter = "prometheus-node-exporter";

  it("are the targets that service discovery places on the node, and node-exporter is the first of them", () => {
    const { targets, failure } = targetsOfNode(
      [target("alertmanager", "worker-1"), target(exporter, "worker-1"), target(exporter, "worker-2")],
      "worker-1",
    );
    assert.equal(failure, undefined);
    assert.deepEqual(
      targets.map(({ labels }) => labels.app_kubernetes_io_name),
      [exporter, "alertmanager"],
    );
  });

  it("cause an error with the nearest node names if the node does not exist", () => {
    const known = [target(exporter, "worker-1"), target(exporter, "master-1")];
    assert.throws(() => targetsOfNode(known, "worker-l"), {
      name: "WrongTarget",
      message: '--node got "worker-l", on which Prometheus has no target. It has worker-1, master-1.',
    });
    assert.match(targetsOfNode([], "worker-l").failure ?? "", /no target on any node/);
  });

  it("must be up before a drill begins", () => {
    assert.match(targetsOfNode([target(exporter, "w", "down")], "w").failure ?? "", /is down: connection refused/);
    const hostile = { ...target(exporter, "w", "down"), lastError: "\u001b[2Jpassword=canary" };
    assert.match(targetsOfNode([hostile], "w").failure ?? "", /is down: password=\[secret\]\.$/);
    assert.match(targetsOfNode([target("alertmanager", "w")], "w").failure ?? "", /has no node-exporter on w/);
  });
});

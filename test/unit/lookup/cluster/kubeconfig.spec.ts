import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stringify } from "yaml";
import { readKubeconfig } from "../../../../lookup/cluster/kubeconfig";
import { kubeconfigOf, withVariable } from "../../../support/fake-cluster";
import { lines } from "../../../support/settings";

describe("the kubeconfig", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "kubeconfig-"));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function write(name: string, content: string | object): string {
    const file = join(home, name);
    writeFileSync(file, typeof content === "string" ? content : stringify(content));
    return file;
  }
  /** Reads a kubeconfig with only this KUBECONFIG variable, and a temporary home directory. */
  const read = (context: string, file?: string, KUBECONFIG?: string) =>
    withVariable("HOME", home, () => withVariable("KUBECONFIG", KUBECONFIG, () => readKubeconfig(context, file)));
  const server = (answer: Awaited<ReturnType<typeof read>>) => answer.kubeconfig?.getCurrentCluster()?.server;

  it("comes from the setting, which has priority over the environment", async () => {
    const set = write("set", kubeconfigOf("lab", "https://set.example"));
    const ambient = write("ambient", kubeconfigOf("lab", "https://ambient.example"));
    assert.equal(server(await read("lab", set, ambient)), "https://set.example");
    assert.equal(server(await read("lab", undefined, ambient)), "https://ambient.example");
  });

  it("is found in the home directory if the setting begins with `~/`", async () => {
    write("set", kubeconfigOf("lab", "https://set.example"));
    assert.equal(server(await read("lab", "~/set")), "https://set.example");
  });

  for (const KUBECONFIG of [undefined, "", delimiter]) {
    it(`is in the default place if KUBECONFIG is ${JSON.stringify(KUBECONFIG) ?? "not set"}`, async () => {
      mkdirSync(join(home, ".kube"));
      write(".kube/config", kubeconfigOf("lab", "https://usual.example"));
      assert.equal(server(await read("lab", undefined, KUBECONFIG)), "https://usual.example");
    });
  }

  it("is read with the configured context, not with its current context", async () => {
    const [dev, lab] = [kubeconfigOf("dev", "https://dev.example"), kubeconfigOf("lab", "https://lab.example")];
    const one = write("one", { ...dev, "current-context": "dev" });
    const two = write("two", { ...lab, "current-context": "dev" });
    const answer = await read("lab", undefined, [one, two].join(delimiter));
    assert.deepEqual(answer.faults, []);
    assert.equal(answer.kubeconfig?.getCurrentContext(), "lab");
    assert.equal(server(answer), "https://lab.example");
  });

  it("may be several files, some of which do not exist; the first file with a name takes precedence", async () => {
    const one = write("one", kubeconfigOf("lab", "https://first.example"));
    const two = write("two", kubeconfigOf("lab", "https://second.example"));
    const answer = await read("lab", undefined, [join(home, "none"), one, two].join(delimiter));
    assert.deepEqual(answer.faults, []);
    assert.equal(server(answer), "https://first.example");
  });

  it("that does not exist is reported under the setting or variable that names it", async () => {
    const gone = join(home, "gone");
    assert.deepEqual(lines((await read("lab", gone)).faults), [
      `alerting:kubeconfig: the kubeconfig file ${gone} (alerting:kubeconfig) does not exist. Set alerting:kubeconfig or KUBECONFIG.`,
    ]);
    assert.deepEqual(lines((await read("lab", undefined, gone)).faults), [
      `alerting:context: the kubeconfig file ${gone} (KUBECONFIG) does not exist. Set alerting:kubeconfig or KUBECONFIG.`,
    ]);
    assert.match((await read("lab")).faults[0]!.sentence, /\.kube\/config \(the usual place\) does not exist/);
  });

  for (const [title, content] of [
    ["not YAML", "a: [b"],
    ["empty", ""],
    ["only a comment", "# later"],
  ] as const) {
    it(`that is ${title} is reported with the file's name, without a crash`, async () => {
      const file = write("broken", content);
      const { kubeconfig, faults } = await read("lab", file);
      assert.equal(kubeconfig, undefined);
      assert.equal(faults.length, 1);
      assert.equal(faults[0]!.key, "alerting:kubeconfig");
      assert.ok(faults[0]!.sentence.includes(file), faults[0]!.sentence);
      assert.match(faults[0]!.sentence, /cannot be read/);
      assert.doesNotMatch(faults[0]!.sentence, /undefined|is not a function|\n/);
    });
  }

  it("without the context names the most similar contexts, nearest first", async () => {
    const all = ["production", "lab-2", "staging"].map((name) => kubeconfigOf(name, "https://x.example")) as {
      contexts: object[];
    }[];
    const file = write("config", { ...all[0], contexts: all.flatMap(({ contexts }) => contexts) });
    const { faults } = await read("lab", file);
    assert.deepEqual(lines(faults), [
      `alerting:context: got "lab", which is not a context of ${file}. It has lab-2, staging, production.`,
    ]);
  });

  it("without any context says so", async () => {
    const file = write("config", { apiVersion: "v1", kind: "Config", contexts: [], clusters: [], users: [] });
    assert.match((await read("lab", file)).faults[0]!.sentence, /It has none\.$/);
  });

  it("with a context whose cluster is missing is reported with both names", async () => {
    const file = write("config", { ...kubeconfigOf("lab", "https://x.example"), clusters: [] });
    assert.deepEqual(lines((await read("lab", file)).faults), [
      `alerting:context: got "lab", whose cluster "lab" is not in ${file}. Fix that file, or choose another context.`,
    ]);
  });
});

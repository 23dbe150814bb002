import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { mergeValues } from "../../validation/merge";
import { prometheusValues } from "../../values/prometheus-values";
import { bad, badNames, good, goodNames, renames } from "../fixtures/corpus/prometheus-file/values";
import { settings } from "../support/settings";
import { findHelm, objects, standIn, text } from "../support/lab/helm";
import { withProgram } from "../support/lab/with-program";

const chart = process.env.LAB_CHART ? resolve(process.env.LAB_CHART) : standIn;
const named = (name: string) =>
  [`the name ${name}`, { scrapeConfigs: { [name]: { static_configs: [{ targets: ["x:80"] }] } } }] as const;

describe("Prometheus' configuration file as the chart writes it", function () {
  this.timeout("5m");
  let folder = "";
  let helm = "";
  const promtool = withProgram("promtool");

  before(async function () {
    // The first run builds the program.
    this.timeout("30m");
    helm = (await findHelm()) ?? this.skip();
    folder = await mkdtemp(join(tmpdir(), "prometheus-file-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Cases in which Prometheus refuses the file or Helm refuses the values. */
  async function refused(cases: readonly (readonly [string, object])[]): Promise<string[]> {
    // execa is an ES module, which tsx loads only by `await import`.
    const { execa } = await import("execa");
    const ours = prometheusValues(settings({}), []);
    const verdicts: boolean[] = [];
    const waiting = [...cases.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, [, values]] = next;
        const args = ["template", "prometheus", chart, "--namespace", "monitoring", "--kube-version", "1.36.2"];
        const render = await execa(helm, [...args, "--values", "-"], {
          input: stringify(mergeValues(ours, values)),
          maxBuffer: 2 ** 26,
          reject: false,
        });
        if (render.exitCode === 0) {
          const file = join(folder, `${index}.yml`);
          await writeFile(
            file,
            text(objects(render.stdout).get("ConfigMap/prometheus-server"), "data", "prometheus.yml"),
          );
          const check = await execa(promtool(), ["check", "config", "--syntax-only", file], { reject: false });
          verdicts[index] = check.exitCode !== 0;
        } else verdicts[index] = true;
      }
    };
    await Promise.all([work(), work()]);
    return cases.flatMap(([title], index) => (verdicts[index] ? [title] : []));
  }

  it("is refused by promtool whenever the program refuses it", async () => {
    const cases = [...bad, ...badNames.filter((name) => !renames.includes(name)).map(named)];
    assert.deepEqual(
      await refused(cases),
      cases.map(([title]) => title),
    );
  });

  it("is accepted by promtool whenever the program accepts it", async () => {
    assert.deepEqual(await refused([...good, ...goodNames.map(named)]), []);
  });
});

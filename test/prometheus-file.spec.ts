import * as assert from "node:assert/strict";
import { chartJobs } from "../chart/contract";
import { mergeValues } from "../chart/merge";
import type { Finding } from "../configuration/finding";
import { checkPrometheusFile } from "../prometheus/checkConfig";
import { bad, badNames, discoveries, good, goodNames } from "./corpus/prometheus-file/values";

/** What the program itself sets for all jobs, where nobody sets anything else. */
const ours = { server: { global: { scrape_interval: "15s", scrape_timeout: "5s", evaluation_interval: "15s" } } };

const errorsOf = (values: object): Finding[] =>
  checkPrometheusFile(mergeValues(ours, values), chartJobs()).filter(({ severity }) => severity === "error");
const told = (values: object) => errorsOf(values).map(({ path, sentence }) => `${path.join(".")}: ${sentence}`);

describe("Prometheus' file, as it will be written", () => {
  for (const [title, values] of bad) {
    it(`is refused with ${title}`, () => assert.notDeepEqual(told(values), []));
  }
  for (const [title, values] of good) {
    it(`is taken with ${title}`, () => assert.deepEqual(told(values), []));
  }
  for (const [title, values] of discoveries) {
    it(`is taken with the discovery ${title}`, () => assert.deepEqual(told(values), []));
  }
  for (const name of badNames) {
    it(`is refused with a job called ${JSON.stringify(name)}`, () => {
      const targets = { static_configs: [{ targets: ["x:80"] }] };
      assert.match(told({ scrapeConfigs: { [name]: targets } }).join(), /without quotes/);
      assert.match(told({ scrapeConfigs: { a: { ...targets, job_name: name } } }).join(), /without quotes/);
    });
  }
  for (const name of goodNames) {
    it(`is taken with a job called ${JSON.stringify(name)}`, () =>
      assert.deepEqual(told({ scrapeConfigs: { [name]: { static_configs: [{ targets: ["x:80"] }] } } }), []));
  }
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileSystemPolicy } from "../../../components/efs-file-system-policy";
import { readExceptions } from "../../../tools/supply-chain/exceptions";
import { installScripts } from "../../../tools/supply-chain/lock-file";
import { chartImages, prometheusChart } from "../../../versions";

const page = (name: string) => readFileSync(join(__dirname, "../../../docs", name), "utf8");

describe("docs/file-system.md", () => {
  it("shows the owner of a file system exactly the policy that this program would write", () => {
    const block = /^ {4}\{\n(?: {4}.*\n)+? {4}\}$/m.exec(page("file-system.md"))?.[0] ?? "";
    const policy = JSON.parse(block) as {
      Statement: { Resource: string; Condition?: { StringEquals?: Record<string, string[]> } }[];
    };
    const points = policy.Statement.flatMap(({ Condition }) => Object.values(Condition?.StringEquals ?? {}).flat());
    assert.equal(points.length, 2);
    assert.deepEqual(policy, fileSystemPolicy(policy.Statement[0]!.Resource, points));
  });

  it("names only tests that exist", () => {
    for (const [, spec = ""] of page("file-system.md").matchAll(/`(test\/[-\w/]+\.spec\.ts)`/g)) {
      assert.ok(readFileSync(join(__dirname, "../../..", spec)).length > 0, spec);
    }
  });
});

describe("docs/supply-chain.md", () => {
  const text = page("supply-chain.md");

  it("has the chart's version, the exact tag of an image, the key of each image, and the number of install scripts", () => {
    assert.ok(
      text.includes(`--version ${prometheusChart.version}`) && text.includes(`-${prometheusChart.version}.tgz`),
    );
    assert.ok(text.includes(`${chartImages.prometheus.repository}:${chartImages.prometheus.tag}`));
    for (const name of Object.keys(chartImages)) assert.match(text, new RegExp(`^ +${name}: sha256:…$`, "m"));
    assert.equal(Object.keys(installScripts).length, 3);
    assert.match(text, /three have such a script/);
  });

  it("shows an exception in the valid format, except for its invented advisory id", () => {
    const shown = /^ +(\[\{ "advisory".*\])$/m.exec(text)?.[1] ?? "";
    assert.deepEqual(readExceptions(shown, new Date("2026-11-23")).faults, []);
  });
});

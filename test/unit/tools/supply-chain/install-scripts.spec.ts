import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { installScripts } from "../../../../tools/supply-chain/lock-file";
import { lockedPackages } from "../../../../tools/supply-chain/lock-file";

const project = resolve(__dirname, "../../../..");
const packages = lockedPackages();

describe("the npm packages", () => {
  it("with install scripts are all listed, each with the reason why its script is not needed", () => {
    const found = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
    assert.deepEqual([...new Set(found)].sort(), Object.keys(installScripts).sort());
    for (const reason of Object.values(installScripts)) assert.ok(reason.length > 20);
  });

  it("run no install scripts in this folder: .npmrc forbids them", () => {
    const settings = readFileSync(resolve(project, ".npmrc"), "utf8").split("\n");
    assert.ok(settings.includes("ignore-scripts=true"), settings.join());
  });

  it("run no install scripts in this repository's workflows, whatever the npm settings elsewhere", () => {
    const folder = resolve(project, ".github");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    const lines = [...files, ...["Makefile", ".ci/run"].map((file) => resolve(project, file))].flatMap((file) =>
      readFileSync(file, "utf8").split("\n"),
    );
    const installs = lines.filter((line) => /\bnpm (ci|install|i)\b/.test(line) && !/^\s*#/.test(line));
    assert.equal(installs.length, 2);
    for (const line of installs) assert.match(line, /npm ci --ignore-scripts /);
  });

  it("all have a hash of their content in the lock file", () => {
    const without = packages.filter(({ integrity }) => !integrity?.startsWith("sha512-")).map(({ name }) => name);
    assert.deepEqual(without, []);
  });
});

describe("the reader of the lock file", () => {
  const lock = (entries: object) => JSON.stringify({ packages: { "": { name: "alerting" }, ...entries } });

  it("takes a package's name from its path, and leaves out the project itself", () => {
    const found = lockedPackages(
      lock({ "node_modules/@a/b": { version: "1.0.0" }, "node_modules/@a/b/node_modules/c": { version: "2.0.0" } }),
    );
    assert.deepEqual(
      found.map(({ name, version }) => `${name} ${version}`),
      ["@a/b 1.0.0", "c 2.0.0"],
    );
  });

  it("lists a package in two places once, and as needed if it is needed in one of the places", () => {
    const twice = (first: boolean, second: boolean) =>
      lockedPackages(
        lock({
          "node_modules/a": { version: "1.0.0", dev: first },
          "node_modules/b/node_modules/a": { version: "1.0.0", dev: second },
        }),
      ).map(({ isForDevelopment }) => isForDevelopment);
    assert.deepEqual([twice(true, false), twice(false, true), twice(true, true)], [[false], [false], [true]]);
  });
});

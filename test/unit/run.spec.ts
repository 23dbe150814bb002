import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { checkRuleGroups } from "../../prometheus/check-rules";
import { rangeOfNothing } from "../support/print-promql-faults";

/** Records its environment, and compiles a program that prints how often it was compiled. */
const fakeEsbuild = `
  const { appendFileSync, readFileSync } = require("node:fs");
  const log = __dirname + "/calls";
  exports.buildSync = ({ outfile, entryPoints }) => {
    appendFileSync(log, JSON.stringify(process.env) + "\\n");
    const count = readFileSync(log, "utf8").split("\\n").length - 1;
    const contents = "module.exports = " + count + "; console.log(" + count + ", process.argv.slice(2).join())";
    return { outputFiles: [{ path: outfile, contents }], metafile: { inputs: { [entryPoints[0]]: {} } } };
  };
`;

describe("run.cjs", () => {
  let root: string;
  const file = (...names: string[]) => path.join(root, ...names);
  /** Writes a file, and sets its modification time to a time before the next compilation. */
  const write = (name: string, text: string) => {
    fs.writeFileSync(file(name), text);
    const before = new Date(Date.now() - 10_000 + text.length);
    fs.utimesSync(file(name), before, before);
  };
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [file("run.cjs"), ...args], {
      env: { PATH: process.env.PATH, TMPDIR: file("tmp"), PULUMI_CONFIG: "canary-in-environment" },
      encoding: "utf8",
    }).trim();

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(tmpdir(), "run-"));
    fs.mkdirSync(file("node_modules", "esbuild"), { recursive: true });
    fs.mkdirSync(file("tmp"));
    fs.writeFileSync(file("node_modules", "esbuild", "index.js"), fakeEsbuild);
    fs.copyFileSync(path.resolve(__dirname, "../../run.cjs"), file("run.cjs"));
    write("package.json", "{}");
    write("tool.ts", "1");
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("compiles a program once, and passes its arguments", () => {
    assert.equal(run("tool.ts", "--stack", "dev"), "1 --stack,dev");
    assert.equal(run("tool.ts"), "1");
  });

  it("compiles the program again after a change in its files, in the packages, or in run.cjs", () => {
    run("tool.ts");
    write("tool.ts", "changed");
    assert.equal(run("tool.ts"), "2");
    write("node_modules/.package-lock.json", "{}");
    assert.equal(run("tool.ts"), "3");
    fs.appendFileSync(file("run.cjs"), "\n");
    assert.equal(run("tool.ts"), "4");
    assert.equal(run("tool.ts"), "4");
    const kept = fs.readdirSync(file("node_modules", ".cache"), { recursive: true }).map(String);
    assert.equal(kept.filter((name) => name.endsWith(".v8")).length, 1);
  });

  it("does not cache the result if a file changes during the compilation", () => {
    const soon = new Date(Date.now() + 60_000);
    fs.utimesSync(file("tool.ts"), soon, soon);
    assert.deepEqual([run("tool.ts"), run("tool.ts")], ["1", "2"]);
  });

  it("runs without the packages that only tests need", () => {
    write("package.json", '{ "devDependencies": { "absent": "1.0.0" } }');
    assert.equal(run("tool.ts"), "1");
  });

  it("says what to run if the packages are not installed, and creates no folder for them", () => {
    fs.rmSync(file("node_modules"), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [file("run.cjs"), "tool.ts"], { encoding: "utf8" });
    assert.deepEqual([status, stderr], [1, `The packages are not installed: run \`npm ci\` in ${root}.\n`]);
    assert.equal(fs.existsSync(file("node_modules")), false);
  });

  it("runs from a read-only checkout, and leaves nothing behind", () => {
    fs.writeFileSync(file("node_modules", ".cache"), "no folder");
    assert.deepEqual([run("tool.ts"), run("tool.ts")], ["1", "2"]);
    assert.deepEqual(fs.readdirSync(file("tmp")), []);
  });
});

describe("the program that run.cjs compiles", () => {
  it("is compiled by a process without the environment variables", () => {
    const root = fs.mkdtempSync(path.join(tmpdir(), "run-"));
    const packages = path.resolve(__dirname, "../../node_modules");
    const compiler = `@esbuild/${process.platform}-${process.arch}`;
    const seen = path.join(root, "seen");
    try {
      // The real compiler, except for its executable, which records its environment first.
      fs.cpSync(path.join(packages, "esbuild"), path.join(root, "node_modules/esbuild"), { recursive: true });
      fs.mkdirSync(path.join(root, "node_modules", compiler, "bin"), { recursive: true });
      fs.copyFileSync(
        path.join(packages, compiler, "package.json"),
        path.join(root, "node_modules", compiler, "package.json"),
      );
      fs.writeFileSync(
        path.join(root, "node_modules", compiler, "bin/esbuild"),
        `#!/bin/sh\nenv >> ${seen}\nexec ${path.join(packages, compiler, "bin/esbuild")} "$@"\n`,
        { mode: 0o755 },
      );
      fs.copyFileSync(path.resolve(packages, "../run.cjs"), path.join(root, "run.cjs"));
      fs.writeFileSync(path.join(root, "package.json"), "{}");
      const imports =
        'void import("node:os").then((os) => console.log(process.env.PULUMI_CONFIG as string, os.platform()));';
      fs.writeFileSync(path.join(root, "tool.ts"), imports);
      const env = { PATH: process.env.PATH, PULUMI_CONFIG: "canary-in-environment" };
      const args = [path.join(root, "run.cjs"), "tool.ts"];
      // The second run uses V8's code cache. Code from this cache cannot import dynamically.
      for (let run = 0; run < 2; run++)
        assert.equal(
          execFileSync(process.execPath, args, { env, encoding: "utf8" }),
          `canary-in-environment ${process.platform}\n`,
        );
      assert.match(fs.readFileSync(seen, "utf8"), /^PATH=/m);
      assert.doesNotMatch(fs.readFileSync(seen, "utf8"), /canary|PULUMI/);
    } finally {
      fs.rmSync(root, { recursive: true });
    }
  });

  // Two copies of a package do not recognize each other's objects, so a check that looks for them finds nothing.
  it("finds the same problems in an expression as the sources", () => {
    const root = path.resolve(__dirname, "../..");
    const printed = execFileSync(process.execPath, ["run.cjs", "test/support/print-promql-faults.ts"], {
      cwd: root,
      encoding: "utf8",
    });
    const found = JSON.parse(printed) as { sentence: string }[];
    assert.match(found[0]?.sentence ?? "", /expected type range vector/);
    assert.deepEqual(found, checkRuleGroups(rangeOfNothing));
  });
});

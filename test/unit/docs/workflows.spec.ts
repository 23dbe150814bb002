import * as assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { chartImages } from "../../../versions";
import { catalogFor } from "../../../lab/programs/catalog";

const github = path.resolve(__dirname, "../../../.github");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly name?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: unknown;
  readonly uses?: string;
  readonly needs?: string;
  readonly strategy?: { readonly matrix: { readonly stack: string } };
  readonly steps?: readonly Step[];
  readonly "timeout-minutes"?: number;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly env?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const files = fs.readdirSync(path.join(github, "workflows")).sort();
const read = (file: string) => fs.readFileSync(path.join(github, "workflows", file), "utf8");
const workflow = (file: string) => parse(read(file)) as Workflow;
const action = fs.readFileSync(path.join(github, "actions/setup/action.yml"), "utf8");
const jobs = files.flatMap((file) => Object.entries(workflow(file).jobs).map(([name, job]) => ({ file, name, job })));

/** The jobs that apply a stack. */
const { check: _check, ...applying } = workflow("up.yml").jobs;

describe("the workflows", () => {
  it("are exactly the expected six files", () => {
    assert.deepEqual(files, ["check.yml", "drift.yml", "environments.yml", "preview.yml", "up-stack.yml", "up.yml"]);
  });

  it("pin every external action to a commit with its version in a comment, and use one version of each", () => {
    const lines = [...files.map(read), action].join("\n").split("\n");
    const uses = lines.filter((line) => /^\s*(- )?uses:/.test(line) && !/uses: \.\//.test(line));
    assert.ok(uses.length > 10);
    for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const pinned = new Set(uses.map((line) => line.replace(/^.*uses: /, "")));
    assert.equal(new Set([...pinned].map((one) => one.split("@")[0])).size, pinned.size);
  });

  it("have only the permissions that their jobs request, and no job has more than it needs", () => {
    for (const file of files) assert.deepEqual(workflow(file).permissions, {}, file);
    const granted = Object.fromEntries(jobs.map(({ file, name, job }) => [`${file} ${name}`, job.permissions]));
    const looks = { contents: "read", "id-token": "write" };
    assert.deepEqual(granted, {
      "check.yml test": { contents: "read" },
      "drift.yml environments": { contents: "read" },
      "drift.yml drift": { ...looks, issues: "write" },
      "environments.yml list": { contents: "read" },
      "preview.yml without-secrets": {},
      "preview.yml environments": { contents: "read" },
      "preview.yml preview": { ...looks, "pull-requests": "write" },
      "up-stack.yml up": looks,
      "up.yml check": { contents: "read" },
      ...Object.fromEntries(Object.keys(applying).map((name) => [`up.yml ${name}`, looks])),
    });
  });

  it("never run a fork's code with secrets", () => {
    for (const file of files) assert.doesNotMatch(read(file), /pull_request_target|workflow_run/, file);
    const { preview, "without-secrets": without } = workflow("preview.yml").jobs;
    const trusted =
      "github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]'";
    assert.equal(preview?.if, trusted);
    assert.equal(without?.if, trusted.replace("==", "!=").replace("&&", "||").replace("!= 'dep", "== 'dep"));
    assert.match(without?.steps?.[0]?.run ?? "", /GITHUB_STEP_SUMMARY/);
    assert.doesNotMatch(read("check.yml"), /secrets\./);
  });

  it("give secrets only to the steps that need them, never to a whole job or workflow", () => {
    const allowed: Readonly<Record<string, readonly string[]>> = {
      KUBECONFIG: ["kubeconfig"],
      PULUMI_ACCESS_TOKEN: ["preflight", "rule tests", "preview", "rules", "pulumi/actions"],
      PULUMI_CONFIG_PASSPHRASE: ["preflight", "preview", "rules", "pulumi/actions"],
    };
    for (const file of files) assert.equal(workflow(file).env, undefined, file);
    for (const { file, job } of jobs) {
      assert.equal(job.env, undefined, file);
      for (const step of job.steps ?? []) {
        const name = step.name ?? step.uses?.split("@")[0] ?? "";
        for (const [, secret = ""] of JSON.stringify(step).matchAll(/secrets\.(\w+)/g)) {
          assert.ok(allowed[secret]?.includes(name), `${file}: ${name} has ${secret}`);
        }
        assert.doesNotMatch(step.run ?? "", /\$\{\{/, `${file}: ${name} puts an expression into a script`);
      }
    }
  });

  it("leave no credentials in the checkout, and have time limits", () => {
    for (const { file, name, job } of jobs) {
      for (const step of job.steps ?? []) {
        if (step.uses?.startsWith("actions/checkout@")) assert.equal(step.with?.["persist-credentials"], false, file);
      }
      if (job.uses === undefined) assert.ok((job["timeout-minutes"] ?? 0) > 0, `${file} ${name}`);
    }
  });

  it("never interrupt an update, and never run two updates of a stack at once", () => {
    const { up } = workflow("up-stack.yml").jobs;
    assert.deepEqual(up?.concurrency, { group: "up-${{ inputs.stack }}", "cancel-in-progress": false });
    assert.equal(up?.environment, "${{ inputs.stack }}");
  });

  it("apply nothing before the checks have passed, and apply the stacks one after the other", () => {
    const { jobs } = workflow("up.yml");
    assert.equal(jobs.check?.uses, "./.github/workflows/check.yml");
    const names = Object.keys(jobs);
    for (const [name, job] of Object.entries(applying)) {
      assert.equal(job.needs, names[names.indexOf(name) - 1], name);
      assert.equal(job.if, undefined, name);
      assert.equal(job.uses, "./.github/workflows/up-stack.yml", name);
      assert.equal((job as { with?: { stack?: string } }).with?.stack, name);
    }
    assert.equal(names[0], "check");
  });

  it("preview every environment that has a file, and check each for drift", () => {
    const script = workflow("environments.yml").jobs.list?.steps?.find(({ run }) => run !== undefined)?.run ?? "";
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "environments-"));
    try {
      for (const name of ["", ".example", ".dev", ".prod", ".eu-staging"])
        fs.writeFileSync(path.join(folder, `Pulumi${name}.yaml`), "");
      fs.cpSync(github, path.join(folder, ".github"), { recursive: true });
      const output = path.join(folder, "output");
      const env = { PATH: process.env.PATH, GITHUB_OUTPUT: output };
      const said = execFileSync("bash", ["-e", "-c", script], {
        cwd: folder,
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      assert.equal(fs.readFileSync(output, "utf8"), 'list=["dev","eu-staging","prod"]\n');
      assert.equal(said, "::warning::up.yml has no job for eu-staging, so a merge does not apply it.\n");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
    for (const [file, job] of [
      ["preview.yml", "preview"],
      ["drift.yml", "drift"],
    ] as const) {
      const { needs, strategy } = workflow(file).jobs[job]!;
      assert.equal(needs, "environments", file);
      assert.equal(strategy?.matrix.stack, "${{ fromJSON(needs.environments.outputs.list) }}", file);
    }
  });

  it("check for drift with the program's documented options", () => {
    assert.match(read("drift.yml"), /cron: "[\d* ]+"/);
    assert.match(read("drift.yml"), /--refresh --expect-no-changes/);
  });

  it("run a stack's rule tests with promtool of the deployed Prometheus, and fail if one fails", () => {
    assert.equal(/PROMETHEUS_VERSION: (\S+)/.exec(read("preview.yml"))?.[1], chartImages.prometheus.tag.slice(1));
    assert.match(read("preview.yml"), /npm run --silent rules:test -- --stack "\$STACK"/);
    const last = workflow("preview.yml").jobs.preview?.steps?.find(({ name }) => /^end as/.test(name ?? ""));
    const end = (codes: Readonly<Record<string, string>>) =>
      spawnSync("bash", ["-e", "-c", last?.run ?? ""], { env: { PATH: process.env.PATH, ...codes } }).status;
    assert.equal(end({ CODE: "0", PREFLIGHT_CODE: "0", RULES_CODE: "0" }), 0);
    assert.equal(end({ CODE: "0", PREFLIGHT_CODE: "0", RULES_CODE: "1" }), 1);
    assert.equal(end({ CODE: "255", PREFLIGHT_CODE: "1", RULES_CODE: "0" }), 255);
  });

  it("check every night whether each rule can fire, and only warn if Prometheus cannot be reached", () => {
    const step = workflow("drift.yml").jobs.drift?.steps?.find(({ name }) => name === "rules");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "nightly-"));
    try {
      const night = (code: number) => {
        fs.writeFileSync(path.join(folder, "npm"), `#!/bin/sh\necho the table\nexit ${code}\n`, { mode: 0o755 });
        const [output, summary] = ["output", "summary"].map((name) => path.join(folder, name)) as [string, string];
        for (const file of [output, summary]) fs.writeFileSync(file, "");
        const { stdout, status } = spawnSync("bash", ["-e", "-c", step?.run ?? ""], {
          encoding: "utf8",
          env: {
            ...{ PATH: `${folder}:${process.env.PATH}`, RUNNER_TEMP: folder, STACK: "dev" },
            ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
          },
        });
        assert.equal(status, 0);
        assert.match(fs.readFileSync(summary, "utf8"), /^the table$/m);
        return { code: fs.readFileSync(output, "utf8").trim(), warns: stdout.includes("::warning::") };
      };
      assert.deepEqual(night(0), { code: "code=0", warns: false });
      assert.deepEqual(night(1), { code: "code=1", warns: false });
      assert.deepEqual(night(4), { code: "code=0", warns: true });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("check the packages for advisories at every push, even if the tests fail", () => {
    const steps = workflow("check.yml").jobs.test?.steps ?? [];
    const audit = steps.find(({ run }) => /npm run (--silent )?audit\b/.test(run ?? ""));
    assert.equal(audit?.run, "npm run --silent audit");
    assert.equal((audit as { if?: string }).if, "success() || failure()");
    assert.ok(!("continue-on-error" in audit));
  });

  it("install the same version of the CLI as the lab", () => {
    const versions = [read("up-stack.yml"), action].map((text) => /pulumi-version: (\S+)/.exec(text)?.[1]);
    assert.deepEqual(new Set(versions), new Set([catalogFor().pulumi.version]));
  });
});

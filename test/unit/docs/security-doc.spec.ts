import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { clientUser, personUser, webUsers } from "../../../conventions/web-users";
import { rows } from "../../../settings/table";
import { sections } from "../../threats/all";
import { row, withThreats } from "../../threats/page";

const root = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const threats = sections.flatMap((section) => section.threats);
const page = read("docs/security.md");

/** The tests of these specs. Mocha lists them, because some titles are built in loops. */
async function testsOf(specs: readonly string[]): Promise<{ spec: string; title: string }[]> {
  const directory = mkdtempSync(join(tmpdir(), "titles-"));
  const report = join(directory, "report.json");
  const mocha = join("node_modules", "mocha", "bin", "mocha.js");
  const options = ["--dry-run", "--reporter", "json", "--reporter-option", `output=${report}`];
  try {
    await promisify(execFile)(process.execPath, [mocha, ...options, ...new Set(specs)], { cwd: root });
    const { tests } = JSON.parse(readFileSync(report, "utf8")) as { tests: { file: string; title: string }[] };
    return tests.map(({ file, title }) => ({ spec: relative(root, file), title }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe("docs/security.md", () => {
  it("shows the threats of test/threats; `npm run docs` writes them", () => {
    assert.ok(page === withThreats(page), "docs/security.md differs from test/threats: run `npm run docs`");
    for (const threat of threats) assert.ok(page.includes(`\n${row(threat)}\n`), threat.threat);
  });

  it("has generated tables only between the marks, and writing them twice changes nothing", () => {
    const marked = (inner: string) => `a\n<!-- threats:begin -->${inner}<!-- threats:end -->\nb\n`;
    const once = withThreats(marked("STALE"));
    assert.equal(withThreats(once), once);
    assert.ok(once.startsWith("a\n<!--") && once.endsWith("-->\nb\n") && !once.includes("STALE"));
    assert.throws(() => withThreats("no marks"), /docs\/security\.md has no <!-- threats:begin -->/);
  });

  it("has each threat once, with a mitigation; neither ends with a period", () => {
    assert.equal(new Set(threats.map(({ threat }) => threat)).size, threats.length);
    for (const { threat, mitigation } of threats) {
      for (const cell of [threat, mitigation]) assert.match(cell, /^\S.*[^\s.]$/, threat);
    }
  });

  it("names tests for each threat, and each test exists exactly once", async () => {
    const named = threats.flatMap(({ threat, tests }) => tests.map((test) => ({ threat, ...test })));
    for (const { threat, tests } of threats) assert.ok(tests.length > 0, threat);
    const tests = await testsOf(named.map(({ spec }) => spec));
    const times = ({ spec, title }: { spec: string; title: string }) =>
      tests.filter((one) => one.spec === spec && one.title === title).length;
    assert.deepEqual(
      named
        .filter((test) => times(test) !== 1)
        .map((test) => `${test.threat}: ${times(test)} tests of ${test.spec} are called "${test.title}"`),
      [],
    );
  });

  it("says what the lab only renders and does not run, and what is out of scope", () => {
    const part = (from: string, to: string) => page.slice(page.indexOf(from), page.indexOf(to));
    const rendered = part("**Rendered and checked only.**", "## What is out of scope");
    for (const words of ["network plugin", "Seccomp", "NLBs", "EFS policy", "ACM"]) assert.ok(rendered.includes(words));
    const outside = part("## What is out of scope", "## Threats");
    for (const words of ["`pulumi up`", "Administrators", "Root on a node", "Slack"])
      assert.ok(outside.includes(words), words);
  });
});

describe("docs/access.md", () => {
  const access = read("docs/access.md");

  it("names no unknown setting, and neither does docs/security.md", () => {
    const known = rows().map(({ key }) => key);
    const written = [access, page].flatMap((text) =>
      [...text.matchAll(/alerting:([A-Za-z]+(?:\.[A-Za-z]+)*)/g)].map(([, key]) => key!),
    );
    assert.ok(written.length > 10);
    const isKnown = (key: string) =>
      known.some((one) => one === key || one.startsWith(`${key}.`)) || /^certificate\.(chain|key|ca)$/.test(key);
    assert.deepEqual(
      written.filter((key) => !isKnown(key)),
      [],
    );
  });

  it("lists the users at each step of a password rotation", () => {
    for (const passwords of [[1], [1, 2], [2]]) {
      const { people, clients, used } = webUsers(passwords);
      assert.deepEqual([personUser(7), clientUser(7)], ["alerting-7", "prometheus-7"]);
      const users = people.map((number) => `\`alerting-${number}\``).join(", ");
      const line = `| \`[${passwords.join(", ")}]\` | ${users} | number ${used} | ${clients.join(", ")} |`;
      assert.ok(access.includes(line), line);
    }
  });

  it("passes every secret in a file or at a prompt, never as an argument", () => {
    const secrets = [...access.matchAll(/pulumi config set --secret.*/g)].map(([line]) => line);
    assert.equal(secrets.length, 3);
    for (const line of secrets) assert.match(line, / < \w+\.pem$/);
    assert.doesNotMatch(access, /https?:\/\/[^\s/]+:[^\s/]+@|curl -u|--user /);
  });
});

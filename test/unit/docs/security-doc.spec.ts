import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { clientUser, personUser, webUsers } from "../../../conventions/web-users";
import { rows } from "../../../settings/table";
import { rooms } from "../../threats/all";
import type { Door } from "../../threats/door";
import { withDoors } from "../../threats/page";

const root = join(__dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const doors = rooms.flatMap((room) => room.doors);
const page = read("docs/security.md");

/** The tests of these specs: as mocha has them, because some are made in loops. */
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
  it("has the doors just as test/threats has them; `npm run docs` puts them there", () => {
    assert.ok(page === withDoors(page), "docs/security.md is not what test/threats says: run `npm run docs`");
    for (const { door } of doors) assert.ok(page.includes(`\n| ${door} |`), door);
  });

  it("is written between its marks, whatever stood there, and nowhere else", () => {
    const marked = (inner: string) => `a\n<!-- doors:begin -->${inner}<!-- doors:end -->\nb\n`;
    const once = withDoors(marked("STALE"));
    assert.equal(withDoors(once), once);
    assert.ok(once.startsWith("a\n<!--") && once.endsWith("-->\nb\n") && !once.includes("STALE"));
    assert.throws(() => withDoors("no marks"), /docs\/security\.md has no <!-- doors:begin -->/);
  });

  it("has each door once, and says of each who, what, how and what remains", () => {
    assert.equal(new Set(doors.map(({ door }) => door)).size, doors.length);
    for (const { door, who, reach, stoppedBy, remains } of doors) {
      for (const cell of [door, who, reach, stoppedBy, remains]) assert.match(cell, /^\S.*[^\s.]$/, door);
    }
  });

  it("names a test for each door that is there, exactly once", async function () {
    const specs = doors.map(({ test }) => test.spec);
    for (const spec of specs) {
      assert.match(spec, /^test\/.*\.spec\.ts$/);
      assert.ok(existsSync(join(root, spec)), `there is no ${spec}`);
    }
    const tests = specs.length === 0 ? [] : await testsOf(specs);
    const times = ({ spec, title }: Door["test"]) =>
      tests.filter((one) => one.spec === spec && one.title === title).length;
    const wrong = doors.filter(({ test }) => times(test) !== 1);
    assert.deepEqual(
      wrong.map(({ door, test }) => `${door}: ${times(test)} tests of ${test.spec} are called "${test.title}"`),
      [],
    );
  });

  it("knows how each door is opened: in the program, never in its tests, at a place that is there exactly once", () => {
    for (const { door, openedBy } of doors) {
      const { file, find, replace } = openedBy;
      assert.doesNotMatch(file, /^(test|docs|node_modules)\/|\.spec\.ts$/, door);
      assert.ok(existsSync(join(root, file)), `${door}: there is no ${file}`);
      assert.equal(read(file).split(find).length - 1, 1, `${door}: what is to be replaced in ${file}`);
      assert.notEqual(find, replace, door);
    }
  });

  it("says what enforces what is only rendered, and what is out of scope", () => {
    const part = (from: string, to: string) => page.slice(page.indexOf(from), page.indexOf(to));
    const rendered = part("**Rendered and checked only.**", "## What is out of scope");
    for (const words of ["network plugin", "Seccomp", "NLBs", "EFS policy", "ACM"]) assert.ok(rendered.includes(words));
    const outside = part("## What is out of scope", "## The doors");
    for (const words of ["`pulumi up`", "Administrators", "Root on a node", "Slack"])
      assert.ok(outside.includes(words), words);
  });
});

describe("docs/access.md", () => {
  const access = read("docs/access.md");

  it("names no setting that there is not, and neither does docs/security.md", () => {
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

  it("has of a rotation's steps the users that there are at each", () => {
    for (const passwords of [[1], [1, 2], [2]]) {
      const { people, clients, used } = webUsers(passwords);
      assert.deepEqual([personUser(7), clientUser(7)], ["alerting-7", "prometheus-7"]);
      const users = people.map((number) => `\`alerting-${number}\``).join(", ");
      const row = `| \`[${passwords.join(", ")}]\` | ${users} | number ${used} | ${clients.join(", ")} |`;
      assert.ok(access.includes(row), row);
    }
  });

  it("gives every secret by a file or when asked, never as an argument", () => {
    const secrets = [...access.matchAll(/pulumi config set --secret.*/g)].map(([line]) => line);
    assert.equal(secrets.length, 3);
    for (const line of secrets) assert.match(line, / < \w+\.pem$/);
    assert.doesNotMatch(access, /https?:\/\/[^\s/]+:[^\s/]+@|curl -u|--user /);
  });
});

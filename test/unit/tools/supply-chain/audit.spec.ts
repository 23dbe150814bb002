import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type AuditException, isOver, readExceptions } from "../../../../tools/supply-chain/exceptions";
import { judge } from "../../../../tools/supply-chain/judgement";
import { type Advisory, readAudit } from "../../../../tools/supply-chain/npm-audit";

const today = new Date("2026-11-23T12:00:00Z");
const id = "GHSA-2345-6789-cfgh";
const reason = "Only a server that parses cookies is reached, and this program has none.";
const exception: AuditException = { advisory: id, reason, until: "2026-12-31" };
const advisory: Advisory = {
  id,
  package: "tar",
  title: "Files outside of the folder are written",
  severity: "high",
  range: "<7.5.24",
  url: `https://github.com/advisories/${id}`,
  fix: "Update to tar 7.5.24.",
};

/** The output of `npm audit --json` for these vulnerabilities. */
const printed = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });
const via = { source: 1, name: "tar", dependency: "tar", title: advisory.title, url: advisory.url, severity: "high" };

describe("an audit of the npm packages", () => {
  it("reports each advisory once, under the vulnerable package, with the fix", () => {
    const fixAvailable = { name: "tar", version: "7.5.24", isSemVerMajor: false };
    const tar = { name: "tar", severity: "high", via: [{ ...via, range: "<7.5.24" }], fixAvailable };
    const user = { name: "uses-tar", severity: "high", via: ["tar"], fixAvailable };
    assert.deepEqual(readAudit(printed({ tar, "uses-tar": user })), { advisories: [advisory] });
  });

  const fixes: [available: unknown, sentence: RegExp][] = [
    [true, /^`npm audit fix --ignore-scripts --package-lock-only`\.$/],
    [false, /^No fixed version exists yet: /],
    [{ name: "a", version: "2.0.0", isSemVerMajor: true }, /^Update to a 2\.0\.0, which is a new major version\.$/],
  ];
  for (const [fixAvailable, sentence] of fixes) {
    it(`says what to do if npm reports fixAvailable: ${JSON.stringify(fixAvailable)}`, () => {
      const found = readAudit(printed({ tar: { via: [{ ...via, range: "*" }], fixAvailable } }));
      assert.ok("advisories" in found);
      assert.match(found.advisories[0]?.fix ?? "", sentence);
    });
  }

  it("has no result if the registry refuses the audit, and gives the reason without the registry's address", () => {
    const message = "405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk";
    assert.deepEqual(readAudit(JSON.stringify({ message, statusCode: 405, error: {} })), {
      none: "405 Method Not Allowed",
    });
  });

  it("has no result, and not an empty result, if npm printed something else", () => {
    for (const text of ["", "oops", "[]", "{}", JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} })]) {
      assert.ok("none" in readAudit(text), text);
    }
  });
});

describe("an advisory", () => {
  const statuses = (...args: Parameters<typeof judge>) => judge(...args).map(({ status }) => status);

  it("without an exception fails, and is reported with severity, id, versions and fix", () => {
    assert.deepEqual(judge([advisory], [], today), [
      {
        check: "tar",
        status: "failed",
        what: `high: Files outside of the folder are written (${id}, versions <7.5.24).`,
        todo: "Update to tar 7.5.24.",
      },
    ]);
  });

  it("with an exception passes, but is still reported, with the reason and the last day", () => {
    const [row, ...more] = judge([advisory], [exception], today);
    assert.deepEqual([row?.status, more], ["ok", []]);
    assert.ok(row?.what.endsWith(`Accepted until 2026-12-31: ${reason}`), row?.what);
  });

  it("fails again from the day after the exception's last day", () => {
    const at = (time: string) => statuses([advisory], [exception], new Date(time)).join();
    assert.equal(at("2026-12-31T23:59:59Z"), "ok");
    assert.equal(at("2027-01-01T00:00:00Z"), "failed");
    assert.match(judge([advisory], [exception], new Date("2027-01-01"))[0]?.todo ?? "", /^The exception ended on/);
    assert.equal(isOver(exception, today), false);
  });

  it("is not covered by the exception of another advisory", () => {
    const other = { ...exception, advisory: "GHSA-xxxx-xxxx-xxxx" };
    assert.deepEqual(statuses([advisory], [other], today), ["failed", "failed"]);
  });

  it("that no longer exists leaves an unused exception, which must be removed", () => {
    assert.deepEqual(judge([], [exception], today), [
      {
        check: id,
        status: "failed",
        what: "is an exception that is no longer needed.",
        todo: "Remove it from tools/supply-chain/audit-exceptions.json.",
      },
    ]);
  });
});

describe("the exceptions", () => {
  const faults = (entries: unknown) => readExceptions(JSON.stringify(entries), today).faults;

  it("in this repository are valid", () => {
    const text = readFileSync(resolve(__dirname, "../../../../tools/supply-chain/audit-exceptions.json"), "utf8");
    // The audit reports an exception that has expired. This test does not, because it would otherwise start to fail
    // one day.
    assert.deepEqual(readExceptions(text, new Date(8.64e15)).faults, []);
  });

  it("are accepted if they are valid", () => {
    assert.deepEqual(readExceptions(JSON.stringify([exception]), today), { exceptions: [exception], faults: [] });
  });

  const rows: [title: string, entries: unknown, faults: string[]][] = [
    ["a value that is not a list", {}, ["is not a list; without exceptions, write []."]],
    [
      "an id that is not an advisory's",
      [{ ...exception, advisory: "CVE-2026-1" }],
      ["entry 1, advisory: an advisory's id, such as GHSA-xxxx-xxxx-xxxx."],
    ],
    [
      "a reason that explains nothing",
      [{ ...exception, reason: "fine" }],
      ["entry 1, reason: why it does not affect this program, in a sentence."],
    ],
    [
      "both a missing reason and a day that does not exist",
      [{ advisory: id, until: "2026-02-30" }],
      ["entry 1, reason: has to be a string.", "entry 1, until: a day, such as 2027-01-31."],
    ],
    [
      "a day too far in the future",
      [{ ...exception, until: "2028-01-01" }],
      ["entry 1, until: got 2028-01-01; at most 180 days ahead, so that it is reviewed again."],
    ],
    [
      "the same advisory twice",
      [exception, exception],
      [`entry 2, advisory: ${id} is there twice; keep one of the two.`],
    ],
    ["an unknown key", [{ ...exception, note: "x" }], ['entry 1: Unrecognized key: "note".']],
  ];
  for (const [title, entries, expected] of rows) {
    it(`are rejected for ${title}`, () => assert.deepEqual(faults(entries), expected));
  }

  it("are rejected if they are not JSON", () => {
    assert.deepEqual(readExceptions("advisory: x", today).faults, ["is not valid JSON; without exceptions, write []."]);
  });
});

describe("npm run audit", function () {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "audit-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function run(text: string, ...args: string[]) {
    const file = join(folder, "printed.json");
    writeFileSync(file, text);
    const program = [resolve(__dirname, "../../../../run.cjs"), "tools/supply-chain/audit.ts"];
    return spawnSync(process.execPath, [...program, "--from", file, ...args], { encoding: "utf8" });
  }

  it("ends with exit code 0 if there is no advisory", () => {
    const { status, stdout } = run(printed({}));
    assert.equal(status, 0);
    assert.match(stdout, /^\d{3} packages, nothing to fix\.\n$/);
  });

  it("ends with exit code 1 if there is an advisory, and prints it as a line or as JSON", () => {
    const text = printed({ tar: { via: [{ ...via, range: "<7.5.24" }], fixAvailable: true } });
    const { status, stdout } = run(text);
    assert.equal(status, 1);
    assert.match(stdout, /^failed +tar +high: Files outside .* -> `npm audit fix .*\n\d{3} packages, 1 to fix\.\n$/);
    const json = JSON.parse(run(text, "--json").stdout) as { ok: boolean; rows: unknown[] };
    assert.deepEqual([json.ok, json.rows.length], [false, 1]);
  });

  it("ends with exit code 3, not 0, if the registry gives no audit", () => {
    const { status, stdout, stderr } = run(
      JSON.stringify({ message: "404 Not Found - POST https://registry.example" }),
    );
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^The registry provides no audit \(404 Not Found\), so advisories are unknown\. /);
  });

  it("ends with exit code 2 for a wrong command line", () => {
    const wrong = run("{}", "--fix");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--fix.*\.\n\nnpm run audit -- /);
    const gone = run("{}", "--from", join(folder, "gone.json"));
    assert.equal(gone.status, 2);
    assert.match(gone.stderr, /^--from: .*gone\.json cannot be read \(ENOENT\)\.\n$/);
  });
});

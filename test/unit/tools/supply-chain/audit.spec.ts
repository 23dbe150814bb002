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
  fix: "Take tar 7.5.24.",
};

/** What `npm audit --json` prints of vulnerabilities. */
const printed = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });
const via = { source: 1, name: "tar", dependency: "tar", title: advisory.title, url: advisory.url, severity: "high" };

describe("an audit of the npm packages", () => {
  it("tells each advisory once, under the package that has it, with what can be done", () => {
    const fixAvailable = { name: "tar", version: "7.5.24", isSemVerMajor: false };
    const tar = { name: "tar", severity: "high", via: [{ ...via, range: "<7.5.24" }], fixAvailable };
    const user = { name: "uses-tar", severity: "high", via: ["tar"], fixAvailable };
    assert.deepEqual(readAudit(printed({ tar, "uses-tar": user })), { advisories: [advisory] });
  });

  const fixes: [available: unknown, sentence: RegExp][] = [
    [true, /^`npm audit fix --ignore-scripts --package-lock-only`\.$/],
    [false, /^No fixed version exists yet: /],
    [{ name: "a", version: "2.0.0", isSemVerMajor: true }, /^Take a 2\.0\.0, which is a new major version\.$/],
  ];
  for (const [fixAvailable, sentence] of fixes) {
    it(`says what can be done where npm says ${JSON.stringify(fixAvailable)}`, () => {
      const found = readAudit(printed({ tar: { via: [{ ...via, range: "*" }], fixAvailable } }));
      assert.ok("advisories" in found);
      assert.match(found.advisories[0]?.fix ?? "", sentence);
    });
  }

  it("is none where the registry refuses one, and says why without where the registry is", () => {
    const message = "405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk";
    assert.deepEqual(readAudit(JSON.stringify({ message, statusCode: 405, error: {} })), {
      none: "405 Method Not Allowed",
    });
  });

  it("is none, and not one without findings, where npm printed something else", () => {
    for (const text of ["", "oops", "[]", "{}", JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} })]) {
      assert.ok("none" in readAudit(text), text);
    }
  });
});

describe("an advisory", () => {
  const statuses = (...args: Parameters<typeof judge>) => judge(...args).map(({ status }) => status);

  it("without an exception is to be fixed, and is told with its severity, its id, its versions and what to do", () => {
    assert.deepEqual(judge([advisory], [], today), [
      {
        check: "tar",
        status: "failed",
        what: `high: Files outside of the folder are written (${id}, versions <7.5.24).`,
        todo: "Take tar 7.5.24.",
      },
    ]);
  });

  it("with an exception is let be, and is told all the same, with the reason and the day", () => {
    const [row, ...more] = judge([advisory], [exception], today);
    assert.deepEqual([row?.status, more], ["ok", []]);
    assert.ok(row?.what.endsWith(`Accepted until 2026-12-31: ${reason}`), row?.what);
  });

  it("is to be fixed from the day after the exception's last", () => {
    const at = (time: string) => statuses([advisory], [exception], new Date(time)).join();
    assert.equal(at("2026-12-31T23:59:59Z"), "ok");
    assert.equal(at("2027-01-01T00:00:00Z"), "failed");
    assert.match(judge([advisory], [exception], new Date("2027-01-01"))[0]?.todo ?? "", /^The exception ended on/);
    assert.equal(isOver(exception, today), false);
  });

  it("is not let be by the exception of another", () => {
    const other = { ...exception, advisory: "GHSA-xxxx-xxxx-xxxx" };
    assert.deepEqual(statuses([advisory], [other], today), ["failed", "failed"]);
  });

  it("that is no more leaves an exception over, which is to be taken out", () => {
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

  it("of this repository are right", () => {
    const text = readFileSync(resolve(__dirname, "../../../../tools/supply-chain/audit-exceptions.json"), "utf8");
    // Of a day that has passed the audit tells, and not this test: it would fail by itself one day.
    assert.deepEqual(readExceptions(text, new Date(8.64e15)).faults, []);
  });

  it("are read where they are right", () => {
    assert.deepEqual(readExceptions(JSON.stringify([exception]), today), { exceptions: [exception], faults: [] });
  });

  const rows: [title: string, entries: unknown, faults: string[]][] = [
    ["what is no list", {}, ["is not a list; without exceptions, write []."]],
    [
      "what is no advisory",
      [{ ...exception, advisory: "CVE-2026-1" }],
      ["entry 1, advisory: an advisory's id, such as GHSA-xxxx-xxxx-xxxx."],
    ],
    [
      "a reason that is none",
      [{ ...exception, reason: "fine" }],
      ["entry 1, reason: why it does not affect this program, in a sentence."],
    ],
    [
      "a day that there is not, and no reason, at once",
      [{ advisory: id, until: "2026-02-30" }],
      ["entry 1, reason: has to be a string.", "entry 1, until: a day, such as 2027-01-31."],
    ],
    [
      "a day that is far ahead",
      [{ ...exception, until: "2028-01-01" }],
      ["entry 1, until: got 2028-01-01; at most 180 days ahead, so that it is reviewed again."],
    ],
    ["the same twice", [exception, exception], [`entry 2, advisory: ${id} is there twice; keep one of the two.`]],
    ["a key that it does not know", [{ ...exception, note: "x" }], ['entry 1: Unrecognized key: "note".']],
  ];
  for (const [title, entries, expected] of rows) {
    it(`are refused with ${title}`, () => assert.deepEqual(faults(entries), expected));
  }

  it("are refused where they are no JSON", () => {
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

  it("ends with 0 where there is no advisory", () => {
    const { status, stdout } = run(printed({}));
    assert.equal(status, 0);
    assert.match(stdout, /^\d{3} packages, nothing to fix\.\n$/);
  });

  it("ends with 1 where there is one, and tells of it in a line, or as JSON", () => {
    const text = printed({ tar: { via: [{ ...via, range: "<7.5.24" }], fixAvailable: true } });
    const { status, stdout } = run(text);
    assert.equal(status, 1);
    assert.match(stdout, /^failed +tar +high: Files outside .* -> `npm audit fix .*\n\d{3} packages, 1 to fix\.\n$/);
    const json = JSON.parse(run(text, "--json").stdout) as { ok: boolean; rows: unknown[] };
    assert.deepEqual([json.ok, json.rows.length], [false, 1]);
  });

  it("ends with 3, and not as if all were well, where the registry gives no audit", () => {
    const { status, stdout, stderr } = run(
      JSON.stringify({ message: "404 Not Found - POST https://registry.example" }),
    );
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^The registry provides no audit \(404 Not Found\), so advisories are unknown\. /);
  });

  it("ends with 2 for a wrong command line", () => {
    const wrong = run("{}", "--fix");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /--fix.*\.\n\nnpm run audit -- /);
    const gone = run("{}", "--from", join(folder, "gone.json"));
    assert.equal(gone.status, 2);
    assert.match(gone.stderr, /^--from: .*gone\.json cannot be read \(ENOENT\)\.\n$/);
  });
});

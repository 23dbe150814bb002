import * as assert from "node:assert/strict";
import { comment, marker } from "../../../../tools/preview-comment/comment";
import { fitted, LONGEST_COMMENT } from "../../../../tools/preview-comment/shortened-comment";
import { block, code } from "../../../../tools/preview-comment/markdown";
import { withoutCredentials } from "../../../../conventions/outside-text";
import { masked } from "../../../../tools/preview-comment/masking";
import { type Preview, readPreview } from "../../../../tools/preview-comment/preview";
import { cut, sides } from "../../../../tools/preview-comment/value-cells";

const CANARY = "zQ4w9Kd2Lm7Xv1Tb";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const GITHUBS_LIMIT = 65_536;

type Inputs = Readonly<Record<string, unknown>>;

function update(type: string, name: string, old: Inputs, now: Inputs, more: object = {}): Preview {
  const urn = `urn:pulumi:dev::alerting::alerting:index:Alerting$${type}::${name}`;
  const step = { op: "update", urn, oldState: { custom: true, inputs: old }, newState: { custom: true, inputs: now } };
  return { steps: [{ ...step, ...more }], diagnostics: [], changeSummary: { same: 1, update: 1 } };
}

const configMap = (old: Inputs, now: Inputs) => update("kubernetes:core/v1:ConfigMap", "outputs", old, now);
const commentOn = (preview: Preview) => comment({ stack: "dev", preview });

describe("the comment's Markdown", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["a pipe", "a|b", "`a\\|b`"],
    ["a mention", "@team #1", "`@team #1`"],
    ["HTML", "<img src=x>", "`<img src=x>`"],
    ["a backtick", "a`b", "``a`b``"],
    ["a sentence with a command at its end", "key: run `pulumi up`", "`` key: run `pulumi up` ``"],
    ["several backticks, and a pipe", "a``b|c", "```a``b\\|c```"],
    ["a backslash before a pipe", "a\\|b", "<code>a&#92;&#124;b</code>"],
    ["a backslash at the end", "a\\", "<code>a&#92;</code>"],
    ["a leading space", " a", "<code> a</code>"],
    ["lines", "a\r\nb\nc", "`a↵b↵c`"],
    ["characters that change the direction of text", "a\u202eb\u0007", "`a\\u{202e}b\\u{7}`"],
    ["an empty string", "", "``` ```"],
    ["only spaces", "  ", "<code>&nbsp;&nbsp;</code>"],
  ];
  for (const [what, text, expected] of cases) {
    it(`shows ${what} literally`, () => assert.equal(code(text), expected));
  }

  it("puts a fence around a block of text that no line of the text can close", () => {
    assert.equal(block("a\n````\nb"), "`````text\na\n````\nb\n`````");
  });

  it("lets no value end its cell, its row or the table", () => {
    const text = commentOn(configMap({ data: { a: "x" } }, { data: { a: "1 | 2 |\n| --- |\n</details> @all `|" } }));
    const row = text.split("\n").find((line) => line.startsWith("| ConfigMap"))!;
    assert.equal(row.replaceAll("\\|", "").split("|").length, 6);
    assert.match(row, /\| ``[^\n]*<\/details> @all `\\\|`` \|$/, "within code, where it means nothing");
  });

  it("never lets the type of a resource become a mention, a tag, a link or a cell", () => {
    for (const type of ["a:b:@team", "a:b:<img src=x>", "a:b:C|D", "a:b:www.x.example", "pulumi:providers:@team"]) {
      const text = commentOn(update(type, "x", { a: 1 }, { a: 2 }));
      assert.match(text, /^\| [A-Za-z0-9 -]+ `x` \| `a` \| `1` \| `2` \|$/m, type);
    }
  });

  it("marks a stack's comment with a name that cannot end the HTML comment", () => {
    assert.equal(marker("org/dev"), "<!-- alerting-preview:org/dev -->");
    assert.equal(marker("a--><b>"), "<!-- alerting-preview:a___b_ -->");
  });
});

describe("the comment about a preview with secrets", () => {
  it("hides a Secret's data, whether or not the engine treats it as secret", () => {
    const preview = update(
      "kubernetes:core/v1:Secret",
      "slack-webhook",
      { stringData: { url: CANARY, other: "same" }, data: { a: `old${CANARY}` } },
      { stringData: { url: `new${CANARY}`, other: "same" }, data: "[secret]" },
      { detailedDiff: { "stringData.url": { kind: "update" } } },
    );
    const text = commentOn(preview);
    assert.ok(!text.includes(CANARY));
    assert.match(text, /`stringData\.url` \| \*secret\* \| \*another secret\*/);
  });

  it("hides a webhook, a password in a URL and any value named as a credential, anywhere", () => {
    const old = {
      values: {
        a: `https://hooks.slack.example/services/T000/B000/${CANARY}`,
        b: `http://127.0.0.1:80/services/T0LAB/B0LAB/${CANARY}`,
        c: `https://user:${CANARY}@proxy.example`,
        routing_key: CANARY,
        basic_auth: { password: CANARY },
        text: `json {"url":"https://hooks.slack.example/services/T000/B000/${CANARY}"}`,
        list: [{ name: "x", api_key: CANARY }],
      },
    };
    const now = { values: { ...Object.fromEntries(Object.keys(old.values).map((key) => [key, "gone"])) } };
    for (const type of ["kubernetes:helm.sh/v3:Release", "kubernetes:core/v1:ConfigMap"]) {
      const [there, back] = [commentOn(update(type, "x", old, now)), commentOn(update(type, "x", now, old))];
      assert.ok(!there.includes(CANARY) && !back.includes(CANARY), there);
    }
    const shown = masked({ secretName: "alertmanager-slack", routing_key_file: "/etc/x/pagerduty" }, "x");
    assert.deepEqual(shown, { secretName: "alertmanager-slack", routing_key_file: "/etc/x/pagerduty" });
  });

  const odd: readonly (readonly [string, unknown])[] = [
    ["a map of credentials", { credentials: { pagerduty: CANARY } }],
    ["a map under the key secret", { secret: { a: [{ b: CANARY }] } }],
    ["a Secret's manifest", { list: [{ kind: "Secret", stringData: { x: CANARY } }] }],
    ["a Secret's manifest in a string", { list: [`apiVersion: v1\nkind: Secret\nstringData:\n  x: ${CANARY}\n`] }],
    ["an environment variable", { env: [{ name: "SLACK_TOKEN", value: CANARY }] }],
    ["JSON in a string", { text: JSON.stringify({ users: [{ password: CANARY }] }) }],
    ["YAML in a string", { text: `users:\n- name: x\n  token: ${CANARY}\n` }],
    ["a YAML block in a string", { text: `a:\n  password: |\n    ${CANARY}\n    ${CANARY}\nb: 1\n` }],
    ["a private key", { pem: `-----BEGIN RSA PRIVATE KEY-----\n${CANARY}\n-----END RSA PRIVATE KEY-----\n` }],
    ["half a private key", { pem: `-----BEGIN PRIVATE KEY-----\n${CANARY}` }],
    ["a private key in base64", { pem: Buffer.from(`-----BEGIN PRIVATE KEY-----\n`).toString("base64") + CANARY }],
    ["a header", { text: `Authorization: Bearer ${CANARY}` }],
    ["a token in a URL", { url: `https://${CANARY}@host.example/x` }],
    ["a webhook of another service", { url: `https://chat.example/api/webhooks/1/${CANARY}` }],
    ["a Slack token", { text: `with xoxb-${CANARY}` }],
    ["an argument", { args: [`--password=${CANARY}`] }],
    ["an API key", { secretAccessKey: CANARY, privateKey: CANARY, "client-key-data": CANARY }],
  ];
  for (const [what, values] of odd) {
    it(`hides ${what}`, () => {
      const text = commentOn(update("kubernetes:helm.sh/v3:Release", "x", { values: {} }, { values }));
      assert.ok(!text.includes(CANARY), text);
    });
  }

  it("hides nothing that only mentions a Secret", () => {
    const volumes = [{ name: "x", secret: { secretName: "slack", items: [{ key: "url", path: "url" }] } }];
    const text = 'error: no passphrase: set PULUMI_CONFIG_PASSPHRASE; kube_secret_info{secret="x"} > 0';
    assert.deepEqual(masked({ volumes, text }, "x"), { volumes, text });
  });

  it("hides credentials in a very long string, and needs only seconds to find them", () => {
    for (const part of ["a", "://", "-----BEGIN PRIVATE KEY-----", "token", "a:", "\n ", "- ", "/webhook/ "]) {
      const begin = Date.now();
      withoutCredentials(part.repeat(100_000));
      assert.ok(Date.now() - begin < 2_000, part);
    }
  });

  it("hides a webhook in the engine's error messages and warnings", () => {
    const message = (severity: string) => ({
      severity,
      message: `${severity}: <{%fg 1%}>bad https://hooks.slack.example/services/T000/B000/${CANARY}<{%reset%}>\n`,
    });
    const text = commentOn({ diagnostics: [message("error"), message("warning")] });
    assert.match(text, /bad https:\/\/hooks\.slack\.example\/\[secret\]/);
    assert.ok(!text.includes(CANARY) && !text.includes("<{%"));
    assert.equal(withoutCredentials("see https://prometheus.example/graph"), "see https://prometheus.example/graph");
  });

  it("hides only the secret value if the engine masks a whole object", () => {
    const release = (a: number) => ({ values: { a, secret: "[secret]" }, name: "prometheus" });
    const preview = update("kubernetes:helm.sh/v3:Release", "prometheus", release(1), release(2), {
      detailedDiff: { "values.a": {}, "values.secret.x[0]": {} },
    });
    const text = commentOn(preview);
    assert.match(text, /`a` \| `1` \| `2`/);
    assert.match(text, /`secret\.x\[0\]` \| \*secret\* \| \*another secret\*/);
  });

  it("hides the engine's placeholder for a value that is not known yet", () => {
    const text = commentOn(configMap({ data: { id: "fs-1" } }, { data: { id: UNKNOWN, list: [UNKNOWN] } }));
    assert.match(text, /`data\.id` \| `fs-1` \| \*known after up\*/);
    assert.ok(!text.includes(UNKNOWN));
  });
});

describe("the comment about a preview with long values", () => {
  it("shortens values to the part that differs", () => {
    const common = "x".repeat(5_000);
    const [before, after] = sides(`${common}A${common}`, `${common}B${common}`);
    assert.equal(before, `\`…${"x".repeat(30)}A${"x".repeat(30)}…\``);
    assert.equal(after, `\`…${"x".repeat(30)}B${"x".repeat(30)}…\``);
  });

  it("replaces the end of a value by a count, and never splits a character", () => {
    assert.equal(cut("a".repeat(250)), `${"a".repeat(240)}… (10 more characters)`);
    assert.doesNotMatch(cut("😀".repeat(300), 241), /[\ud800-\udbff](?![\udc00-\udfff])/);
    const [before] = sides("a".repeat(300), "b".repeat(300));
    assert.match(before, /… \(60 more characters\)/);
  });

  it("replaces rows by a count, first in the last table, and stays below GitHub's limit", () => {
    const created = Array.from({ length: 3_000 }, (_, index) => ({
      op: "create",
      urn: `urn:pulumi:dev::alerting::kubernetes:core/v1:NodePatch::node-labels-ip-${String(index).padStart(6, "0")}`,
      newState: { custom: true, inputs: {} },
    }));
    const lost = {
      op: "delete",
      urn: "urn:pulumi:dev::alerting::aws:efs/fileSystem:FileSystem::storage",
      oldState: { custom: true, id: "fs-1", inputs: {} },
    };
    const text = commentOn({ steps: [...created, lost], changeSummary: {} });
    assert.ok(text.length <= LONGEST_COMMENT && LONGEST_COMMENT < GITHUBS_LIMIT);
    assert.ok(text.length > 60_000, "no more is cut than has to be");
    assert.match(text, /^## Preview of `dev`: 1 to delete, 3000 to create$/m);
    assert.match(text, /\*\*DELETED\*\* \| FileSystem/);
    const shown = [...text.matchAll(/^\| NodePatch/gm)].length;
    assert.match(text, new RegExp(`^${3_000 - shown} rows are left out of this table`, "m"));
    assert.match(text, new RegExp(`^\\*\\*${3_000 - shown} rows are left out`, "m"));
    assert.match(text, /<\/details>\n$/);
  });

  it("shortens values of any length until it is below the limit, even if only the first table remains", () => {
    const long = (letter: string) =>
      Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, `${letter.repeat(90_000)}|\``]));
    assert.ok(commentOn(configMap({ data: long("a") }, { data: long("b") })).length <= LONGEST_COMMENT);
    const loud = {
      title: "x",
      headings: ["a"],
      rows: Array.from({ length: 9_000 }, () => ["y".repeat(50)]),
      loud: true,
    };
    assert.ok(fitted("head", [loud]).length <= LONGEST_COMMENT);
    assert.ok(fitted("h".repeat(100_000), []).length <= LONGEST_COMMENT);
    const failed = {
      diagnostics: Array.from({ length: 40 }, (_, index) => ({ severity: "error", message: `${index}`.repeat(9_000) })),
    };
    assert.ok(commentOn(failed).length <= LONGEST_COMMENT);
  });
});

describe("a preview without JSON output", () => {
  const failed = (stderr: string) => comment({ stack: "dev", stderr });

  it("is reported in the CLI's words, beginning with the error", () => {
    const text = failed("warning: something\nerror: no stack named 'dev' found\n");
    assert.equal(
      text,
      "<!-- alerting-preview:dev -->\n## Preview of `dev`: failed\n\n```text\nerror: no stack named 'dev' found\n```\n",
    );
  });

  it("is reported if the CLI printed nothing", () => {
    assert.match(failed(" \n"), /pulumi preview has printed nothing\./);
  });

  it("is recognized by its output: no JSON, incomplete JSON, or other JSON", () => {
    for (const text of ["", "{", '{"steps":[{', "[]", "null", "7", '{"version":3}', '{"steps":[{"op":1}]}']) {
      assert.equal(readPreview(text), undefined, text);
    }
    assert.ok(readPreview('{"steps":null,"diagnostics":[]}'));
  });
});

import * as assert from "node:assert/strict";
import * as path from "node:path";
import { inspect } from "node:util";
import { parse } from "yaml";
import { readCredentials } from "../../../../tools/login/read";
import { forPerson, rotationNote } from "../../../../tools/login/text";
import { StackUnreadable } from "../../../../tools/stack/cli";
import { readStackConfiguration } from "../../../../tools/stack/configuration";
import { readWebLogin, readWebLogins } from "../../../../tools/stack/login";
import { configOf, exportedState, FakeCli } from "../../../support/fake-cli";
import { certificate } from "../../../support/page-certificates";
import { asText, canary, least } from "../../../support/settings";

const project = path.resolve(__dirname, "../../../..");
const [old, password] = ["pWcAnArYoLd0000000000", "pWcAnArYnEw0000000000"];
const outputs = {
  stdout: JSON.stringify({ prometheusUrl: "https://prometheus.example", alertmanagerUrl: "https://alerts.example" }),
};

describe("the login to the pages", function () {
  let fake: FakeCli;
  beforeEach(() => (fake = new FakeCli()));
  afterEach(() => fake.remove());

  describe("from the stack's state", () => {
    it("is people's newest login, and never Prometheus' login", async () => {
      const options = fake.options({ "stack export": exportedState({ 9: old, 10: password }) });
      const login = await readWebLogin("dev", options);
      assert.deepEqual([login?.user, login?.password.reveal()], ["alerting-10", password]);
      const all = await readWebLogins("dev", options);
      assert.deepEqual(
        all.map(({ user }) => user),
        ["alerting-10", "alerting-9"],
      );
      assert.doesNotMatch(inspect(all, { depth: 9 }) + JSON.stringify(all), /pWcAnArY/);
      assert.equal(fake.asked()[0], "stack export --show-secrets --stack dev --non-interactive --color never");
    });

    it("is never a login that was replaced or not created", async () => {
      const urn = "urn:pulumi:dev::alerting::random:index/randomPassword:RandomPassword::web-password-";
      const type = "random:index/randomPassword:RandomPassword";
      const more = [
        { urn: `${urn}7`, type, delete: true, outputs: { result: "gone" } },
        { urn: `${urn}8`, type },
        { urn: `${urn}9`, type, outputs: { result: { plaintext: "no JSON" } } },
        { urn: `${urn}9`, type: "random:index/randomString:RandomString", outputs: { result: "another" } },
      ];
      const options = fake.options({ "stack export": exportedState({ 1: password }, more) });
      assert.deepEqual(
        (await readWebLogins("dev", options)).map(({ user }) => user),
        ["alerting-1"],
      );
    });

    it("is absent if the pages are open, or nothing was applied", async () => {
      assert.equal(await readWebLogin("dev", fake.options({ "stack export": exportedState({}) })), undefined);
      const empty = { stdout: JSON.stringify({ version: 3, deployment: {} }) };
      assert.equal(await readWebLogin("dev", fake.options({ "stack export": empty })), undefined);
    });

    it("is not read from output of the CLI that is not a state, and the error does not repeat this output", async () => {
      for (const stdout of [`oops ${password}`, JSON.stringify({ deployment: password })]) {
        await assert.rejects(
          readWebLogins("dev", fake.options({ "stack export": { stdout } })),
          (error: Error) => error instanceof StackUnreadable && !error.message.includes(password),
        );
      }
    });
  });

  describe("on request", () => {
    /** Runs the command as a person does. */
    async function run(answers: Parameters<FakeCli["options"]>[0], ...args: string[]) {
      const { execa } = await import("execa");
      const command = [path.join(project, "run.cjs"), "tools/login/main.ts", ...args];
      const ended = await execa(process.execPath, command, {
        ...fake.options(answers),
        reject: false,
        stdin: "ignore",
      });
      return { stdout: ended.stdout, stderr: ended.stderr, code: ended.exitCode };
    }
    const rotating = { "stack output": outputs, "stack export": exportedState({ 1: old, 2: password }) };

    it("is printed as plain lines if there is no terminal: addresses, user and password, and nothing else", async () => {
      const { stdout, stderr, code } = await run(rotating, "--stack", "dev");
      assert.equal(code, 0, stderr);
      assert.equal(
        stdout,
        [
          "Prometheus    https://prometheus.example",
          "Alertmanager  https://alerts.example",
          "user          alerting-2",
          `password      ${password}`,
        ].join("\n"),
      );
      assert.match(stderr, /^The password is being rotated: alerting-1 still works/);
      assert.doesNotMatch(stderr, /pWcAnArY/);
      assert.doesNotMatch(fake.asked().join("\n"), /pWcAnArY/);
    });

    it("is JSON for tools", async () => {
      const { stdout, code } = await run(rotating, "--stack", "dev", "--json");
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), {
        prometheusUrl: "https://prometheus.example",
        alertmanagerUrl: "https://alerts.example",
        user: "alerting-2",
        password,
        olderUsers: ["alerting-1"],
      });
    });

    it("is a file for amtool and promtool, with the authority of the stack's custom certificate", async () => {
      const { cert, key } = await certificate(["prometheus.example"]);
      const settings = Object.entries(asText(least)).map(([name, text]) => [`alerting:${name}`, { value: text }]);
      const plain = Object.fromEntries(settings) as object;
      const own = { "alerting:certificate": { value: JSON.stringify({ chain: cert, key }), secret: true } };
      const basic_auth = { username: "alerting-2", password };
      for (const [config, wanted] of [
        [plain, { basic_auth }],
        [
          { ...plain, ...own },
          { basic_auth, tls_config: { ca: cert } },
        ],
      ] as const) {
        const answers = { ...rotating, config: { stdout: JSON.stringify(config) }, "stack ls": { stdout: "[]" } };
        const { stdout, stderr, code } = await run(answers, "--stack", "dev", "--http-config");
        assert.equal(code, 0, stderr);
        assert.deepEqual(parse(stdout), wanted);
      }
    });

    it("is a table for a person, and shows the whole password", async () => {
      const found = await readCredentials("dev", fake.options(rotating));
      assert.match(forPerson(found, 400), new RegExp(`│ password +│ ${password} +│`));
      assert.equal(rotationNote({ ...found, older: [] }), undefined);
    });

    it("is plain lines if the terminal is too narrow for the table, or if there is no terminal", async () => {
      const found = await readCredentials("dev", fake.options(rotating));
      const width = forPerson(found, 400).split("\n")[0]!.length;
      assert.match(forPerson(found, width), /│/);
      for (const columns of [width - 1, undefined]) {
        assert.doesNotMatch(forPerson(found, columns), /│/);
        assert.match(forPerson(found, columns), new RegExp(`^password +${password}$`, "m"));
      }
    });

    it("is refused with a sentence if the stack has no password, was not applied, or does not exist", async () => {
      const none = await run({ "stack output": outputs, "stack export": exportedState({}) }, "--stack", "dev");
      assert.deepEqual([none.code, none.stdout], [1, ""]);
      assert.match(none.stderr, /^The stack "dev" has no password: its pages are open .*\.$/);
      assert.match(none.stderr, /`pulumi config set --path alerting:access\.password true --stack dev`/);
      await assert.rejects(
        readCredentials("dev", fake.options({ ...rotating, "stack output": { stdout: "{}" } })),
        /has no outputs: it was not applied yet/,
      );
      await assert.rejects(
        readCredentials("dev", fake.options({ ...rotating, "stack output": { stdout: '{"a":1}' } })),
        /has no output prometheusUrl: is it an alerting stack\?$/,
      );
    });

    it("is not printed for an invalid command line", async () => {
      for (const args of [
        ["--stack"],
        ["--stack", " "],
        ["--stck", "dev"],
        ["--stack", "dev", "--json", "--http-config"],
      ]) {
        const { code, stdout, stderr } = await run(rotating, ...args);
        assert.deepEqual([code, stdout], [2, ""], args.join(" "));
        assert.match(stderr, /[.?]\n\nnpm run credentials -- \[options\]/);
      }
      assert.deepEqual(fake.asked(), []);
    });
  });

  describe("with the stack's certificate", () => {
    const read = async (value: object | string, secret = true) => {
      const secrets = {
        "alerting:slackWebhookUrl": { value: canary, secret: true },
        "alerting:certificate": { value: typeof value === "string" ? value : JSON.stringify(value), secret },
      };
      const options = fake.options({ config: configOf({}, secrets), "stack ls": { stdout: "[]" } });
      return (await readStackConfiguration("dev", options)).certificate;
    };

    it("contains only public parts of the certificate: the chain and its authority, never the key", async () => {
      const { cert, key } = await certificate(["prometheus.example"]);
      assert.deepEqual(await read({ chain: cert, key }), { chain: cert, ca: cert });
      assert.deepEqual(await read({ chain: cert, key, ca: "authority" }), { chain: cert, ca: "authority" });
    });

    it("contains no certificate if it cannot be read, because the check of the configuration reports that", async () => {
      for (const wrong of ["no JSON", "[1]", { key: "x" }, { chain: 1 }]) {
        assert.equal(await read(wrong), undefined, JSON.stringify(wrong));
      }
    });
  });
});

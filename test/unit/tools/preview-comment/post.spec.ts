import * as assert from "node:assert/strict";
import * as fs from "node:fs/promises";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { marker } from "../../../../tools/preview-comment/comment";
import { repositoryOf } from "../../../../tools/preview-comment/github";
import { postComment, postIssue } from "../../../../tools/preview-comment/github-posts";

const project = path.resolve(__dirname, "../../../..");
const body = `${marker("dev")}\nnew`;

describe("a workflow's message on GitHub", () => {
  let server: http.Server;
  let requests: string[];
  let lists: Record<string, unknown[]>;
  let status = 200;
  const repository = () => ({
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    name: "owner/name",
    token: "the-token",
  });

  beforeEach(async () => {
    [requests, lists, status] = [[], {}, 200];
    server = http.createServer((request, response) => {
      void text(request).then((sent) => {
        assert.equal(request.headers.authorization, "Bearer the-token");
        requests.push([request.method, request.url, sent].filter(Boolean).join(" "));
        response.statusCode = status;
        response.end(JSON.stringify(status === 200 ? (lists[request.url ?? ""] ?? []) : { message: "Forbidden" }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const comments = "/repos/owner/name/issues/7/comments";
  const page = (list: string, number: number) => `${list}${list.includes("?") ? "&" : "?"}per_page=100&page=${number}`;
  const bot = (id: number, text: string) => ({ id, number: id, body: text, user: { type: "Bot" } });
  const put = () => postComment(repository(), { stack: "dev", number: 7, body });

  it("is a new comment if the stack has none", async () => {
    lists[page(comments, 1)] = [bot(1, marker("prod"))];
    assert.equal(await put(), "created");
    assert.deepEqual(requests, [`GET ${page(comments, 1)}`, `POST ${comments} ${JSON.stringify({ body })}`]);
  });

  it("is not sent if the workflow's preview step has left no comment about the stack", async () => {
    for (const [left, words] of [
      ["", /file is empty, although it should hold the comment of dev/],
      [`${marker("prod")}\n`, /file is not a comment, although it should hold the comment of dev/],
    ] as const) {
      await assert.rejects(postComment(repository(), { stack: "dev", number: 7, body: left }), words);
      await assert.rejects(postIssue(repository(), { stack: "dev", drifted: true, body: left }), words);
    }
    assert.deepEqual(requests, []);
  });

  it("changes the existing comment, whatever its page", async () => {
    lists[page(comments, 1)] = Array.from({ length: 100 }, (_, index) => bot(index, "other"));
    lists[page(comments, 2)] = [bot(500, `${marker("dev")}\nold`)];
    assert.equal(await put(), "changed");
    assert.equal(requests.at(-1), `PATCH /repos/owner/name/issues/comments/500 ${JSON.stringify({ body })}`);
  });

  it("changes neither an identical comment nor a person's comment that contains the marker", async () => {
    lists[page(comments, 1)] = [{ ...bot(1, body), user: { type: "User" } }, bot(2, body)];
    assert.equal(await put(), "as it was");
    assert.equal(requests.length, 1);
  });

  it("fails with GitHub's answer, which does not show the token", async () => {
    status = 403;
    await assert.rejects(put(), (error: Error) => {
      assert.match(error.message, /^GitHub answers GET issues\/7\/comments\?per_page=100&page=1 with 403: .*Forbidden/);
      return !error.message.includes("the-token");
    });
  });

  const issues = "/repos/owner/name/issues?state=open&labels=drift";
  const drift = (drifted: boolean) => postIssue(repository(), { stack: "dev", drifted, body });

  it("is an issue if there is drift, is kept up to date, and is closed when the drift is gone", async () => {
    assert.equal(await drift(true), "opened");
    assert.match(
      requests.at(-1) ?? "",
      /^POST \/repos\/owner\/name\/issues .*"title":"Drift of dev".*"labels":\["drift"\]/,
    );
    lists[page(issues, 1)] = [{ ...bot(3, body), pull_request: {} }, bot(4, body)];
    assert.equal(await drift(true), "changed");
    assert.match(requests.at(-1) ?? "", /^PATCH \/repos\/owner\/name\/issues\/4 \{"body"/);
    assert.equal(await drift(false), "closed");
    assert.match(requests.at(-1) ?? "", /^PATCH \/repos\/owner\/name\/issues\/4 \{"state":"closed"/);
    lists = {};
    assert.equal(await drift(false), "none");
  });

  it("needs the environment of a workflow", () => {
    assert.throws(() => repositoryOf({}), /^Error: GITHUB_REPOSITORY and GITHUB_TOKEN is not set/);
  });
});

describe("npm run preview:markdown", function () {
  let directory: string;

  beforeEach(async () => {
    directory = await fs.mkdtemp(path.join(os.tmpdir(), "preview-markdown-"));
  });
  afterEach(() => fs.rm(directory, { recursive: true, force: true }));

  /** Runs the command with a `pulumi` on the `PATH` that runs this shell script. */
  async function run(script: string, ...args: string[]) {
    await fs.writeFile(path.join(directory, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    // tsx can load this ES module only with import().
    const { execa } = await import("execa");
    return execa(process.execPath, ["run.cjs", "tools/preview-comment/main.ts", ...args], {
      cwd: project,
      env: { PATH: `${directory}${path.delimiter}${process.env.PATH}` },
      reject: false,
    });
  }

  it("runs a preview of the stack, and ends with its exit code", async () => {
    const script = `echo "$@" > ${directory}/arguments; cat test/fixtures/recorded/previews/faulty.json; exit 255`;
    const { stdout, exitCode } = await run(script, "--stack", "dev", "--refresh", "--expect-no-changes");
    assert.match(stdout, /There are 2 faults in the configuration/);
    assert.equal(exitCode, 255);
    assert.equal(
      await fs.readFile(path.join(directory, "arguments"), "utf8"),
      "preview --json --non-interactive --color never --stack dev --refresh --expect-no-changes\n",
    );
  });

  it("prints the CLI's message if there is no preview, for example because the passphrase is missing", async () => {
    const { stdout, exitCode } = await run('echo "error: passphrase must be set" >&2; exit 255', "--stack", "dev");
    assert.match(stdout, /## Preview of `dev`: failed\n\n```text\nerror: passphrase must be set\n```/);
    assert.equal(exitCode, 255);
  });

  it("reads a file, and fails if that preview has failed", async () => {
    const from = (name: string) =>
      run("exit 9", "--stack", "dev", "--from", `test/fixtures/recorded/previews/${name}.json`);
    assert.equal((await from("nothing")).exitCode, 0);
    assert.equal((await from("faulty")).exitCode, 1);
  });

  it("uses the selected stack, and says so if none is selected", async () => {
    const script = `case "$*" in "stack ls"*) echo '[{"name":"prod"},{"name":"staging","current":true}]';; *) echo "$@" >&2; exit 3;; esac`;
    const { stdout, exitCode } = await run(script);
    assert.match(stdout, /## Preview of `staging`: failed\n\n```text\npreview .* --stack staging\n/);
    assert.equal(exitCode, 3);
    const none = await run(`echo '[{"name":"prod"}]'`);
    assert.match(
      none.stderr,
      /^No stack is selected\. Name it with --stack <stack>, or run `pulumi stack select <stack>`\.$/,
    );
    assert.equal(none.exitCode, 2);
    assert.match((await run("exit 9", "--from", "x")).stderr, /--stack is not given/);
  });
});

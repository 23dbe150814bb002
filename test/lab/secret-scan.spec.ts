import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as zlib from "node:zlib";
import type { ClusterObject } from "../../lab/cluster-objects";
import type { Lab } from "../../lab/lab";
import { startCensus } from "../../lab/process-census";
import { answerPlaces } from "../../lab/secrets/pages";
import type { Canary } from "../../lab/secrets/canary";
import { partsOf } from "../../lab/secrets/canary";
import { awsKeyCanary } from "../../lab/secrets/lab-canaries";
import { clusterPlaces, processPlaces } from "../../lab/secrets/places";
import { faultsOf, type Place, scanForSecrets } from "../../lab/secrets/scan";

const text = "Kq7vTz0pWm3xRb9nYc5dLh2s";
const webhook = `https://hooks.slack.example/services/T000/B000/${text}`;
const base64 = (of: Buffer | string) => Buffer.from(of).toString("base64");
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const token = ["header", "claims", "signature"].map((part) => randomBytes(64).toString("base64url") + part).join(".");

/** One secret of each kind in the lab. */
const SECRETS: Readonly<Record<string, string>> = {
  webhook,
  "heartbeat URL": "https://heartbeat.example/ping/0b8f6d0a-9f2c-4a5e-8f43-1c2d3e4f5a6b?rid=1",
  "web password": randomBytes(24).toString("base64url"),
  "hash of a password": `$2a$10$${randomBytes(39).toString("base64").replaceAll("+", ".")}`,
  "certificate's key": String(key),
  "RSA key": String(rsa.export({ type: "pkcs1", format: "pem" })),
  "token of a service account": token,
  "kubeconfig's token": randomBytes(24).toString("base64url"),
  "AWS secret key": `${randomBytes(29).toString("base64").slice(0, 38)}/+`,
};

const everyLetter = (of: string) =>
  [...Buffer.from(of)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const json = (of: string) => JSON.stringify(of).replaceAll("/", "\\/");
const lines = (of: string) => (of.match(/.{1,40}/g) ?? []).join("\n    ");

/** Each way in which a secret can be encoded. */
const WRITINGS: Readonly<Record<string, (secret: string) => Buffer | string>> = {
  "in clear": (secret) => `a: ${secret}`,
  "in base64": (secret) => base64(secret),
  "in base64, one byte after others": (secret) => base64(`x${secret}`),
  "in base64, two bytes after others": (secret) => base64(`xy${secret}`),
  "in url-safe base64": (secret) => Buffer.from(`?>${secret}`).toString("base64url"),
  "in base64 with line breaks": (secret) => lines(base64(`some text before it ${secret}`)),
  "as a Secret within a Secret": (secret) =>
    JSON.stringify({ data: { a: base64(JSON.stringify({ b: base64(secret) })) } }),
  "URL-encoded": (secret) => `payload=${encodeURIComponent(secret)}&x=1`,
  "URL-encoded, every letter": everyLetter,
  "URL-encoded twice": (secret) => everyLetter(everyLetter(secret)),
  "URL-encoded, in base64": (secret) => encodeURIComponent(base64(`+/${secret}`)),
  "as JSON": json,
  "as JSON within JSON": (secret) => json(json(secret)),
  "as JSON escape codes": (secret) =>
    [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "as HTML": (secret) => [...base64(secret)].join("").replaceAll("+", "&#43;").replaceAll("=", "&#x3d;"),
  "as HTML, every letter": (secret) => [...secret].map((one) => `&#${one.charCodeAt(0)};`).join(""),
  "in hex": (secret) => Buffer.from(secret).toString("hex"),
  "in uppercase hex": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "in UTF-16": (secret) => Buffer.from(secret, "utf16le"),
  gzipped: (secret) => zlib.gzipSync(secret),
  "gzipped, with bytes around it": (secret) =>
    Buffer.concat([Buffer.from("head\n"), zlib.gzipSync(`{"a":"${secret}"}`), Buffer.from("\ntail")]),
  "gzipped and cut short": (secret) => zlib.gzipSync(secret).subarray(0, -8),
  "in base64 of gzip": (secret) => base64(zlib.gzipSync(secret)),
  "as Helm stores a release": (secret) =>
    JSON.stringify({
      data: { release: base64(base64(zlib.gzipSync(JSON.stringify({ m: "a".repeat(3000), secret })))) },
    }),
};

const canary = (name: string, value: string, homes: Canary["homes"] = []): Canary => ({ name, value, homes });
const all = Object.entries(SECRETS).map(([name, value]) => canary(name, value));

async function found(...places: Place[]) {
  const { rows } = await scanForSecrets(all, places);
  return rows.flatMap(({ name, hits }) => hits.map(({ place, wrapping }) => ({ name, place, wrapping })));
}

describe("the scan for secrets", () => {
  for (const [writing, write] of Object.entries(WRITINGS)) {
    it(`finds each secret ${writing}, and tells which secret it is`, async () => {
      for (const [name, value] of Object.entries(SECRETS)) {
        const hits = await found({ name: "a place", content: write(value) });
        assert.deepEqual([...new Set(hits.map((hit) => hit.name))], [name]);
      }
    });
  }

  it("says how the secret was encoded, and names the simplest of several ways", async () => {
    const wrappings = async (content: Buffer | string) => (await found({ name: "a", content }))[0]?.wrapping;
    assert.equal(await wrappings(webhook), "in clear");
    assert.equal(await wrappings(WRITINGS["as Helm stores a release"]!(webhook)), "gzip in base64 in base64");
    assert.equal(await wrappings(`${base64(base64(zlib.gzipSync(webhook)))} ${base64(webhook)}`), "base64");
  });

  it("finds half of a secret, and the private number of a key in any notation", async () => {
    const { d = "" } = rsa.export({ format: "jwk" });
    const number = Buffer.from(d, "base64url");
    const password = SECRETS["web password"]!;
    for (const content of [password.slice(0, 17), password.slice(-17)]) {
      assert.deepEqual(
        (await found({ name: "a", content })).map(({ name }) => name),
        ["web password"],
      );
    }
    const der = createPrivateKey(key).export({ type: "sec1", format: "der" });
    for (const [content, name] of [
      [number.toString("hex"), "RSA key"],
      [`{"d":"${d}"}`, "RSA key"],
      [der, "certificate's key"],
      [base64(der), "certificate's key"],
    ] as const) {
      assert.deepEqual(
        (await found({ name: "a", content })).map((hit) => hit.name),
        [name],
      );
    }
  });

  it("looks only for the long random part of a URL, because the rest appears in every log", () => {
    assert.deepEqual(partsOf(webhook).map(String), [text]);
    assert.deepEqual(partsOf("https://beat.example/a/b?key=0123456789abcdef").map(String), ["0123456789abcdef"]);
    assert.deepEqual(partsOf("https://beat.example/short/paths/all").map(String), ["/short/paths/all"]);
    assert.deepEqual(partsOf("short"), []);
  });

  it("finds several secrets in one place, and each secret in several places", async () => {
    const content = Object.values(SECRETS).join("\n");
    const hits = await found({ name: "a", content }, { name: "b", content: base64(content) });
    assert.equal(hits.length, 2 * all.length);
  });

  it("does not report secrets that are absent", async () => {
    const others = Object.values(SECRETS)
      .map((one) => [...one].reverse().join(""))
      .join("\n");
    for (const content of [
      others,
      base64(others),
      zlib.gzipSync(others),
      "",
      Buffer.alloc(10_000, 0x1f),
      "%".repeat(9),
    ]) {
      assert.deepEqual(await found({ name: "a", content }), []);
    }
  });

  it("is fast on text that is entirely encoded, and on plain text", async () => {
    const texts = [
      "%41".repeat(50_000),
      "\\n".repeat(50_000),
      "&#43;".repeat(50_000),
      "a".repeat(150_000),
      "\\".repeat(150_000),
    ];
    const { seconds } = await scanForSecrets(
      all,
      texts.map((content, at) => ({ name: String(at), content })),
    );
    assert.ok(seconds < 20, `${seconds} s`);
  });

  it("names the place but never the value, even if the name of the place contains the value", async () => {
    const scan = await scanForSecrets(all, [{ name: `file: ${text}.txt`, content: "nothing" }]);
    assert.deepEqual(faultsOf(scan), ["webhook: file: (a secret).txt (in clear)"]);
    assert.ok(!JSON.stringify(scan).includes(text));
  });

  it("lists a secret separately in the places where it belongs, but not other secrets there", async () => {
    const homes = [{ place: /^Secret a key$/, why: "it is kept here", needed: true }];
    const canaries = [canary("webhook", webhook, homes), canary("web password", SECRETS["web password"]!)];
    const content = `${webhook} ${SECRETS["web password"]}`;
    const scan = await scanForSecrets(canaries, [
      { name: "Secret a key", content },
      { name: "Secret a key2", content: webhook },
    ]);
    assert.deepEqual(faultsOf(scan), ["webhook: Secret a key2 (in clear)", "web password: Secret a key (in clear)"]);
    assert.deepEqual(scan.rows[0]?.expected, [{ place: "Secret a key", wrapping: "in clear", why: "it is kept here" }]);
  });

  it("reports an error if it does not find a secret in a place where the secret must be", async () => {
    const homes = [{ place: /^Secret$/, why: "it is kept here", needed: true }];
    const scan = await scanForSecrets([canary("webhook", webhook, homes)], [{ name: "Secret", content: "empty" }]);
    assert.match(faultsOf(scan).join(), /^webhook: not found where it belongs, it is kept here/);
  });

  it("reports a secret that is too short to be scanned for", async () => {
    const { rows } = await scanForSecrets([canary("pin", "1234")], [{ name: "a", content: "1234" }]);
    assert.deepEqual([rows[0]?.hits, rows[0]?.notSearched], [[], "too short to be distinguished from chance"]);
  });
});

describe("the places that the scan looks in", () => {
  function object(kind: string, name: string, content: object): ClusterObject {
    const more = { name, namespace: "m", uid: undefined, labels: {} };
    return { kind, title: `${kind} m/${name}`, json: JSON.stringify(content), ...more };
  }

  it("include one for each key of a Secret, and one for the rest of the Secret", () => {
    const secret = object("Secret", "s", { metadata: { name: "s" }, data: { one: base64(webhook), two: "eA==" } });
    assert.deepEqual(clusterPlaces([secret, object("ConfigMap", "c", { data: { one: "x" } })]), [
      { name: "cluster: Secret m/s", content: '{"metadata":{"name":"s"}}' },
      { name: "cluster: Secret m/s data.one", content: base64(webhook) },
      { name: "cluster: Secret m/s data.two", content: "eA==" },
      { name: "cluster: ConfigMap m/c", content: '{"data":{"one":"x"}}' },
    ]);
  });

  it("include every page's answers, with request and status, but no answers if the lab has no access", async () => {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status, { "x-header": "one" }).end("page"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const lab = { nodes: { urlOf: () => Promise.resolve(url) } } as unknown as Lab;
    const places = () => answerPlaces(lab, { prometheus: url, alertmanager: url, access: {} });
    try {
      const made = await places();
      for (const name of [
        "Alertmanager /api/v2/status",
        "Prometheus /api/v1/status/config",
        "kube-state-metrics /metrics",
      ]) {
        const place = made.find((one) => one.name === `answer: ${name} (200)`);
        assert.match(String(place?.content), /"x-header":"one".*\npage$/, name);
      }
      status = 404;
      assert.equal((await places()).length, made.length);
      for (status of [401, 403]) {
        await assert.rejects(
          places(),
          new RegExp(`does not let the lab in \\(${status} at /.*\\), so it was not searched\\.$`),
        );
      }
    } finally {
      server.close();
    }
  });

  it("include processes, which are named by program and subcommands, never by other arguments", () => {
    const commandLines = new Set([`/usr/bin/pulumi config set --secret key ${webhook}`]);
    const [place] = processPlaces({ commandLines, environments: new Map() });
    assert.equal(place?.name, "process: pulumi config set key");
  });

  it("do not contain the AWS key, except for the environment of the CLI and its child processes", async () => {
    const directory = await fs.mkdtemp(path.join(os.tmpdir(), "processes-"));
    const value = randomBytes(20).toString("hex");
    const env = { PATH: process.env.PATH, AWS_SECRET_ACCESS_KEY: value };
    // The real language host starts npm, which renames its process. The test cannot know all other child processes.
    for (const name of ["npm", "kubelet"]) await fs.symlink("/bin/sleep", path.join(directory, name));
    await fs.writeFile(path.join(directory, "pulumi"), '#!/bin/bash\nexec -a "$0" bash -c "$1"\n', { mode: 0o755 });
    const start = (name: string, argument: string) =>
      spawn(path.join(directory, name), [argument], { env, detached: true, stdio: ["ignore", "pipe", "inherit"] });
    const cli = start("pulumi", `${path.join(directory, "npm")} 61 & echo started; wait`);
    let other: ChildProcess | undefined;
    const search = async () => {
      const census = startCensus();
      census.stop();
      return faultsOf(await scanForSecrets([awsKeyCanary(value)], processPlaces(census)));
    };
    try {
      await once(cli.stdout, "data");
      assert.deepEqual(await search(), []);
      other = start("kubelet", "61");
      await once(other, "spawn");
      assert.deepEqual(await search(), [
        `AWS secret key: environment: ${path.basename(directory)}/kubelet AWS_SECRET_ACCESS_KEY (in clear)`,
      ]);
    } finally {
      for (const child of [cli, other]) if (child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await fs.rm(directory, { recursive: true });
    }
  });

  it("include each program's variables; the variables that pass secrets on purpose are a separate place", () => {
    const environments = new Map([["bin/node index.ts", new Set(["A=1", "PULUMI_CONFIG={}", "B=2"])]]);
    assert.deepEqual(processPlaces({ commandLines: new Set(), environments }), [
      { name: "environment: bin/node index.ts", content: "A=1\nB=2" },
      { name: "environment: bin/node index.ts PULUMI_CONFIG", content: "PULUMI_CONFIG={}" },
    ]);
  });
});

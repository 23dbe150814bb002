import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { type Finding, writtenPath } from "../../../validation/finding";
import { checkPrometheusFile } from "../../../prometheus/check-config";
import type { RemoteWrite, ScrapeConfig } from "../../../prometheus/config-types";

const lines = (findings: readonly Finding[]) =>
  findings.map(({ severity, path, sentence }) => `${severity} ${writtenPath(path)}: ${sentence}`);

const within = (findings: readonly Finding[], depth: number) =>
  findings.map((finding) => ({ ...finding, path: finding.path.slice(depth) }));
const checkScrapeConfigs = (jobs: unknown, chartJobs?: Readonly<Record<string, unknown>>) =>
  within(checkPrometheusFile({ scrapeConfigs: jobs }, chartJobs), 1);
const checkRemoteWrite = (remoteWrite: unknown) => within(checkPrometheusFile({ server: { remoteWrite } }), 2);

const targets = { static_configs: [{ targets: ["db-1.example:9187"] }] };
const job = (config: object) => ({ db: { ...targets, ...config } });
const relabel = (...steps: unknown[]) => job({ relabel_configs: steps });
const kubernetes = (discovery: object) => ({ k: { kubernetes_sd_configs: [discovery] } });

const cyclic: Record<string, unknown> = { ...targets };
cyclic["params"] = cyclic;

const scrapes: readonly [title: string, jobs: unknown, expected: readonly RegExp[]][] = [
  ["no setting", undefined, []],
  ["null", null, [/^error : has no value; accepted: a map of jobs/]],
  ["a list of an old chart", [], [/^error : got a list; accepted: a map of jobs/]],
  ["a valid job", job({ scrape_interval: "30s", scrape_timeout: "10s", body_size_limit: "10MB" }), []],
  ["a disabled job", { db: { enabled: false, anything: 1 } }, []],
  ["`null` as a job", { db: null }, []],
  ["a string as a job", { db: "on" }, [/^error db: got "on"; accepted: a map\.$/]],
  ["a job without targets", { db: {} }, [/^error db: is empty/]],
  ["a job without a way to find targets", { db: { scrape_interval: "30s" } }, [/^warning db: finds no targets/]],
  [
    "an unknown key",
    job({ scrape_intervall: "30s" }),
    [/scrape_intervall: there is no such key; is `scrape_interval` meant\?$/],
  ],
  ["a YAML 1.1 boolean", job({ honor_labels: "yes" }), [/honor_labels: got "yes"; write true, without quotes\.$/]],
  ["a YAML 1.1 boolean for false", job({ enabled: "off" }), [/enabled: got "off"; write false, without quotes\.$/]],
  ["a limit as a string", job({ sample_limit: "1000" }), [/sample_limit: got "1000"; write 1000, without quotes\.$/]],
  ["a negative limit", job({ sample_limit: -1 }), [/sample_limit: got -1; accepted: a whole number from 0 on\.$/]],
  [
    "a size in Kubernetes' format",
    job({ body_size_limit: "10Mi" }),
    [/body_size_limit: got "10Mi"; accepted: a size such as/],
  ],
  [
    "a timeout above the interval",
    job({ scrape_interval: "10s", scrape_timeout: "30s" }),
    [
      /^error db: is refused by Prometheus: scrape timeout greater than scrape interval .*; write a shorter `scrape_timeout`/,
    ],
  ],
  [
    "a target with a path",
    { db: { static_configs: [{ targets: ["http://db-1.example/metrics"] }] } },
    [/^error db: is refused by Prometheus: .* is not a valid hostname; a target is host and port/],
  ],
  [
    "URLs as the targets of a probe",
    {
      db: {
        static_configs: [{ targets: ["https://db-1.example/health"] }],
        relabel_configs: [
          { source_labels: ["__address__"], target_label: "__param_target" },
          { target_label: "__address__", replacement: "prober.example:9115" },
        ],
      },
    },
    [],
  ],
  ["another kind of service discovery", { db: { consul_sd_configs: [{ server: "consul.example:8500" }] } }, []],
  ["an unknown scheme", job({ scheme: "htps" }), [/scheme: got "htps"; accepted: "http", "https"\.$/]],
  [
    "two jobs with the same name",
    { a: { ...targets, job_name: "db" }, db: targets },
    [/^error db: has the job name "db" of a; give it another name\.$/],
  ],
  [
    "the action `replace` without a target label",
    relabel({ source_labels: ["a"] }),
    [/relabel_configs\[0\]: is refused by Prometheus: .* for replace action requires 'target_label' value\.$/],
  ],
  [
    "an unknown relabeling action",
    relabel({ action: "dropp", regex: "a" }),
    [/action: got "dropp"; Prometheus says: unknown relabel action "dropp"; is "drop" meant\?$/],
  ],
  [
    "a key that the relabeling action refuses",
    relabel({ action: "keepequal", source_labels: ["a"], target_label: "b", separator: "," }),
    [/\[0\]: is refused by Prometheus: keepequal action requires only 'source_labels' and `target_label`/],
  ],
  [
    "the action `hashmod` without a modulus",
    relabel({ action: "hashmod", source_labels: ["a"], target_label: "b" }),
    [/\[0\]: is refused by Prometheus: relabel configuration for hashmod requires non-zero modulus\.$/],
  ],
  [
    "a regex with a lookahead",
    relabel({ action: "labeldrop", regex: "(?!a)" }),
    [/regex: got "\(\?!a\)"; Prometheus says: .*Perl syntax/],
  ],
  ["`null` as a relabeling step", relabel(null), [/relabel_configs\[0\]: has no value/]],
  ["`true` as a regex, as in the chart", relabel({ action: "keep", source_labels: ["a"], regex: true }), []],
  ["an unknown role", kubernetes({ role: "pods" }), [/role: got "pods"; Prometheus says: .*; is "pod" meant\?$/]],
  [
    "a selector for another role",
    kubernetes({ role: "node", selectors: [{ role: "pod" }] }),
    [/kubernetes_sd_configs\[0\]: is refused by Prometheus: node role supports only node selectors\.$/],
  ],
  [
    "DNS records without a port",
    { d: { dns_sd_configs: [{ names: ["db.example"], type: "A" }] } },
    [/a port is required in DNS-SD configs/],
  ],
  [
    "a service discovery that Prometheus does not know",
    { c: { consol_sd_configs: [{}] } },
    [/consol_sd_configs: there is no such key; is `consul_sd_configs` meant\?/],
  ],
  [
    "a certificate without its key",
    job({ tls_config: { cert_file: "/a" } }),
    [/tls_config: is refused by Prometheus: exactly one of key or key_file .*; set `key_file`/],
  ],
  [
    "two authentication methods",
    job({ basic_auth: {}, bearer_token_file: "/a" }),
    [/^error db: is refused by Prometheus: at most one of basic_auth, oauth2, bearer_token & bearer_token_file/],
  ],
  [
    "`Basic` as an authorization type",
    job({ authorization: { type: "Basic" } }),
    [/authorization type cannot be set to "basic", use "basic_auth"/],
  ],
  ["a reference to itself", { db: cyclic }, [/^error db\.params: contains itself/]],
  ["a key that leads to a prototype", JSON.parse('{"__proto__":{"a":1}}'), [/^error __proto__: is not a valid key/]],
];

const writes: readonly [title: string, list: unknown, expected: readonly RegExp[]][] = [
  ["no setting", undefined, []],
  ["a map", { url: "https://metrics.example/push" }, [/^error : got a map; accepted: a list/]],
  ["a valid entry", [{ url: "https://metrics.example/push", sigv4: { region: "eu-central-1" } }], []],
  ["no URL", [{}], [/^error \[0\]: is refused by Prometheus: url for remote_write is empty\.$/]],
  [
    "an address without a scheme",
    [{ url: "metrics.example" }],
    [/\.url: got "metrics\.example"; accepted: an address that begins with http:\/\//],
  ],
  [
    "a duplicate name",
    [
      { url: "https://a.example", name: "a" },
      { url: "https://b.example", name: "a" },
    ],
    [/^error : is refused by Prometheus: found multiple remote write configs with job name "a"/],
  ],
  [
    "a minimum number of shards above the maximum",
    [{ url: "https://a.example", queue_config: { min_shards: 9, max_shards: 3 } }],
    [/^error \[0\]: is refused by Prometheus: remote write queue min_shards must not be greater than max_shards/],
  ],
  [
    "a minimum backoff above the maximum",
    [{ url: "https://a.example", queue_config: { min_backoff: "1m", max_backoff: "5s" } }],
    [/^error \[0\]: is refused by Prometheus: remote write queue max_backoff must not be less than min_backoff/],
  ],
  [
    "a header that Prometheus reserves",
    [{ url: "https://a.example", headers: { Host: "b" } }],
    [/^error \[0\]: is refused by Prometheus: Host is a reserved header/],
  ],
  [
    "invalid relabeling",
    [{ url: "https://a.example", write_relabel_configs: [{ action: "labelkeep", regex: "(" }] }],
    [/regex: got "\("; Prometheus says: .*missing closing/],
  ],
];

const secret = "hunter2";
const secrets: readonly [title: string, findings: () => Finding[], expected: RegExp][] = [
  [
    "a password",
    () => checkScrapeConfigs(job({ basic_auth: { username: "a", password: secret } })),
    /password: is a secret.*write `password_file`/,
  ],
  [
    "a bearer token",
    () => checkScrapeConfigs(job({ bearer_token: secret })),
    /bearer_token: is a secret.*`authorization\.credentials_file`/,
  ],
  [
    "credentials",
    () => checkScrapeConfigs(job({ authorization: { credentials: secret } })),
    /credentials: is a secret.*`credentials_file`/,
  ],
  [
    "authorization as a string",
    () => checkScrapeConfigs(job({ authorization: `Bearer ${secret}` })),
    /authorization: got a string that is not shown; accepted: a map/,
  ],
  [
    "a client secret",
    () =>
      checkScrapeConfigs(job({ oauth2: { client_id: "a", client_secret: secret, token_url: "https://a.example" } })),
    /client_secret: is a secret/,
  ],
  [
    "a key in plain text",
    () => checkScrapeConfigs(job({ tls_config: { key: secret } })),
    /key: is a secret.*`key_file`/,
  ],
  [
    "an AWS key",
    () => checkRemoteWrite([{ url: "https://a.example", sigv4: { secret_key: secret } }]),
    /secret_key: is a secret.*role_arn/,
  ],
  [
    "a secret header",
    () => checkRemoteWrite([{ url: "https://a.example", http_headers: { "X-Key": { secrets: [secret] } } }]),
    /secrets: is a secret.*`files`/,
  ],
  [
    "an authorization header",
    () => checkRemoteWrite([{ url: "https://a.example", headers: { authorization: secret } }]),
    /authorization: is a secret.*`authorization\.credentials_file`/,
  ],
  [
    "a list as a header",
    () => checkRemoteWrite([{ url: "https://a.example", headers: { "X-Key": [secret] } }]),
    /X-Key.*: got a list; accepted: a string/,
  ],
  [
    "a URL with a password",
    () => checkRemoteWrite([{ url: `https://a:${secret}@a.example/` }]),
    /url: is an address with a credential in it/,
  ],
  [
    "a destination as a string",
    () => checkRemoteWrite([`https://a:${secret}@a.example/${secret}`]),
    /^error \[0\]: is an address with a credential in it/,
  ],
];

describe("the check of scrape jobs", () => {
  for (const [title, jobs, expected] of scrapes) {
    it(`${expected.length === 0 ? "accepts" : "reports"} ${title}`, () => {
      const told = lines(checkScrapeConfigs(jobs));
      assert.equal(told.length, expected.length, told.join("\n"));
      expected.forEach((pattern, index) => assert.match(told[index]!, pattern));
    });
  }

  const values = resolve(__dirname, "../../../../shared/chart/prometheus/values.yaml");
  (existsSync(values) ? it : it.skip)("accepts the chart's jobs", () => {
    const { scrapeConfigs } = parse(readFileSync(values, "utf8")) as { scrapeConfigs: object };
    assert.ok(Object.keys(scrapeConfigs).length > 5);
    assert.deepEqual(checkScrapeConfigs(scrapeConfigs), []);
  });

  it("accepts a job without targets if it extends a job of the chart", () => {
    assert.deepEqual(checkScrapeConfigs({ prometheus: { scrape_interval: "30s" } }, { prometheus: targets }), []);
  });

  it("names only some of 10,000 unknown keys, and counts the rest", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));
    const told = lines(checkScrapeConfigs(job(many)));
    assert.match(told.at(-1)!, /^error db: has 9980 more keys that do not exist\.$/);
  });

  it("agrees with the types", () => {
    const typed: Record<string, ScrapeConfig> = {
      a: { ...targets, scrape_interval: "30s", relabel_configs: [{ action: "labeldrop", regex: "a" }] },
      // @ts-expect-error the action `replace` needs a target label
      b: { ...targets, relabel_configs: [{ source_labels: ["a"] }] },
      // @ts-expect-error a Kubernetes unit
      c: { ...targets, body_size_limit: "10Mi" },
    };
    assert.deepEqual(
      checkScrapeConfigs(typed).map(({ path }) => path[0]),
      ["b", "c"],
    );
  });
});

describe("the check of remote write", () => {
  for (const [title, list, expected] of writes) {
    it(`${expected.length === 0 ? "accepts" : "reports"} ${title}`, () => {
      const told = lines(checkRemoteWrite(list));
      assert.equal(told.length, expected.length, told.join("\n"));
      expected.forEach((pattern, index) => assert.match(told[index]!, pattern));
    });
  }

  it("agrees with the types", () => {
    const typed: RemoteWrite[] = [
      { url: "https://a.example", remote_timeout: "30s" },
      // @ts-expect-error a number instead of a duration
      { url: "https://a.example", remote_timeout: 30 },
    ];
    assert.deepEqual(
      checkRemoteWrite(typed).map(({ path }) => path[0]),
      [1],
    );
  });
});

describe("a secret in plain text", () => {
  for (const [title, findings, expected] of secrets) {
    it(`is refused and not shown: ${title}`, () => {
      const told = lines(findings());
      assert.ok(
        told.some((line) => line.startsWith("error") && expected.test(line)),
        told.join("\n"),
      );
      assert.doesNotMatch(told.join("\n"), new RegExp(secret));
    });
  }
});

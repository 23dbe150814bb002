import assert from "node:assert/strict";
import * as http from "node:http";
import { listenOnLoopback } from "../../../../lab/processes/loopback-server";
import { chartCheck } from "../../../../tools/preflight/checks/chart";
import { archiveIn } from "../../../../tools/preflight/chart/repository";
import { prometheusChart } from "../../../../versions";
import { configuration } from "../../../support/settings";

const { version } = prometheusChart;

/** An index as Helm writes it: other charts, other versions, and a dependency with the wanted version. */
const index = (...versions: string[]) => `apiVersion: v1
entries:
  alertmanager:
  - name: alertmanager
    urls:
    - https://elsewhere.example/alertmanager.tgz
    version: ${version}
  prometheus:
${versions
  .map(
    (one) => `  - annotations:
      text: |
        version: ${version}
    dependencies:
    - name: alertmanager
      version: ${version}
    name: prometheus
    urls:
    - prometheus-${one}.tgz
    version: ${one}`,
  )
  .join("\n")}
generated: "2026-01-01T00:00:00Z"
`;

describe("a repository's index", () => {
  it("gives the archive of a version, and not the archive of a dependency or of another chart", () => {
    assert.equal(archiveIn(index("30.0.0", version, "1.0.0"), "prometheus", version), `prometheus-${version}.tgz`);
    assert.equal(archiveIn(index("30.0.0", "1.0.0"), "prometheus", version), undefined);
    assert.equal(archiveIn(index(version), "grafana", version), undefined);
    assert.equal(archiveIn("entries: {}\n", "prometheus", version), undefined);
  });

  it("can be read with indented lists, and as JSON", () => {
    const indented = `entries:\n    other: []\n  prometheus:\n    - version: ${version}\n      urls:\n        - a.tgz\n    - version: 1.0.0\n`;
    assert.equal(archiveIn(indented.replace("    other: []\n", ""), "prometheus", version), "a.tgz");
    const json = JSON.stringify({ entries: { prometheus: [{ version, urls: ["b.tgz"] }] } });
    assert.equal(archiveIn(json, "prometheus", version), "b.tgz");
  });
});

describe("the preflight's row about the chart", () => {
  let answer: http.RequestListener = (_, response) => response.writeHead(404).end();
  let origin = "";
  let stop: () => Promise<void>;
  const asked: string[] = [];
  before(async () => {
    const server = http.createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`.trim());
      answer(request, response);
    });
    const started = await listenOnLoopback(server);
    [origin, stop] = [`http://127.0.0.1:${started.port}`, started.stop];
  });
  after(() => stop());
  beforeEach(() => asked.splice(0));

  const row = async (source: string) => {
    const findings = await chartCheck(configuration({ chart: { source } })).run(AbortSignal.timeout(5_000));
    assert.equal(findings.length, 1);
    return findings[0]!;
  };
  /** Serves these paths, and answers 404 for all other paths. */
  const serve = (pages: Readonly<Record<string, string | number>>) => {
    answer = ({ url = "" }, response) => {
      const page = pages[url] ?? 404;
      if (typeof page === "number") response.writeHead(page).end();
      else if (page.startsWith("/")) response.writeHead(302, { location: page }).end();
      else response.end(page);
    };
  };
  const archive = `/charts/prometheus-${version}.tgz`;

  it("is ok if the index has the pinned version, and its archive is available behind a redirect", async () => {
    serve({ "/charts/index.yaml": index(version), [archive]: "/blob", "/blob": "x" });
    const { status, what } = await row(`${origin}/charts`);
    assert.equal(status, "ok", what);
    assert.match(what, /^prometheus \S+ is in http:\/\/127\.0\.0\.1:\d+\/charts, and can be fetched/);
    assert.deepEqual(asked, ["GET /charts/index.yaml", `GET ${archive}`, "GET /blob"]);
  });

  for (const [title, pages, says] of [
    ["has only another version", { "/charts/index.yaml": index("1.0.0") }, /has no prometheus \S+ in its index\.$/],
    ["has no index", {}, /answers 404 for its index\.yaml\.$/],
    [
      "has a page instead of an index",
      { "/charts/index.yaml": "{ <html>" },
      /has an index\.yaml that cannot be read\.$/,
    ],
    ["names an archive that is gone", { "/charts/index.yaml": index(version), [archive]: 410 }, /which answers 410\.$/],
  ] as const) {
    it(`fails if the repository ${title}, and names alerting:chart.source`, async () => {
      serve(pages);
      const { status, what, todo } = await row(`${origin}/charts`);
      assert.equal(status, "failed");
      assert.match(what, says);
      assert.match(`${what} ${todo}`, /\(alerting:chart\.source\).*Set alerting:chart\.source to/);
    });
  }

  it("fails if no server listens", async () => {
    const { status, what } = await row("http://127.0.0.1:1");
    assert.equal(status, "failed");
    assert.match(what, /cannot be fetched from http:\/\/127\.0\.0\.1:1 \(alerting:chart\.source\): .*ECONNREFUSED/);
  });

  const manifest = `/v2/charts/prometheus/manifests/${version}`;
  const registry = () => origin.replace("http:", "oci:");

  it("asks a registry for the manifest, with the token that the registry gives to anyone", async () => {
    answer = ({ url = "", headers }, response) => {
      if (url.startsWith("/token")) return void response.end('{"token":"canary-token"}');
      if (headers.authorization === "Bearer canary-token") return void response.end("{}");
      const challenge = `Bearer realm="${origin}/token",service="s",scope="repository:charts/prometheus:pull"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    };
    const { status, what } = await row(`${registry()}/charts/prometheus`);
    assert.equal(status, "ok", what);
    assert.doesNotMatch(what, /canary/);
    assert.deepEqual(asked, [
      `GET ${manifest}`,
      "GET /token?service=s&scope=repository%3Acharts%2Fprometheus%3Apull",
      `GET ${manifest} Bearer canary-token`,
    ]);
  });

  it("fails if the registry does not have the version, and warns if the registry requires a login", async () => {
    serve({});
    const gone = await row(`${registry()}/charts/prometheus`);
    assert.equal(gone.status, "failed");
    assert.match(gone.what, /\(alerting:chart\.source\) has no charts\/prometheus \d/);
    serve({ [manifest]: 403 });
    const closed = await row(`${registry()}/charts/prometheus`);
    assert.equal(closed.status, "warning");
    assert.match(`${closed.what} ${closed.todo}`, /needs a login .*\(403\).*helm registry login 127\.0\.0\.1/);
  });

  it("accepts a local chart, and leaves its problems to the row about the configuration", async () => {
    assert.equal((await row("lab/stand-ins/chart")).status, "ok");
    assert.equal((await row("lab/stand-ins/no-such-chart")).what, "see the row configuration.");
  });
});

import * as assert from "node:assert/strict";
import * as zlib from "node:zlib";
import { scanForSecret } from "../../lab/secret-scan";

const canary = "Kq7vTz0pWm3xRb9nYc5dLh2s";
const webhook = `https://hooks.slack.example/services/T000/B000/${canary}`;

function wrappingFound(content: Buffer | string): string | undefined {
  return scanForSecret(canary, [{ name: "planted", content }]).hits[0]?.wrapping;
}

const base64 = (text: Buffer | string) => Buffer.from(text).toString("base64");

describe("the search for the canary", () => {
  it("finds it in clear", () => {
    assert.equal(wrappingFound(`slack_api_url: ${webhook}\n`), "in clear");
  });

  for (const before of ["", "x", "xy", "xyz"]) {
    it(`finds it in base64 with ${before.length} bytes before it`, () => {
      assert.equal(wrappingFound(`url: ${base64(`${before}${canary} and more`)}`), "base64");
    });
  }

  it("finds it in base64 that is broken into lines", () => {
    const lines = base64(`${"some text before ".repeat(4)}${webhook}`).match(/.{1,40}/g) ?? [];
    assert.equal(wrappingFound(`url: |\n  ${lines.join("\n  ")}\n`), "base64 in broken lines");
  });

  it("finds it URL-encoded, every letter of it", () => {
    const encoded = [...Buffer.from(canary)].map((byte) => `%${byte.toString(16)}`).join("");
    assert.equal(wrappingFound(`payload=${encoded}&x=1`), "URL encoding");
  });

  it("finds it in base64 that is URL-encoded", () => {
    assert.equal(wrappingFound(`u=${encodeURIComponent(`${base64(`+/${webhook}`)}`)}`), "base64");
  });

  it("finds it in hex and in UTF-16", () => {
    assert.equal(wrappingFound(Buffer.from(canary).toString("hex").toUpperCase()), "hex");
    assert.equal(wrappingFound(Buffer.from(webhook, "utf16le")), "UTF-16");
  });

  it("finds it gzipped, with other bytes before and after", () => {
    const gzipped = zlib.gzipSync(`{"url":"${webhook}"}`);
    assert.equal(wrappingFound(gzipped), "gzip");
    assert.equal(wrappingFound(Buffer.concat([Buffer.from("head\n"), gzipped, Buffer.from("\ntail")])), "gzip");
    assert.equal(wrappingFound(gzipped.subarray(0, gzipped.length - 8)), "gzip");
  });

  it("finds it in a Helm release Secret as the API server gives it: base64 of base64 of gzip", () => {
    const release = base64(
      base64(zlib.gzipSync(JSON.stringify({ manifest: "a".repeat(3000), config: { url: webhook } }))),
    );
    assert.equal(wrappingFound(JSON.stringify({ data: { release } })), "gzip in base64 in base64");
  });

  it("finds it in base64 of base64, glued to a path", () => {
    assert.equal(wrappingFound(`/v1/${base64(base64(`abc${webhook}`))}`), "base64 in base64");
  });

  it("does not find what is not there", () => {
    const other = webhook.replace(canary, [...canary].reverse().join(""));
    for (const content of [other, base64(other), zlib.gzipSync(other), "", Buffer.alloc(10_000, 0x1f)]) {
      assert.equal(wrappingFound(content), undefined);
    }
  });

  it("names the place and never the value, and tells the places where it belongs apart", () => {
    const scan = scanForSecret(canary, [
      { name: "Secret monitoring/alerting", content: base64(webhook), belongs: "it is kept here" },
      { name: "ConfigMap monitoring/prometheus-alertmanager", content: webhook },
      { name: "log up.log", content: "nothing" },
    ]);
    assert.deepEqual(scan.hits, [{ place: "ConfigMap monitoring/prometheus-alertmanager", wrapping: "in clear" }]);
    assert.deepEqual(
      scan.expected.map((hit) => [hit.place, hit.why]),
      [["Secret monitoring/alerting", "it is kept here"]],
    );
    assert.equal(scan.placesSearched.length, 3);
    assert.ok(!JSON.stringify(scan).includes(canary));
  });

  it("refuses a canary that could be found by chance", () => {
    assert.throws(() => scanForSecret("short", []), /at least 16/);
  });
});

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { chartImages } from "../../versions";
import { type Built, buildParsers, NoGo } from "../../prometheus/parsers/build";

const folder = join(__dirname, "../../prometheus/parsers");
const read = (file: string) => readFileSync(join(folder, "built", file));

describe("the parsers in the repository", () => {
  let built: Built;

  before("compile the parsers again", async function () {
    this.timeout("10m");
    try {
      built = await buildParsers();
    } catch (error) {
      if (!(error instanceof NoGo)) throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    }
  });

  it("are exactly what `npm run parsers` compiles from their module", () => {
    assert.ok(brotliDecompressSync(read("parsers.wasm.br")).equals(built.wasm));
  });

  it("come with Go's loader, and with the licenses of all modules that they contain", () => {
    assert.equal(read("wasm_exec.js").toString(), built.loader);
    assert.equal(read("LICENSES.txt").toString(), built.licenses);
  });
});

describe("the parsers' versions", () => {
  it("are those of the programs that the chart runs", () => {
    const module = readFileSync(join(folder, "go.mod"), "utf8");
    const versionOf = (name: string) => new RegExp(`^\\s\\S+/${name} (v\\S+)$`, "m").exec(module)?.[1];
    // Prometheus 3.14.0 is the Go module's 0.314.0.
    assert.equal(versionOf("prometheus"), chartImages.prometheus.tag.replace(/^v(\d+)\.(\d+)/, "v0.$1$2"));
    assert.equal(versionOf("alertmanager"), chartImages.alertmanager.tag);
  });
});

import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";

const root = join(__dirname, "../..");

/** The packages that the program's dependencies add to a preview. */
const broughtAlong = [
  "agent-base b4a debug end-of-stream events-universal fast-deep-equal fast-fifo fast-uri has-flag hpagent isomorphic-ws jose",
  "js-yaml json-schema-traverse jsonpath-plus ms node-fetch oauth4webapi once openid-client pump rfc4648 smart-buffer socks",
  "socks-proxy-agent stream-buffers streamx supports-color tar-fs tar-stream text-decoder tr46",
  "webidl-conversions whatwg-url wrappy ws",
].flatMap((line) => line.split(" "));

const nameOf = (path: string) => /^(?:@[^/]+\/)?[^/]+/.exec(path)![0];

describe("a preview", () => {
  const { inputs } = buildSync({
    absWorkingDir: root,
    entryPoints: ["index.ts"],
    outdir: "unused",
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    external: ["@pulumi/*"],
  }).metafile;
  const bundled = Object.keys(inputs).map((file) => file.split("node_modules/"));
  const external = Object.values(inputs)
    .flatMap(({ imports }) => imports.filter((one) => one.external).map(({ path }) => path))
    .filter((path) => path.startsWith("@pulumi/"));
  const loaded = new Set(
    [...bundled.filter((parts) => parts.length > 1).map((parts) => parts.at(-1)!), ...external].map(nameOf),
  );

  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  // run.cjs compiles the program with esbuild.
  const ours = Object.keys(dependencies).filter((name) => name !== "esbuild");

  it("uses every dependency of the program", () => {
    assert.deepEqual(
      ours.filter((name) => !loaded.has(name)),
      [],
    );
  });

  it("loads only the program's dependencies, and their dependencies", () => {
    assert.deepEqual([...loaded].filter((name) => !ours.includes(name)).sort(), [...broughtAlong].sort());
  });
});

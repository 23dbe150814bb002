/**
 * `npm run parsers`: compiles the module in this folder to WebAssembly. The result is committed, because users do not
 * have Go. It is the same, byte by byte, on every machine.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { format, resolveConfig } from "prettier";
import { configTypes } from "./parsers";

/** The only version of Go that produces the same bytes. */
const goVersion = "1.26.8";

/** Server packages that are replaced by small stubs: the compiled code needs only a few of their types. */
const stubs: Readonly<Record<string, string>> = {
  promql: "github.com/prometheus/prometheus/promql",
  storage: "github.com/prometheus/prometheus/storage",
  client_golang: "github.com/prometheus/client_golang/prometheus",
};

const [prometheus, common] = ["github.com/prometheus/prometheus", "github.com/prometheus/common/config"];
const alertmanager = "github.com/prometheus/alertmanager";

/**
 * Packages of which only configuration types are needed, and the names to keep, as regular expressions. Discoveries
 * need no names here: each registers its own configuration type.
 */
const configurations: Readonly<Record<string, string>> = {
  [common]:
    "Secret|URL|Header|HTTPClientConfig|DefaultHTTPClientConfig|JoinDir|MarshalSecretValue|HTTPClientOption|DirectorySetter",
  "github.com/prometheus/client_golang/exp/api/remote": "Write.*MessageType",
  "github.com/prometheus/sigv4": "SigV4Config",
  [`${prometheus}/discovery`]: "RegisterConfig|(Unm|M)arshalYAMLWithInlineConfigs",
  [`${prometheus}/discovery/*`]: "",
  [`${prometheus}/scrape`]: "PopulateLabels",
  [`${prometheus}/storage/remote/azuread`]: "AzureADConfig",
  [`${prometheus}/storage/remote/googleiam`]: "Config",
  [`${alertmanager}/eventrecorder`]: "Config",
  [`${alertmanager}/tracing`]: "TracingConfig",
  [`${alertmanager}/kafka`]: "ClientOptions|ValidateFormat|Format.*",
  [`${alertmanager}/notify/*`]: ".*Config",
  [`${alertmanager}/config`]: "Load.*|Config",
};

/** The output of a build. */
export interface Built {
  readonly wasm: Uint8Array;
  /** Go's own loader for the WebAssembly. */
  readonly loader: string;
  /** The licenses of all code that is compiled in. */
  readonly licenses: string;
}

/** Thrown if the pinned version of Go is not available. */
export class NoGo extends Error {}

/** Compiles the module. Fetches missing packages first. */
export async function buildParsers(): Promise<Built> {
  // execa is an ES module, which tsx can load only in this way.
  const { execa } = await import("execa");
  const work = await mkdtemp(join(tmpdir(), "parsers-"));
  try {
    const env = { GOTOOLCHAIN: `go${goVersion}`, GOFLAGS: "", GOWORK: "off", CGO_ENABLED: "0" };
    const go = (args: string[], more: Record<string, string> = {}) =>
      execa("go", args, { cwd: work, env: { ...env, ...more } });
    const files = (await readdir(__dirname)).filter((name) => /\.go$|^go\./.test(name));
    for (const file of files) await cp(join(__dirname, file), join(work, file));
    const { stdout } = await go(["env", "GOVERSION", "GOROOT"]).catch((error: Error) => {
      throw new NoGo(`Go ${goVersion} is not available: ${error.message}`);
    });
    const [version, root = ""] = stdout.split("\n");
    if (version !== `go${goVersion}`) throw new NoGo(`Go ${goVersion} is needed, but this is ${version}`);
    await go(["mod", "vendor"]);
    for (const [name, path] of Object.entries(stubs)) {
      const folder = join(work, "vendor", path);
      for (const file of await readdir(folder)) if (file.endsWith(".go")) await rm(join(folder, file));
      await cp(join(__dirname, "stubs", name), folder, { recursive: true });
    }
    const packages = Object.entries(configurations).map(([path, names]) => `${join(work, "vendor", path)}:${names}`);
    await go(["run", "-mod=mod", join(__dirname, "shake/shake.go"), ...packages]);
    const flags = ["-mod=vendor", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="];
    const target = { GOOS: "js", GOARCH: "wasm" };
    await go(["build", ...flags, "-o", "parsers.wasm", "."], target);
    const { stdout: modules } = await go(
      ["list", "-mod=vendor", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "."],
      target,
    );
    return {
      wasm: await readFile(join(work, "parsers.wasm")),
      loader: await readFile(join(root, "lib/wasm/wasm_exec.js"), "utf8"),
      licenses: await licensesOf(join(work, "vendor"), modules, root),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function licensesOf(vendor: string, modules: string, root: string): Promise<string> {
  const own = [...new Set(modules.split("\n"))].filter((line) => / v\d/.test(line)).sort();
  const texts = [`Go ${goVersion}\n\n${await readFile(join(root, "LICENSE"), "utf8")}`];
  for (const line of own) {
    const folder = join(vendor, line.split(" ")[0]!);
    const files = (await readdir(folder)).filter((name) => /^(LICENSE|NOTICE)/i.test(name)).sort();
    for (const file of files) texts.push(`${line}, ${file}\n\n${await readFile(join(folder, file), "utf8")}`);
  }
  return texts.join(`\n${"-".repeat(80)}\n`);
}

/** Writes the keys of both tools' configuration files as TypeScript modules, from which types are derived. */
async function writeKeys(): Promise<void> {
  for (const [tool, folder] of [
    ["prometheus", ".."],
    ["alertmanager", "../../alertmanager"],
  ] as const) {
    const path = join(__dirname, folder, "config-keys.ts");
    const text = [
      "// Made by `npm run parsers` out of the tool's own types; not to be changed by hand.",
      "/** For each type in the configuration file: its keys, and the kind of each key's value. */",
      `export const configKeys = ${JSON.stringify(configTypes(tool))} as const;`,
    ];
    await writeFile(path, await format(text.join("\n"), { ...(await resolveConfig(path)), filepath: path }));
  }
}

async function main(): Promise<void> {
  console.log("Compiling, and then compressing, which takes a minute ...");
  const { wasm, loader, licenses } = await buildParsers();
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length,
  };
  const packed = await promisify(brotliCompress)(wasm, { params });
  const built = join(__dirname, "built");
  await mkdir(built, { recursive: true });
  await writeFile(join(built, "parsers.wasm.br"), packed);
  await writeFile(join(built, "wasm_exec.js"), loader);
  await writeFile(join(built, "LICENSES.txt"), licenses);
  console.log(`prometheus/parsers/built: ${wasm.length} bytes, ${packed.length} compressed.`);
  await writeKeys();
}

if (require.main === module) void main();

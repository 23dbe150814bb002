/**
 * Runs a program of this project: index.ts for the engine, which requires this file, and a tool where it is started by
 * hand (`node run.cjs tools/drill/main.ts --stack dev`). The program and all that it imports is compiled into one file, which
 * loads in a fraction of the time that its hundreds of files take one by one. That file is kept in node_modules/.cache and made
 * again after a change of the program or of its packages. Types are stripped here, and checked by `npm run check`.
 */
const { createHash } = require("node:crypto");
const {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const Module = require("node:module");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { Script } = require("node:vm");

const isTool = require.main === module;
const entry = isTool ? process.argv[2] : "index.ts";
if (entry === undefined) throw new Error("Name a program: node run.cjs tools/drill/main.ts");

const further = ["run.cjs", "package.json", "tools/package.json", "node_modules/.package-lock.json"];

/** When each file was written, and how large it is; null for one that is not there. */
function stampsOf(files) {
  const stamp = (file) => {
    const found = statSync(join(__dirname, file), { throwIfNoEntry: false });
    return found === undefined ? null : `${found.mtimeMs} ${found.size}`;
  };
  return Object.fromEntries(files.map((file) => [file, stamp(file)]));
}

/** Whether the program was compiled for this Node, from files that are all as they were. */
function isFresh(folder) {
  let made;
  try {
    made = JSON.parse(readFileSync(join(folder, "made-from.json"), "utf8"));
  } catch {
    return false;
  }
  const now = { node: process.version, stamps: stampsOf(Object.keys(made.stamps)) };
  return JSON.stringify(now) === JSON.stringify(made);
}

/** Does what starts a process, without handing it the environment, in which the engine has put the stack's secrets. */
function withoutEnvironment(work) {
  const { PATH: _kept, ...others } = process.env;
  // One by one: a worker thread, which the compiler starts, gets the process' own and not another object in its place.
  for (const name of Object.keys(others)) delete process.env[name];
  try {
    return work();
  } finally {
    Object.assign(process.env, others);
  }
}

/**
 * Of packages that come in two builds, the one that Node would load here. The compiler takes one or the other by the way
 * that each importer is written; with both of one in a program, neither knows the other's objects.
 */
function builds() {
  const manifests = ["package.json", "tools/package.json"].filter((file) => existsSync(join(__dirname, file)));
  const names = manifests.flatMap((file) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(__dirname, file), "utf8"));
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  const twofold = names.filter((name) => {
    const manifest = join(__dirname, "node_modules", name, "package.json");
    // Those of tests are not there after `npm ci --omit=dev`.
    if (statSync(manifest, { throwIfNoEntry: false }) === undefined) return false;
    const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
    const main = exports?.["."] ?? exports;
    return main?.import !== undefined && main.require !== undefined;
  });
  return Object.fromEntries(twofold.map((name) => [name, require.resolve(name)]));
}

/** Replaces a file as a whole: another preview may read or write it at the same moment. */
function replace(file, content) {
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, content);
  renameSync(whole, file);
}

/** Compiles the program into a folder, which keeps it unless a file was changed meanwhile. */
function compile(folder) {
  const started = Date.now();
  const options = {
    absWorkingDir: __dirname,
    entryPoints: [entry],
    outfile: join(folder, "program.cjs"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: `node${process.versions.node}`,
    // Code that V8 has kept cannot import, and what is compiled is CommonJS anyway.
    supported: { "dynamic-import": false },
    // The engine's own packages are the runner's too, and must be there once.
    external: ["@pulumi/*"],
    alias: builds(),
    banner: {
      js: `require = require("node:module").createRequire(${JSON.stringify(join(__dirname, "package.json"))});`,
    },
    define: { PROJECT_ROOT: JSON.stringify(__dirname) },
    // No source map: the engine's SDK notes a stack with every promise, and to map those takes seconds.
    minifyWhitespace: true,
    logLevel: "error",
  };
  const { outputFiles, metafile } = withoutEnvironment(() => require("esbuild").buildSync(options));
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  const made = { node: process.version, stamps: stampsOf([...own, ...further]) };
  for (const file of readdirSync(folder)) if (file.endsWith(".v8")) rmSync(join(folder, file), { force: true });
  for (const { path, contents } of outputFiles) replace(path, contents);
  const isChanging = own.some((file) => statSync(join(__dirname, file)).mtimeMs >= started);
  if (!isChanging) replace(join(folder, "made-from.json"), JSON.stringify(made));
}

/** Where the compiled program is kept; undefined in a checkout that may only be read. */
function cacheFolder() {
  // Another checkout may have its packages from the same folder.
  const checkout = createHash("sha256").update(__dirname).digest("hex").slice(0, 8);
  const folder = join(__dirname, "node_modules", ".cache", "alerting", `${checkout}-${entry.replaceAll("/", "-")}`);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    return undefined;
  }
}

/** Runs the compiled program, with V8's own code of it where an earlier run has left that: to make it takes a third of a second. */
function load(folder) {
  const filename = join(folder, "program.cjs");
  const source = readFileSync(filename, "utf8");
  // V8 refuses what another version of it has left, and compiles; it compares only the length of the source.
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  const codeFile = join(folder, `program-${hash}.v8`);
  const cachedData = statSync(codeFile, { throwIfNoEntry: false }) && readFileSync(codeFile);
  const script = new Script(Module.wrap(source), { filename, cachedData });
  const program = { exports: {} };
  script.runInThisContext().call(program.exports, program.exports, require, program, filename, folder);
  if (folder === kept && (cachedData === undefined || script.cachedDataRejected)) {
    try {
      replace(codeFile, script.createCachedData());
    } catch {
      // A full disk, say: the program runs without.
    }
  }
  return program.exports;
}

// Before anything is made in a folder of packages that is not there.
try {
  require.resolve("esbuild");
} catch {
  const sentence = `The packages are not installed: run \`npm ci\` in ${__dirname}.`;
  if (!isTool) throw new Error(sentence);
  console.error(sentence);
  process.exit(1);
}

// Without source maps there is nothing to map, which takes the SDK's runner half a second nevertheless.
Error.prepareStackTrace = undefined;

const kept = cacheFolder();
const folder = kept ?? mkdtempSync(join(tmpdir(), "alerting-"));
try {
  if (!isFresh(folder)) compile(folder);
  if (isTool) process.argv.splice(1, 2, join(__dirname, entry));
  module.exports = load(folder);
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true });
}

/**
 * Runs a program of this project: index.ts for the engine, which requires this file, or a tool that is started by hand
 * (`node run.cjs tools/drill/main.ts --stack dev`). The program and all its imports are compiled into one file, which
 * loads in a fraction of the time of hundreds of separate files. The compiled file is kept in node_modules/.cache and
 * renewed after a change of the program or its packages. Types are removed here; `npm run check` checks them.
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

/** The modification time and size of each file; `null` for a missing file. */
function stampsOf(files) {
  const stamp = (file) => {
    const found = statSync(join(__dirname, file), { throwIfNoEntry: false });
    return found === undefined ? null : `${found.mtimeMs} ${found.size}`;
  };
  return Object.fromEntries(files.map((file) => [file, stamp(file)]));
}

/** Whether the compiled program is from this version of Node and from files that have not changed since. */
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

/**
 * Runs a function that starts a process. The environment is hidden meanwhile, because the engine puts the stack's
 * secrets into it.
 */
function withoutEnvironment(work) {
  const { PATH: _kept, ...others } = process.env;
  // Variables are deleted one by one: a worker thread, which the compiler starts, copies the real environment even if
  // another object replaces `process.env`.
  for (const name of Object.keys(others)) delete process.env[name];
  try {
    return work();
  } finally {
    Object.assign(process.env, others);
  }
}

/**
 * For packages with two builds (ESM and CommonJS), the build that Node would load here. The compiler chooses a build by
 * the syntax of each importer; with both builds of one package in a program, their objects would be incompatible.
 */
function builds() {
  const manifests = ["package.json", "tools/package.json"].filter((file) => existsSync(join(__dirname, file)));
  const names = manifests.flatMap((file) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(__dirname, file), "utf8"));
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  const twofold = names.filter((name) => {
    const manifest = join(__dirname, "node_modules", name, "package.json");
    // Packages of tests are missing after `npm ci --omit=dev`.
    if (statSync(manifest, { throwIfNoEntry: false }) === undefined) return false;
    const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
    const main = exports?.["."] ?? exports;
    return main?.import !== undefined && main.require !== undefined;
  });
  return Object.fromEntries(twofold.map((name) => [name, require.resolve(name)]));
}

/** Replaces a file atomically: another preview may read or write it at the same moment. */
function replace(file, content) {
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, content);
  renameSync(whole, file);
}

/** Compiles the program into a folder. The result is not reused if a file was changed meanwhile. */
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
    // Dynamic imports are compiled to other code: code from V8's cache cannot import dynamically, and the compiled
    // program is CommonJS anyway.
    supported: { "dynamic-import": false },
    // The engine's packages are not compiled into the program: the runner uses them too, and they must exist only once.
    external: ["@pulumi/*"],
    alias: builds(),
    banner: {
      js: `require = require("node:module").createRequire(${JSON.stringify(join(__dirname, "package.json"))});`,
    },
    define: { PROJECT_ROOT: JSON.stringify(__dirname) },
    // No source map is made: the engine's SDK records a stack trace for every promise, and mapping those takes seconds.
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

/** The folder of the compiled program; undefined in a read-only checkout. */
function cacheFolder() {
  // The hash distinguishes checkouts that share a folder of packages.
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

/**
 * Runs the compiled program. V8 takes a third of a second to compile it, so V8's cached code from an earlier run is
 * used if there is any.
 */
function load(folder) {
  const filename = join(folder, "program.cjs");
  const source = readFileSync(filename, "utf8");
  // V8 rejects cached code of another V8 version and compiles again. It compares only the length of the source, so the
  // name of the cache file contains a hash of the source.
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
      // The cache could not be written, for example because the disk is full: the program runs without it.
    }
  }
  return program.exports;
}

// The packages are checked first, before anything is created in a folder of packages that is missing.
try {
  require.resolve("esbuild");
} catch {
  const sentence = `The packages are not installed: run \`npm ci\` in ${__dirname}.`;
  if (!isTool) throw new Error(sentence);
  console.error(sentence);
  process.exit(1);
}

// There are no source maps, but the SDK's runner would still take half a second to prepare for them.
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

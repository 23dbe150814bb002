/**
 * Runs a program of this project: index.ts for the engine, which requires this file, and a tool where it is started by
 * hand (`node run.cjs drill/main.ts --stack dev`). The program and all that it imports is compiled into one file, which
 * loads in a fraction of the time that its 1,300 files take one by one. That file is kept in node_modules/.cache and made
 * again after a change of the program or of its packages. Types are stripped here, and checked by `npm run check`.
 */
const { mkdirSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

const isTool = require.main === module;
const entry = isTool ? process.argv[2] : "index.ts";

const further = ["run.cjs", "package.json", "node_modules/.package-lock.json"];

/** When each file was written, and how large it is; null for one that is not there. */
function stampsOf(files) {
  const stamp = (file) => {
    const found = statSync(join(__dirname, file), { throwIfNoEntry: false });
    return found === undefined ? null : `${found.mtimeMs} ${found.size}`;
  };
  return Object.fromEntries(files.map((file) => [file, stamp(file)]));
}

/** Whether the program was compiled here, by this Node, from files that are all as they were. */
function isFresh(folder) {
  let made;
  try {
    made = JSON.parse(readFileSync(join(folder, "made-from.json"), "utf8"));
  } catch {
    return false;
  }
  const now = { ...made, root: __dirname, node: process.version, stamps: stampsOf(Object.keys(made.stamps)) };
  return JSON.stringify(now) === JSON.stringify(made);
}

/** Does what starts a process, without handing it the environment, in which the engine has put the stack's secrets. */
function withoutEnvironment(work) {
  const { env } = process;
  process.env = { PATH: env.PATH };
  try {
    return work();
  } finally {
    process.env = env;
  }
}

function compile(folder) {
  const options = {
    absWorkingDir: __dirname,
    entryPoints: [entry],
    outfile: join(folder, "program.cjs"),
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: `node${process.versions.node}`,
    // The engine's own packages are the runner's too, and must be there once.
    external: ["@pulumi/*"],
    banner: {
      js: `require = require("node:module").createRequire(${JSON.stringify(join(__dirname, "package.json"))});`,
    },
    define: { PROJECT_ROOT: JSON.stringify(__dirname) },
    // No source map: the engine's SDK notes a stack with every promise, and to map those took seconds.
    minifyWhitespace: true,
    logLevel: "error",
  };
  const { outputFiles, metafile } = withoutEnvironment(() => require("esbuild").buildSync(options));
  const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
  const made = { root: __dirname, node: process.version, stamps: stampsOf([...own, ...further]) };
  // Another preview may read or write at the same moment: each file is replaced as a whole.
  const replace = (file, content) => {
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, content);
    renameSync(whole, file);
  };
  for (const { path, contents } of outputFiles) replace(path, contents);
  replace(join(folder, "made-from.json"), JSON.stringify(made));
}

/** The compiled program's file. */
function compiled() {
  const folder = join(__dirname, "node_modules", ".cache", "alerting", entry.replaceAll("/", "-"));
  if (isFresh(folder)) return join(folder, "program.cjs");
  try {
    mkdirSync(folder, { recursive: true });
    compile(folder);
    return join(folder, "program.cjs");
  } catch (error) {
    if (!["EACCES", "EROFS"].includes(error.code)) throw error;
    // A checkout that may only be read: compiled for this run alone.
    const own = mkdtempSync(join(tmpdir(), "alerting-"));
    compile(own);
    return join(own, "program.cjs");
  }
}

const file = compiled();
if (isTool) process.argv.splice(1, 2, join(__dirname, entry));
module.exports = require(file);

import { catalogFor } from "./catalog";
import { findPrograms, type Program, type ProgramName } from "./find";

/**
 * `main.ts [names…]` finds these programs, or all that are not only for tests, and prints a table of where each
 * program was found.
 */
async function main(names: readonly string[]): Promise<void> {
  const catalog = catalogFor();
  const known = Object.keys(catalog) as ProgramName[];
  const unknown = names.filter((name) => !(known as string[]).includes(name));
  if (unknown.length > 0) {
    throw new Error(`The lab has no program ${unknown.join(", ")}. Its programs are: ${known.join(", ")}.`);
  }
  const wanted = names.length > 0 ? (names as ProgramName[]) : known.filter((name) => !catalog[name].onlyForTests);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => stop.abort());
  }
  const programs = await findPrograms(wanted, (line) => process.stderr.write(`programs: ${line}\n`), {
    signal: stop.signal,
  });
  const rows = Object.values(programs).map((program: Program) => [
    program.name,
    program.version,
    program.origin,
    program.path,
  ]);
  process.stdout.write(table([["program", "version", "from", "path"], ...rows]));
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`programs: ${error.message}\n`);
  process.exitCode = 1;
});

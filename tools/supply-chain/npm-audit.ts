import { execFile } from "node:child_process";
import { z } from "zod";
import { projectRoot } from "../../conventions/project-root";

/** An advisory about one of the packages. */
export interface Advisory {
  readonly id: string;
  readonly package: string;
  readonly title: string;
  readonly severity: string;
  /** The affected versions. */
  readonly range: string;
  readonly url: string;
  /** The fix that npm offers. */
  readonly fix: string;
}

const via = z.looseObject({
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: z.string(),
  range: z.string(),
});
const vulnerability = z.looseObject({
  via: z.array(z.union([z.string(), via])),
  fixAvailable: z.union([
    z.boolean(),
    z.looseObject({ name: z.string(), version: z.string(), isSemVerMajor: z.boolean().optional() }),
  ]),
});
const answer = z.looseObject({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), vulnerability),
});
const refusal = z.looseObject({ message: z.string() });

/** Parses the output of `npm audit --json`: the advisories, or why there is no audit. */
export function readAudit(printed: string): { advisories: Advisory[] } | { none: string } {
  let json: unknown;
  try {
    json = JSON.parse(printed);
  } catch {
    return { none: "npm printed nothing that could be read" };
  }
  const read = answer.safeParse(json);
  if (!read.success) {
    const message = refusal.safeParse(json).data?.message;
    // The registry's address is left out, because it may be confidential.
    return { none: message?.replace(/\s+-\s+\w+\s+\S+$/, "") ?? "npm printed something other than an audit" };
  }
  const advisories = new Map<string, Advisory>();
  for (const { via: reasons, fixAvailable } of Object.values(read.data.vulnerabilities)) {
    for (const reason of reasons) {
      // A string names the package that has the advisory; that package's entry lists it.
      if (typeof reason === "string") continue;
      const { name, title, url, severity, range } = reason;
      const id = url.split("/").at(-1) ?? url;
      advisories.set(`${id} ${name}`, { id, package: name, title, severity, range, url, fix: fixOf(fixAvailable) });
    }
  }
  return { advisories: [...advisories.values()].sort((one, other) => one.package.localeCompare(other.package)) };
}

function fixOf(available: z.output<typeof vulnerability>["fixAvailable"]): string {
  if (available === true) return "`npm audit fix --ignore-scripts --package-lock-only`.";
  if (available === false) return "No fixed version exists yet: remove the package, or write an exception.";
  const { name, version, isSemVerMajor } = available;
  return `Update to ${name} ${version}${isSemVerMajor ? ", which is a new major version" : ""}.`;
}

/** Asks the registry for advisories about the deployed packages, which are read from the lock file. */
export function askRegistry(folder = projectRoot): Promise<string> {
  const args = ["audit", "--json", "--omit=dev", "--package-lock-only"];
  return new Promise((done, fail) => {
    // npm exits with 1 both for advisories and for a failed audit; the output shows which of the two it is.
    execFile("npm", args, { cwd: folder, timeout: 120_000, maxBuffer: 2 ** 26 }, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code === "ENOENT") fail(new Error("npm is not on PATH."));
      else done(stdout);
    });
  });
}

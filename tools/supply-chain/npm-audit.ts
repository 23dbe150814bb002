import { execFile } from "node:child_process";
import { z } from "zod";
import { projectRoot } from "../../conventions/project-root";

/** An advisory that is about one of the packages. */
export interface Advisory {
  readonly id: string;
  readonly package: string;
  readonly title: string;
  readonly severity: string;
  /** Versions that it is about. */
  readonly range: string;
  readonly url: string;
  /** What npm can do about it. */
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

/** Reads what `npm audit --json` printed: the advisories, or why there is no audit. */
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
    // The address of the registry is left out: it may be confidential.
    return { none: message?.replace(/\s+-\s+\w+\s+\S+$/, "") ?? "npm printed something else than an audit" };
  }
  const advisories = new Map<string, Advisory>();
  for (const { via: reasons, fixAvailable } of Object.values(read.data.vulnerabilities)) {
    for (const reason of reasons) {
      // A string is the name of the package that has the advisory, which lists it.
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
  return `Take ${name} ${version}${isSemVerMajor ? ", which is a new major version" : ""}.`;
}

/** Asks the registry for advisories about the packages that are deployed; the lock file says which. */
export function askRegistry(folder = projectRoot): Promise<string> {
  const args = ["audit", "--json", "--omit=dev", "--package-lock-only"];
  return new Promise((done, fail) => {
    // It ends with 1 both for advisories and for an audit that failed: the output says which.
    execFile("npm", args, { cwd: folder, timeout: 120_000, maxBuffer: 2 ** 26 }, (error, stdout) => {
      if ((error as NodeJS.ErrnoException | null)?.code === "ENOENT") fail(new Error("npm is not on PATH."));
      else done(stdout);
    });
  });
}

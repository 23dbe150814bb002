import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { projectRoot } from "../../conventions/project-root";

const entry = z.looseObject({
  version: z.string(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lockFile = z.looseObject({ packages: z.record(z.string(), z.looseObject({})) });

/** A package of the lock file. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** What it has to hash to; undefined where nothing would be held against it. */
  readonly integrity?: string;
  readonly license?: string;
  /** Whether only developers and tests need it. */
  readonly isForDevelopment: boolean;
  /** Whether installing it would run a program of its own. */
  readonly hasInstallScript: boolean;
}

/** Packages that would run a program of their own when they are installed, and why they work without it. */
export const installScripts: Readonly<Record<string, string>> = {
  "@pulumi/kubernetes": "gets the provider's plugin, which the Pulumi CLI gets by itself when it needs it",
  esbuild: "looks whether its program works, which comes as a package for each platform; only the tests use it, by tsx",
  protobufjs: "prints a hint on version numbers",
};

const projectLock = resolve(projectRoot, "package-lock.json");

/** The packages of a lock file, this project's unless given, each once, by name and version. */
export function lockedPackages(text = readFileSync(projectLock, "utf8")): LockedPackage[] {
  const { packages } = lockFile.parse(JSON.parse(text));
  const found = new Map<string, LockedPackage>();
  for (const [place, read] of Object.entries(packages)) {
    // The project itself and its tools are folders here.
    if (!place.includes("node_modules/") || read.link === true) continue;
    const { version, integrity, license, dev = false, hasInstallScript = false } = entry.parse(read);
    const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
    const key = `${name}@${version}`;
    const before = found.get(key);
    found.set(key, {
      name,
      version,
      ...(integrity !== undefined && { integrity }),
      ...(license !== undefined && { license }),
      // In two places it is needed where one of them is.
      isForDevelopment: dev && before?.isForDevelopment !== false,
      hasInstallScript,
    });
  }
  return [...found.values()].sort(
    (one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version),
  );
}

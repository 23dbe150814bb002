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
  /** The expected hash of its content; undefined if the lock file has none. */
  readonly integrity?: string;
  readonly license?: string;
  /** Whether only development and tests need it. */
  readonly isForDevelopment: boolean;
  /** Whether installing it would run an install script. */
  readonly hasInstallScript: boolean;
}

/** Packages with an install script, and why they work without it. */
export const installScripts: Readonly<Record<string, string>> = {
  "@pulumi/kubernetes": "downloads the provider's plugin, which the Pulumi CLI also downloads when needed",
  esbuild: "checks its program, which comes as a package for each platform; only the tests use it, through tsx",
  protobufjs: "prints a hint about version numbers",
};

const projectLock = resolve(projectRoot, "package-lock.json");

/** The packages of a lock file (default: this project's), each name and version once. */
export function lockedPackages(text = readFileSync(projectLock, "utf8")): LockedPackage[] {
  const { packages } = lockFile.parse(JSON.parse(text));
  const found = new Map<string, LockedPackage>();
  for (const [place, read] of Object.entries(packages)) {
    // The project itself and its tools appear as folders.
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
      // A package that occurs twice is needed if at least one occurrence is.
      isForDevelopment: dev && before?.isForDevelopment !== false,
      hasInstallScript,
    });
  }
  return [...found.values()].sort(
    (one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version),
  );
}

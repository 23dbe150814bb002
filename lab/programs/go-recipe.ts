import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CatalogEntry } from "./catalog";
import { sharedModule } from "./completed-modules";

/**
 * Packages that are wide (generated clients, the clouds' SDKs, whole programs) and that the lab hardly gives anything to
 * do. Without inlining they are compiled in two thirds of the time.
 */
const notInlined: readonly string[] = [
  "cloud.google.com/...",
  "github.com/Azure/...",
  "github.com/alecthomas/chroma/...",
  "github.com/aws/...",
  "github.com/envoyproxy/...",
  "github.com/pb33f/libopenapi/...",
  "github.com/pulumi/...",
  "github.com/twmb/franz-go/...",
  "google.golang.org/api/...",
  "k8s.io/apiextensions-apiserver/...",
  "k8s.io/client-go/applyconfigurations/...",
  "k8s.io/client-go/informers/...",
  "k8s.io/client-go/kubernetes/...",
  "k8s.io/client-go/listers/...",
  "k8s.io/kubernetes/...",
];

/**
 * What every build has in common. Debug information, which takes a tenth of the compiler's time, is not made. Prometheus
 * finds its targets only in Kubernetes, so its clients for the clouds are left out. Of `-gcflags` the last that matches
 * a package counts.
 */
export const buildFlags: readonly string[] = [
  "-trimpath",
  "-buildvcs=false",
  "-tags=remove_all_sd,enable_kubernetes_sd",
  "-gcflags=all=-dwarf=false",
  ...notInlined.map((pattern) => `-gcflags=${pattern}=-dwarf=false -l`),
];

/** The environment of every build: no C compiler is needed, and no flags or workspaces of the user's are wanted. */
export const buildEnvironment: Readonly<Record<string, string>> = {
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
};

/** A program that is built, as the catalog has it. */
export type GoSource = Extract<CatalogEntry["source"], { kind: "go" }>;

/** The linker's flags for one program: no symbol table, and the variables. A pattern binds them to its main package. */
export function linkerFlags(source: GoSource): string {
  const variables = Object.entries(source.variables).map(([name, value]) => `-X ${name}=${value}`);
  return `-ldflags=${source.package}=${["-s -w", ...variables].join(" ")}`;
}

/** Stands for everything that decides what a build makes; the cache keeps what is built under it. */
export async function recipeHash(source: GoSource): Promise<string> {
  const { directory, recipe } = source.module ?? sharedModule;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([process.arch, buildFlags, buildEnvironment, recipe, linkerFlags(source)]));
  const own = /^lab\/programs\/(.+)$/.exec(source.package)?.[1];
  const ownFiles = own === undefined ? [] : (await readdir(path.join(directory, own))).sort();
  for (const file of ["go.mod", "go.sum", ...ownFiles.map((name) => path.join(own as string, name))]) {
    hash.update(file).update(await readFile(path.join(directory, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

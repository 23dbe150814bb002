import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { CatalogEntry } from "./catalog";
import { sharedModule } from "./completed-modules";

/**
 * Large packages (generated clients, the clouds' SDKs, whole programs) whose speed hardly matters in the lab. They are
 * compiled without inlining, which takes a third less time.
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
 * Flags of every build. Debug information is left out, because it takes a tenth of the compile time. Prometheus'
 * clients of clouds are left out, because the lab finds all targets through Kubernetes. If several `-gcflags` match a
 * package, the last one counts.
 */
export const buildFlags: readonly string[] = [
  "-trimpath",
  "-buildvcs=false",
  "-tags=remove_all_sd,enable_kubernetes_sd",
  "-gcflags=all=-dwarf=false",
  ...notInlined.map((pattern) => `-gcflags=${pattern}=-dwarf=false -l`),
];

/** The environment of every build. A build needs no C compiler, and ignores the user's Go flags and workspaces. */
export const buildEnvironment: Readonly<Record<string, string>> = {
  CGO_ENABLED: "0",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
};

/** The source of a program that is built with `go build`. */
export type GoSource = Extract<CatalogEntry["source"], { kind: "go" }>;

/**
 * The linker's flags for one program, which leave out the symbol table and set variables. A pattern limits the flags to
 * the program's main package.
 */
export function linkerFlags(source: GoSource): string {
  const variables = Object.entries(source.variables).map(([name, value]) => `-X ${name}=${value}`);
  return `-ldflags=${source.package}=${["-s -w", ...variables].join(" ")}`;
}

/** A hash of everything that determines the result of a build. The program's key in the cache contains it. */
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

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/** A simulated machine with its own `PATH`, cache and Go. None of the real machine's programs can be found on it. */
export interface FakeMachine {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** Puts a program on `PATH`, in a folder behind the folders of earlier calls. */
  addProgram(name: string, script: string): string;
  /**
   * Puts a `go` on `PATH` that "builds" shell scripts and writes its arguments to `goCalls`. Its module of the Kubernetes
   * plugin has `nulls` places that skip nulls.
   */
  addGo(build?: string, nulls?: number): void;
  goBuilds(): string[][];
  /** Every file below a folder of the cache. */
  cached(folder: string): string[];
  remove(): void;
}

/** The tools that the code under test starts, in addition to the programs that a test puts on `PATH`. */
const TOOLS = ["sh", "cat", "flock", "setpriv", "tar", "gzip", "chmod", "mkdir", "sleep"];

export function fakeMachine(): FakeMachine {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "programs-"));
  const tools = path.join(directory, "tools");
  fs.mkdirSync(tools);
  for (const tool of TOOLS) {
    const real = execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
    fs.symlinkSync(real, path.join(tools, tool));
  }
  const env: NodeJS.ProcessEnv = {
    HOME: directory,
    XDG_CACHE_HOME: path.join(directory, "cache"),
    LAB_DOWNLOADS: "never",
    PATH: tools,
  };
  let folders = 0;
  const machine: FakeMachine = {
    directory,
    env,
    addProgram(name, script) {
      const folder = path.join(directory, `bin${folders++}`);
      fs.mkdirSync(folder);
      const file = path.join(folder, name);
      fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      env.PATH = `${env.PATH}${path.delimiter}${folder}`;
      return file;
    },
    addGo(build = "", nulls = 15) {
      const write = (file: string, text: string) => {
        const whole = path.join(directory, "modules", file);
        fs.mkdirSync(path.dirname(whole), { recursive: true });
        fs.writeFileSync(whole, text);
      };
      write("alertmanager/ui/web.go", "");
      write("v4/cmd/pulumi-resource-kubernetes/schema.json", '{"name":"kubernetes"}');
      write("v4/cmd/pulumi-resource-kubernetes/terraform-mapping.json", "{}");
      write("v4/pkg/provider/helm_release.go", `${"SkipNulls:    true,\n".repeat(nulls)}if allowNullValues {\n`);
      machine.addProgram(
        "go",
        `case "$1" in
env) echo go1.26.8 ;;
mod) echo '{"Version":"v1.0.0","Dir":"${directory}/modules/'"\${4##*/}"'"}' ;;
list) echo one; echo two ;;
build)
  printf '%s\\n' "$@" end-of-call >> ${directory}/go-calls
  ${build}
  while [ "$1" != -o ]; do shift; done
  out=$2; shift 3
  for package; do
    name=\${package##*/}
    [ "$name" = v2 ] && name=kube-state-metrics
    printf '#!/bin/sh\\n' > $out$name; chmod +x $out$name
  done ;;
esac`,
      );
    },
    goBuilds() {
      const file = path.join(directory, "go-calls");
      const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
      return text
        .split("end-of-call\n")
        .slice(0, -1)
        .map((call) => call.trim().split("\n"));
    },
    cached(folder) {
      const root = path.join(directory, "cache", "alerting-lab", folder);
      const names = fs.existsSync(root) ? fs.readdirSync(root, { recursive: true, encoding: "utf8" }) : [];
      return names.filter((name) => fs.statSync(path.join(root, name)).isFile()).sort();
    },
    remove: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
  return machine;
}

/** A mirror of official releases on loopback. */
export interface ReleaseServer {
  readonly url: string;
  readonly requests: string[];
  readonly files: Map<string, Buffer | string>;
  close(): Promise<void>;
}

export async function startReleaseServer(): Promise<ReleaseServer> {
  const files = new Map<string, Buffer | string>();
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const file = files.get(request.url ?? "");
    if (request.method === "GET") {
      requests.push(request.url ?? "");
    }
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    files,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A `.tar.gz` archive that contains these executables. */
export function archiveOf(members: Readonly<Record<string, string>>): Buffer {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "release-"));
  try {
    for (const [member, text] of Object.entries(members)) {
      fs.mkdirSync(path.dirname(path.join(directory, member)), { recursive: true });
      fs.writeFileSync(path.join(directory, member), text, { mode: 0o755 });
    }
    return execFileSync("tar", ["-cz", "-C", directory, "."]);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

export function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { catalogFor } from "../../lab/programs/catalog";
import { findPrograms, programPath } from "../../lab/programs/find";
import type { ProgramName } from "../../lab/programs/find";
import { withLock } from "../../lab/programs/lock";
import { serves, versionIn } from "../../lab/programs/version-range";
import {
  archiveOf,
  type FakeMachine,
  fakeMachine,
  type ReleaseServer,
  sha256,
  startReleaseServer,
} from "../support/lab/fake-machine";

const PROGRAMS = path.join(__dirname, "../../lab/programs");
const PROMETHEUS = "prometheus-3.14.0.linux-amd64";
const RELEASE = "/github.com/prometheus/prometheus/releases/download/v3.14.0";

describe("lab/programs", function () {
  // Each test starts some shells, which takes time on a busy machine.
  let machine: FakeMachine;
  let server: ReleaseServer;
  let said: string[];
  const find = (names: ProgramName[], signal?: AbortSignal) =>
    findPrograms(names, (line) => said.push(line), { env: machine.env, catalog: catalogFor("x64"), signal });
  const serveFromLoopback = () => {
    machine.env.LAB_DOWNLOADS = "auto";
    machine.env.LAB_RELEASES = server.url;
  };
  const addPrometheusRelease = (checksum?: string) => {
    const archive = archiveOf({ [`${PROMETHEUS}/prometheus`]: "server", [`${PROMETHEUS}/promtool`]: "tool" });
    server.files.set(`${RELEASE}/${PROMETHEUS}.tar.gz`, archive);
    const list = `${"0".repeat(64)}  other.tar.gz\n${checksum ?? sha256(archive)}  ${PROMETHEUS}.tar.gz\n`;
    server.files.set(`${RELEASE}/sha256sums.txt`, list);
  };

  beforeEach(async () => {
    machine = fakeMachine();
    server = await startReleaseServer();
    said = [];
  });
  afterEach(async () => {
    machine.remove();
    await server.close();
  });

  describe("programs on PATH", () => {
    it("are preferred to a download or a build if their version is accepted", async () => {
      serveFromLoopback();
      addPrometheusRelease();
      const file = machine.addProgram("promtool", "echo 'promtool, version 3.7.1 (branch: HEAD)'");
      assert.deepEqual(await find(["promtool"]), {
        promtool: { name: "promtool", path: file, version: "3.7.1", origin: "PATH" },
      });
      assert.deepEqual(server.requests, []);
    });

    it("are skipped if their version is not accepted, or if they report no version", async () => {
      machine.addProgram("etcd", "echo 'etcd Version: 3.4.9'");
      machine.addProgram("etcd", "echo broken >&2; exit 1");
      const file = machine.addProgram("etcd", "echo 'etcd Version: 3.6.8'; echo 'Go Version: go1.26.8'");
      assert.equal((await find(["etcd"])).etcd?.path, file);
    });

    it("are reported if they are skipped: which version was found and which versions are accepted", async () => {
      machine.addGo();
      machine.addProgram("kube-apiserver", "echo 'Kubernetes v1.35.0'");
      assert.equal((await find(["kube-apiserver"]))["kube-apiserver"]?.origin, "built");
      assert.match(said.join("\n"), /kube-apiserver is 1\.35\.0, and 1\.36 or newer, below 1\.37 would serve/);
    });

    it("include a plugin in any version, also one that is installed for the Pulumi CLI", async () => {
      const name = "pulumi-resource-kubernetes";
      const { version } = catalogFor("x64")[name];
      const folder = path.join(machine.directory, ".pulumi/plugins", `resource-kubernetes-v${version}`);
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, name), "", { mode: 0o755 });
      assert.deepEqual((await find([name]))[name], {
        ...{ name, path: path.join(folder, name) },
        ...{ version, origin: "the CLI's plugins" },
      });
      const file = machine.addProgram(name, "");
      assert.equal((await find([name]))[name]?.path, file);
    });

    it("include moto_server, whose version its Python reports", async () => {
      const python = machine.addProgram("python3.11", "echo 5.1.9");
      const file = machine.addProgram("moto_server", "");
      fs.writeFileSync(file, `#!${python}\n`);
      assert.equal((await find(["moto_server"])).moto_server?.version, "5.1.9");
    });
  });

  describe("programs from a release", () => {
    beforeEach(serveFromLoopback);

    it("are downloaded, verified, and found in the cache afterwards, with the other files of the archive", async () => {
      addPrometheusRelease();
      const { promtool } = await find(["promtool"]);
      assert.equal(promtool?.origin, "download");
      assert.equal(fs.readFileSync(promtool.path, "utf8"), "tool");
      const before = server.requests.length;
      const again = await find(["promtool", "prometheus"]);
      assert.deepEqual([again.promtool?.origin, again.prometheus?.origin], ["cache", "cache"]);
      assert.equal(server.requests.length, before);
      assert.deepEqual(machine.cached("tmp"), []);
    });

    it("include the language hosts that come with the Pulumi CLI", async () => {
      const base = "/github.com/pulumi/pulumi/releases/download/v3.246.0";
      const archive = archiveOf({ "pulumi/pulumi": "cli", "pulumi/pulumi-language-nodejs": "host" });
      server.files.set(`${base}/pulumi-v3.246.0-linux-x64.tar.gz`, archive);
      server.files.set(
        `${base}/pulumi-3.246.0-checksums.txt`,
        `${sha256(archive)}  pulumi-v3.246.0-linux-x64.tar.gz\n`,
      );
      const cli = programPath(await find(["pulumi"]), "pulumi");
      assert.ok(fs.existsSync(path.join(path.dirname(cli), "pulumi-language-nodejs")));
    });

    it("may be a single file whose checksum file contains only the checksum", async () => {
      const address = "/dl.k8s.io/v1.36.2/bin/linux/amd64/kube-scheduler";
      server.files.set(address, "scheduler");
      server.files.set(`${address}.sha256`, sha256("scheduler"));
      const file = programPath(await find(["kube-scheduler"]), "kube-scheduler");
      assert.equal(fs.statSync(file).mode & 0o111, 0o111);
    });

    it("are refused if their checksum is wrong; the error names both checksums, and no file is left", async () => {
      machine.addGo();
      addPrometheusRelease("a".repeat(64));
      await assert.rejects(find(["prometheus"]), {
        name: "Error",
        message:
          /linux-amd64\.tar\.gz has the checksum [0-9a-f]{64}, but .*sha256sums\.txt says a{64}: it was not installed/,
      });
      assert.deepEqual(machine.cached("programs"), []);
      assert.deepEqual(machine.cached("tmp"), []);
      assert.deepEqual(machine.goBuilds(), []);
    });

    it("are built if the release host does not have them, and this is reported", async () => {
      machine.addGo();
      assert.equal((await find(["pushgateway"])).pushgateway?.origin, "built");
      assert.match(
        said.join("\n"),
        /pushgateway 1\.11\.3: not on PATH; not in the cache; .*sha256sums\.txt.*HTTP status 404/,
      );
    });

    it("are built at once if the release host does not answer", async () => {
      await server.close();
      machine.addGo();
      assert.equal((await find(["amtool"])).amtool?.origin, "built");
      assert.match(said.join("\n"), /not in the cache; 127\.0\.0\.1:\d+ is not reachable \(ECONNREFUSED\)/);
    });
  });

  describe("programs built from Go modules", () => {
    it("are built together and only once if they are missing, and each contains its version", async () => {
      machine.addGo();
      const names: ProgramName[] = [
        "prometheus",
        "alertmanager",
        "kube-apiserver",
        "kube-scheduler",
        "kube-state-metrics",
      ];
      const programs = await find(names);
      assert.deepEqual(
        names.map((name) => programs[name]?.origin),
        names.map(() => "built"),
      );
      const [call, ...more] = machine.goBuilds();
      assert.deepEqual(more, []);
      const version = "github.com/prometheus/common/version.Version";
      assert.ok(call?.includes(`-ldflags=github.com/prometheus/prometheus/cmd/prometheus=-s -w -X ${version}=3.14.0`));
      assert.ok(call?.includes(`-ldflags=k8s.io/kube-state-metrics/v2=-s -w -X ${version}=2.20.0`));
      assert.equal(call?.filter((argument) => argument === "lab/programs/kubernetes").length, 1);
      assert.equal((await find(names)).prometheus?.origin, "cache");
      assert.equal(machine.goBuilds().length, 1);
      assert.match(said.join("\n"), /LAB_DOWNLOADS=never/);
    });

    it("include the Kubernetes plugin: its module gets the schema, and an edit that keeps nulls in a Release's values", async () => {
      machine.addGo();
      const { "pulumi-resource-kubernetes": plugin } = await find(["pulumi-resource-kubernetes"]);
      assert.equal(plugin?.origin, "built");
      const read = (name: string) => {
        const [file, ...more] = machine.cached("go").filter((one) => one.endsWith(`/${name}`));
        assert.deepEqual(more, []);
        return fs.readFileSync(path.join(machine.directory, "cache/alerting-lab/go", file!), "utf8");
      };
      assert.deepEqual(JSON.parse(read("schema-embed.json")), { name: "kubernetes", version: plugin.version });
      assert.equal(read("terraform-mapping-embed.json"), "{}");
      assert.equal(read("helm_release.go"), `${"SkipNulls:    false,\n".repeat(15)}if true {\n`);
    });

    it("do not include a Kubernetes plugin whose module is not the one that the edits were written for", async () => {
      machine.addGo("", 14);
      const message = /helm_release\.go has 14 places like .*SkipNulls.* expects 15/;
      await assert.rejects(find(["pulumi-resource-kubernetes"]), message);
      assert.deepEqual(machine.cached("go"), []);
    });

    it("are built only once if two labs start with an empty cache", async () => {
      machine.addGo("sleep 0.3");
      const both = await Promise.all([find(["etcd"]), find(["etcd"])]);
      assert.deepEqual(both.map(({ etcd }) => etcd?.origin).sort(), ["built", "cache"]);
      assert.equal(machine.goBuilds().length, 1);
    });

    it("leave no files behind if their build is interrupted or killed", async () => {
      machine.addGo(`echo started > ${machine.directory}/started; exec sleep 60`);
      const stray = path.join(machine.directory, "cache/alerting-lab/tmp/go~dead");
      fs.mkdirSync(stray, { recursive: true });
      const stop = new AbortController();
      const watcher = fs.watch(machine.directory, (_, name) => name === "started" && stop.abort());
      await assert.rejects(find(["etcd"], stop.signal), /`go build .*was ended by SIGINT/s);
      watcher.close();
      assert.deepEqual(machine.cached("programs"), []);
      assert.deepEqual(fs.readdirSync(path.dirname(stray)), []);
    });

    it("are reported with the compiler's output if their build fails", async () => {
      machine.addGo("echo 'main.go:3: undefined: x' >&2; exit 1");
      await assert.rejects(find(["etcd"]), /`go build .*ended with exit code 1:\n.*undefined: x/s);
    });

    it("cause an error that says what to install if Go is missing or too old", async () => {
      await assert.rejects(find(["etcd"]), /go is not on PATH.*Install Go 1\.26 or newer.*etcd/);
      machine.addProgram("go", "echo go1.24.1");
      await assert.rejects(find(["etcd"]), /is go1\.24\.1, too old to build.*Install Go 1\.26 or newer/);
    });
  });

  it("says what to install if python3 or npm is missing", async () => {
    await assert.rejects(find(["moto_server"]), /python3 is not on PATH.*Install Python 3\.10 or newer/);
    if (process.arch === "x64") {
      await assert.rejects(find(["helm"]), /npm is not on PATH.*put helm on PATH/);
    }
  });

  it("refuses an unknown value of `LAB_DOWNLOADS`", async () => {
    machine.env.LAB_DOWNLOADS = "no";
    await assert.rejects(find(["etcd"]), /LAB_DOWNLOADS is "no"; it can be "auto" \(the default\) or "never"/);
    machine.env.LAB_DOWNLOADS = "auto";
    machine.env.LAB_RELEASES = "mirror";
    await assert.rejects(find(["etcd"]), /LAB_RELEASES is "mirror"; it must be the http\(s\) address of a mirror/);
  });

  it("names a program that was not looked up", () => {
    assert.throws(() => programPath({}, "helm"), /helm is needed here, but was not among the programs/);
  });

  it("releases a lock if its holder is killed", async () => {
    const script = `require(${JSON.stringify(path.join(PROGRAMS, "lock.ts"))}).withLock(
      { directory: ${JSON.stringify(machine.directory)}, unit: "x", env: process.env, say() {} },
      () => new Promise(() => { console.log("held"); setInterval(() => {}, 1000); }))`;
    const holder = spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    const waited = withLock({ directory: machine.directory, unit: "x", env: machine.env, say: () => undefined }, () =>
      Promise.resolve("mine"),
    );
    holder.kill("SIGKILL");
    assert.equal(await waited, "mine");
  });

  it("compares versions by number", () => {
    const range = { from: "3.5", below: "4" };
    assert.deepEqual(
      ["3.4.9", "3.5.0", "3.14.0", "4.0.0"].map((version) => serves(version, range)),
      [false, true, true, false],
    );
    assert.equal(versionIn("v4.1.4+g05fa379"), "4.1.4");
  });

  it("needs no npm package, so that it can run at the same time as `npm ci`", () => {
    for (const file of fs.readdirSync(PROGRAMS).filter((name) => name.endsWith(".ts"))) {
      const text = fs.readFileSync(path.join(PROGRAMS, file), "utf8");
      for (const [, from] of text.matchAll(/^(?:import(?! type)|export)\s[^;]*?from "([^"]+)";$/gm)) {
        assert.match(from as string, /^(node:|\.\/)/, `${file} imports ${from}`);
      }
    }
  });
});

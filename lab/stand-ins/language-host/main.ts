/**
 * A small `pulumi-language-nodejs`. It runs the program with the SDK's own runner, as the real language host does. It
 * requests no plugins, because the engine finds them on `PATH`, and can neither install dependencies nor generate code.
 */

import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { version } from "@pulumi/pulumi/package.json";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  GetRequiredPackagesResponse,
  GetRequiredPluginsResponse,
  LanguageHandshakeRequest,
  LanguageHandshakeResponse,
  RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { answer } from "../handlers";
import { endWithParent, listen } from "../plugin";
import { fromStruct } from "../properties";

/** The runner's exit code for a failure that it has already reported to the engine. */
const reported = 32;

const children = new Set<ChildProcess>();

let engineAddress = process.argv.slice(2).find((argument) => !argument.startsWith("-")) ?? "";

async function run(request: RunRequest): Promise<RunResponse> {
  const programDirectory = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const entryPoint = request.getInfo()?.getEntryPoint() || request.getProgram() || ".";
  const options = fromStruct(request.getInfo()?.getOptions());
  const runner = createRequire(path.join(programDirectory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
  const given = typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [];
  // With more memory for young objects, Node spends less processor time on collecting them.
  const nodeArguments = ["--max-semi-space-size=64", ...given];
  const child = spawn(process.execPath, [...nodeArguments, runner, ...runnerArguments(request), entryPoint], {
    cwd: request.getPwd(),
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: options.typescript === false ? "false" : "true",
      ...(typeof options.tsconfig === "string" && { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig }),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  children.add(child);
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  children.delete(child);
  const response = new RunResponse();
  if (code === reported) response.setBail(true);
  else if (signal !== null) response.setError(`The program was ended by the signal ${signal}.`);
  else if (code !== 0) response.setError(`The program exited with code ${code}.`);
  return response;
}

function runnerArguments(request: RunRequest): string[] {
  const named = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(named).flatMap(([name, value]) => (value === "" ? [] : [`--${name}`, value]));
  return [...given, ...(request.getDryrun() ? ["--dry-run"] : [])];
}

function endChildren(): void {
  for (const child of children) child.kill("SIGTERM");
}

async function main(): Promise<void> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  // Methods that are not listed here answer "unimplemented", which the engine accepts.
  server.addService(LanguageRuntimeService, {
    handshake: answer((request: LanguageHandshakeRequest) => {
      engineAddress = request.getEngineAddress();
      return new LanguageHandshakeResponse();
    }),
    getPluginInfo: answer(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getRequiredPlugins: answer(() => new GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
    run: answer(run),
    cancel: answer(() => {
      endChildren();
      return new Empty();
    }),
  });
  const port = await listen(server);
  endWithParent(endChildren);
  process.stdout.write(`${port}\n`);
}

void main();

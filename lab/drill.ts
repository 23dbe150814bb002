import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { DrillReport } from "../tools/drill/report";
import type { Lab } from "./lab";
import type { Say } from "./progress";
import { projectRoot } from "./run-directory";
import type { SlackMessage } from "./slack/start";
import { readSlackPayload } from "./slack-message";
import type { LabStack } from "./stack";
import type { Urls } from "./web";

/** The result of a drill. */
export interface LabDrill {
  readonly report: DrillReport;
  /** The messages about the stopped node that arrived in Slack. */
  readonly messages: readonly SlackMessage[];
}

/**
 * Runs the drill that users run, `npm run drill -- --node`, on the first worker of the lab. When the drill asks for it,
 * stops the node-exporter, and starts it again. The report and the picture are in the run's directory. Without the
 * addresses of the load balancers, the drill connects to each pod, as it must if there are several Alertmanagers.
 */
export async function drill(lab: Lab, stack: LabStack, addresses: Urls | undefined, say: Say): Promise<LabDrill> {
  const node = lab.machines.find(({ role }) => role === "worker")!;
  const exporter = { program: "node_exporter", node: node.name } as const;
  const reportFile = path.join(lab.directory, "drill.json");
  const caFile = path.join(lab.directory, "load-balancers.pem");
  await fs.writeFile(caFile, lab.loadBalancers.ca);
  const from = lab.slack.messages.length;
  // tsx can load this ES module only by a dynamic import.
  const { execa } = await import("execa");
  const command = execa(
    process.execPath,
    [
      ...[path.join(projectRoot, "run.cjs"), "tools/drill/main.ts", "--stack", stack.name, "--node", node.name],
      ...(addresses === undefined
        ? []
        : ["--alertmanager", addresses.alertmanager, "--prometheus", addresses.prometheus]),
      ...["--patience", "5m", "--out", lab.directory, "--json", reportFile],
    ],
    {
      cwd: lab.stacks.directory,
      env: { ...lab.stacks.env, NODE_EXTRA_CA_CERTS: caFile },
      stdin: "ignore",
      reject: false,
      cancelSignal: lab.stacks.signal,
    },
  );
  let isStopped = false;
  try {
    for await (const line of command.iterable({ from: "stderr" })) {
      say(line.replace(/^\[[^\]]*\] /, ""));
      if (line.includes("sudo crictl stop")) {
        isStopped = true;
        await lab.nodes.stopProgram(exporter);
      } else if (line.includes("Now start it again")) {
        await lab.nodes.startProgram(exporter);
        isStopped = false;
      }
    }
  } finally {
    if (isStopped) await lab.nodes.startProgram(exporter);
  }
  const { exitCode, stdout, stderr } = await command;
  const text = await fs.readFile(reportFile, "utf8").catch(() => undefined);
  const report = text === undefined ? undefined : (JSON.parse(text) as DrillReport);
  // "late" is accepted because this machine may be busy.
  if (report === undefined || !["delivered", "late"].includes(report.outcome)) {
    throw new Error(`the drill ended with exit code ${exitCode}:\n${stderr}\n${stdout}`);
  }
  const isAboutNode = ({ payload }: SlackMessage) => {
    const { title, lines } = readSlackPayload(payload);
    return title.includes("InstanceDown") && lines.join("\n").includes(`${node.address}:`);
  };
  return { report, messages: lab.slack.messages.slice(from).filter(isAboutNode) };
}

/** The first three commands of the runbooks: how the tests fill them in, and which of them cannot run on the lab. */
import { catalog } from "../../alerts/catalog";
import { firstCommandsOf } from "../../alerts/write-table";
import { onPath } from "../../lab/programs/command";

/** A command of a runbook, as it is written there. */
export interface RunbookCommand {
  readonly alert: string;
  readonly text: string;
}

/** The objects of a stack for which words in capitals stand. */
export interface StackObjects {
  readonly node: string;
  readonly master: string;
  /** The host and port of the API server. */
  readonly apiServer: string;
  readonly prometheusPod: string;
  readonly alertmanagerPod: string;
}

/** The objects that the test on the lab creates and deletes, by the word that stands for them beside `NAMESPACE`. */
export const throwAway: Readonly<Record<string, string>> = {
  NAMESPACE: "runbooks",
  POD: "worker-0",
  CONTAINER: "app",
  JOB: "report",
  CRONJOB: "nightly",
  NAME: "shop",
  SERVICE: "shop",
  CLAIM: "data",
  SIZE: "2Gi",
};

const stackWords = ["NODE", "MASTER", "MASTER:6443", "POD", "JOB", "NAME", "LEASE", "VOLUME"];
/** Words in capitals that are part of a command: the series that Prometheus writes for alerts. */
const plainWords = ["ALERTS"];
/** A word in capitals. A heading of `custom-columns`, such as `CPU:.spec`, is not one. */
const word = /\b[A-Z]{2,}\b(?!:\.)(?::6443\b)?/g;

/** The programs that the lab brings. */
const labPrograms = ["kubectl", "promtool", "amtool", "pulumi"];
/** Commands that cannot run on the lab, with the reason. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[;|] *)ssh /, "the lab's nodes are not machines to which anyone can log in"],
  [/(?:^|[;|] *)sudo /, "it needs the files of a real node"],
  [/\bkubectl top /, "the lab has no metrics-server"],
  [/\bkubectl -n kube-system (?:logs|exec|describe pod) /, "the lab has no pods in kube-system"],
  [/\bkubectl -n kube-system get leases? /, "the lab's scheduler and controller manager need no lease"],
  [/\baws ec2 describe-volume-status /, "the lab's emulated AWS does not have this call"],
  [/ -- sh -c /, "the lab runs no shell in a pod"],
];

const changing =
  /(\bkubectl (?:-n \S+ )?)(annotate|apply|cordon|create|delete|drain|label|patch|replace|scale|set \w+|taint|uncordon|rollout (?:undo|restart|pause|resume))\b/g;

/** All commands, in the order of the alerts. */
export function runbookCommands(): RunbookCommand[] {
  return catalog().flatMap(({ name }) => firstCommandsOf(name).map((text) => ({ alert: name, text })));
}

/** One sentence for each word in capitals of a command on the lab for which the tests know no object. */
export function unknownPlaceholders({ alert, text }: RunbookCommand): string[] {
  if (whyNotOnLab(text) !== undefined) return [];
  const known = [...(isThrowAway(text) ? Object.keys(throwAway) : []), ...stackWords, ...plainWords];
  return (text.match(word) ?? [])
    .filter((found) => !known.includes(found))
    .map(
      (found) =>
        `docs/runbooks/${alert}.md: no object of the lab stands for ${found} in \`${text}\`; use one of ` +
        `${Object.keys(throwAway).join(", ")} (with -n NAMESPACE) or ${stackWords.join(", ")}, or add ${found} to ` +
        "test/support/runbook-commands.ts.",
    );
}

/** The command with the names of objects instead of the words in capitals. */
export function filledIn({ alert, text }: RunbookCommand, stack: StackObjects): string {
  const objects: Readonly<Record<string, string>> = {
    NODE: stack.node,
    MASTER: stack.master,
    "MASTER:6443": stack.apiServer,
    POD: alert.startsWith("Alertmanager") ? stack.alertmanagerPod : stack.prometheusPod,
    JOB: "kubernetes-nodes",
    NAME: "v1.apps",
    LEASE: "kube-scheduler",
    VOLUME: throwAway.NAMESPACE!,
    ...(isThrowAway(text) && throwAway),
  };
  return text.replace(word, (found) => objects[found] ?? found);
}

/** Whether the command changes something. */
export const isChange = (text: string): boolean => text.search(changing) >= 0;

/** Whether the command changes something that the test must not change. */
export const changesStack = (text: string): boolean => isChange(text) && !isThrowAway(text);

/** The command with `--dry-run=server`, with which the API server checks a change without making it. */
export const asDryRun = (text: string): string => text.replace(changing, "$1$2 --dry-run=server");

/** Why the command cannot run on the lab; `undefined` if it can. */
export function whyNotOnLab(text: string): string | undefined {
  const [, reason] = elsewhere.find(([pattern]) => pattern.test(text)) ?? [];
  if (reason !== undefined) return reason;
  if (changesStack(text) && /\brollout (?:restart|pause|resume)\b/.test(text)) return "kubectl has no dry run for it";
  const program = text.split(" ", 1)[0]!;
  const isFound = labPrograms.includes(program) || program === "echo" || onPath(program, process.env).length > 0;
  return isFound ? undefined : `${program} is not installed here`;
}

/** The command as a shell has to understand it, and the command for the node that it contains, if any. */
export function shellTexts(text: string): string[] {
  const [, , remote] = /^ssh \S+ (['"])(.*)\1$/.exec(text) ?? [];
  return remote === undefined ? [text] : [text, remote];
}

/**
 * The part of a command of kubectl that kubectl itself parses, with `--help`: it fails if kubectl knows no such flag.
 */
export function helpOf(text: string): string | undefined {
  return text.startsWith("kubectl ") ? `${text.split(/ \| | -- /, 1)[0]} --help` : undefined;
}

const isThrowAway = (text: string) => /\bNAMESPACE\b/.test(text);

import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { asText, least, type Values } from "./settings";

/** The answer to `pulumi <command> ...`. If the command fails, `exit` and `stderr` are set. `hang`: it never ends. */
export interface CliAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  readonly hang?: boolean;
}

/** A program `pulumi` in a separate directory, beside the Pulumi.yaml of a project. */
export class FakeCli {
  readonly directory = fs.mkdtempSync(path.join(tmpdir(), "fake-cli-"));
  /** The directory below the Pulumi.yaml in which commands are run. */
  readonly below = path.join(this.directory, "below");
  private readonly askedFile = path.join(this.directory, "asked");
  private readonly answers = path.join(this.directory, "answers");

  constructor() {
    fs.mkdirSync(this.below);
    fs.writeFileSync(path.join(this.directory, "Pulumi.yaml"), "name: alerting\nruntime: nodejs\n");
    // A shell starts ten times faster than Node.
    const script = `#!/bin/sh
echo "$*" >> ${this.askedFile}
for answer in "${this.answers}/$1 $2" "${this.answers}/$1"; do
  [ -d "$answer" ] || continue
  while [ -e "$answer/hang" ]; do sleep 1; done
  cat "$answer/stdout"
  cat "$answer/stderr" >&2
  exit "$(cat "$answer/exit")"
done
echo "error: not known" >&2
exit 1
`;
    fs.writeFileSync(path.join(this.directory, "pulumi"), script, { mode: 0o755 });
  }

  /** Options that make `pulumi` give these answers. The keys are the first word or two of a command. */
  options(answers: Readonly<Record<string, CliAnswer>>) {
    fs.rmSync(this.answers, { recursive: true, force: true });
    for (const [command, { stdout = "", stderr = "", exit = 0, hang = false }] of Object.entries(answers)) {
      const answer = path.join(this.answers, command);
      const files = { stdout, stderr, exit: String(exit), ...(hang && { hang: "" }) };
      fs.mkdirSync(answer, { recursive: true });
      for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(answer, name), text);
    }
    return { cwd: this.below, env: { PATH: `${this.directory}:${process.env.PATH}` } };
  }

  /** Writes files below the Pulumi.yaml, where commands are run. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.below, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  }

  /** Every command that was run so far. */
  asked(): string[] {
    return fs.existsSync(this.askedFile) ? fs.readFileSync(this.askedFile, "utf8").trim().split("\n") : [];
  }

  remove(): void {
    // A command whose answer was not awaited may still write here.
    fs.rmSync(this.directory, { recursive: true, maxRetries: 20 });
  }
}

/**
 * The configuration of a stack as `pulumi config --json` prints it: the required settings, changed by `values`, and
 * other keys.
 */
export function configOf(values: Values = {}, more: Readonly<Record<string, object>> = {}): CliAnswer {
  const settings = Object.entries(asText({ ...least, ...values })).map(([key, value]) => [
    `alerting:${key}`,
    { value },
  ]);
  return { stdout: JSON.stringify({ ...(Object.fromEntries(settings) as object), ...more }) };
}

/** The state of a stack that has these passwords, by number, as `pulumi stack export --show-secrets` prints it. */
export function exportedState(passwords: Readonly<Record<number, string>>, more: readonly object[] = []): CliAnswer {
  const urn = (type: string, name: string) =>
    `urn:pulumi:dev::alerting::pulumi:pulumi:Stack$alerting:access:WebAccess$${type}::${name}`;
  const type = "random:index/randomPassword:RandomPassword";
  const password = (name: string, text: string) => ({
    urn: urn(type, name),
    type,
    custom: true,
    id: "none",
    outputs: {
      length: 32,
      result: {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        plaintext: JSON.stringify(text),
      },
    },
  });
  const resources = [
    { urn: "urn:pulumi:dev::alerting::pulumi:pulumi:Stack::alerting-dev", type: "pulumi:pulumi:Stack" },
    ...Object.entries(passwords).flatMap(([number, text]) => [
      password(`web-password-${number}`, text),
      password(`web-client-password-${number}`, `prometheus-own-${text}`),
    ]),
    ...more,
  ];
  return { stdout: JSON.stringify({ version: 3, deployment: { resources } }) };
}

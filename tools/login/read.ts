import { type CliOptions, StackUnreadable } from "../stack/cli";
import { readWebLogins, type WebLogin } from "../stack/login";
import { readStackOutputs } from "../stack/outputs";

/** What a person needs to look. */
export interface Credentials {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly login: WebLogin;
  /** Users of older passwords, which are accepted as well while the password is being rotated. */
  readonly older: readonly string[];
}

/** Reads them from the stack's outputs and state. Throws {@link StackUnreadable}, a sentence, where there are none. */
export async function readCredentials(stack: string, options: CliOptions = {}): Promise<Credentials> {
  // One after the other: two commands at once would ask for the state's lock, where a backend has one.
  const outputs = await readStackOutputs(stack, options);
  const [login, ...older] = await readWebLogins(stack, options);
  if (login === undefined) {
    throw new StackUnreadable(
      `the stack "${stack}" has no password: its pages are open to anyone who reaches them. ` +
        `\`pulumi config set --path alerting:access.password true --stack ${stack}\` and \`pulumi up\` give it one.`,
    );
  }
  const url = (name: string) => {
    const value = outputs[name];
    if (typeof value === "string") return value;
    throw new StackUnreadable(`the stack "${stack}" has no output ${name}: is it an alerting stack?`);
  };
  return {
    prometheusUrl: url("prometheusUrl"),
    alertmanagerUrl: url("alertmanagerUrl"),
    login,
    older: older.map(({ user }) => user),
  };
}

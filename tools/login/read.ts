import { type CliOptions, StackUnreadable } from "../stack/cli";
import { readWebLogins, type WebLogin } from "../stack/login";
import { readStackOutputs } from "../stack/outputs";

/** The addresses and the login that a person needs to open the pages. */
export interface Credentials {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly login: WebLogin;
  /** Users with older passwords that are still accepted while the password is being rotated. */
  readonly older: readonly string[];
}

/** Reads the credentials from the stack's outputs and state. Throws {@link StackUnreadable} if there are none. */
export async function readCredentials(stack: string, options: CliOptions = {}): Promise<Credentials> {
  // The commands run one after the other: two at once would compete for the state's lock, if the backend has one.
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

import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { askCliJson, type CliOptions, StackUnreadable } from "./cli";

/** The full name of a stack, as the engine passes it to the program. */
export interface StackIdentity {
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
}

/** The name of the only organization in every backend except Pulumi Cloud. */
const onlyOrganization = "organization";

const listed = z.array(z.object({ name: z.string(), url: z.string().optional(), current: z.boolean().optional() }));

function listStacks(options: CliOptions) {
  return askCliJson("the list of stacks", ["stack", "ls", "--json"], listed, options);
}

/**
 * The stack that `pulumi stack select` has selected in this directory. Throws {@link StackUnreadable} if there is none.
 */
export async function selectedStack(options: CliOptions = {}): Promise<string> {
  const current = (await listStacks(options)).find((one) => one.current === true);
  if (current !== undefined) return current.name;
  throw new StackUnreadable(
    "no stack is selected. Name it with --stack <stack>, or run `pulumi stack select <stack>`.",
  );
}

/** Finds the full name of a stack, which may be given as `dev`, `<organization>/dev` or in full. */
export async function readIdentity(name: string, options: CliOptions = {}): Promise<StackIdentity> {
  const parts = name.split("/");
  const stack = parts.at(-1)!;
  const project = await projectName(options.cwd ?? process.cwd());
  if (parts.length > 1) return { organization: parts[0]!, project, stack };
  return { organization: (await organizationOf(stack, project, options)) ?? onlyOrganization, project, stack };
}

/** The organization of a stack in Pulumi Cloud, read from the stack's URL, the only place that always contains it. */
async function organizationOf(stack: string, project: string, options: CliOptions): Promise<string | undefined> {
  const paths = (await listStacks(options)).flatMap(({ name, url }) =>
    name.split("/").at(-1) === stack && url !== undefined && URL.canParse(url) ? [new URL(url).pathname] : [],
  );
  return paths
    .find((one) => one.endsWith(`/${project}/${stack}`))
    ?.split("/")
    .at(-3);
}

/** The name in the Pulumi.yaml that the CLI finds: in this directory, or in one above it. */
async function projectName(directory: string): Promise<string> {
  for (const file of ["Pulumi.yaml", "Pulumi.yml"]) {
    const text = await fs.readFile(path.join(directory, file), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const read = z.object({ name: z.string() }).safeParse(parsed(text, path.join(directory, file)));
    if (read.success) return read.data.name;
  }
  const above = path.dirname(directory);
  if (above === directory)
    throw new StackUnreadable(
      "there is no Pulumi.yaml in this directory or above it. Run this in the directory that has it.",
    );
  return projectName(above);
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new StackUnreadable(
      `${file} is not valid YAML: ${(error as Error).message.split("\n")[0]!.replace(/:$/, "")}.`,
    );
  }
}

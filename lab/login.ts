import { z } from "zod";
import { SecretText } from "../stack/secretText";
import type { LabStack } from "./stack";
import type { Access } from "./web";

const passwordName = /^web-password-(\d+)$/;
const state = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(z.looseObject({ urn: z.string(), type: z.string(), outputs: z.looseObject({}).optional() }))
      .optional(),
  }),
});
const inClear = z.string().transform((text) => JSON.parse(text) as unknown);
const secretOutput = z.looseObject({ plaintext: inClear.pipe(z.string()) });

/** People's newest login, as a tool gets it from the stack's state; undefined where the stack has no password. */
export async function loginOf(stack: LabStack): Promise<Access["login"]> {
  const exported = await stack.cli(["stack", "export", "--show-secrets", "--stack", stack.name]);
  const { resources = [] } = state.parse(JSON.parse(exported)).deployment;
  const [newest] = resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .flatMap(({ urn, outputs }) => {
      const number = passwordName.exec(urn.split("::").at(-1) ?? "")?.[1];
      return number === undefined ? [] : [{ number: Number(number), outputs }];
    })
    .sort((one, other) => other.number - one.number);
  if (newest === undefined) {
    return undefined;
  }
  const { plaintext } = secretOutput.parse(newest.outputs?.result);
  return { user: `alerting-${newest.number}`, password: new SecretText(plaintext) };
}

import * as fs from "node:fs/promises";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Lab } from "../lab";
import type { Canary, Home } from "./canary";
import type { Place } from "./scan";

const kubeconfigSchema = z.looseObject({
  users: z.array(z.looseObject({ user: z.looseObject({ token: z.string() }) })),
});

/** The secrets of the lab itself. The stack must not contain them anywhere. */
export async function labCanaries(lab: Lab): Promise<Canary[]> {
  const { controlPlane, aws, stacks } = lab;
  const canaries: Canary[] = [
    {
      name: "kubeconfig's token",
      value: await tokenOf(controlPlane.kubeconfigPath),
      homes: [controlPlaneFile(controlPlane.kubeconfigPath), tokenFile],
    },
    {
      name: "lab's own token",
      value: await tokenOf(controlPlane.labKubeconfigPath),
      homes: [controlPlaneFile(controlPlane.labKubeconfigPath), tokenFile],
    },
    awsKeyCanary(aws.env.AWS_SECRET_ACCESS_KEY ?? ""),
  ];
  const passphraseFile = stacks.env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (passphraseFile !== undefined) {
    const place = /^file: passphrase$/;
    canaries.push({
      name: "state's passphrase",
      value: await fs.readFile(passphraseFile, "utf8"),
      homes: [{ place, why: "the file that the lab gives the CLI", needed: true }],
    });
  }
  return canaries;
}

/** The canary of the secret key with which the run's programs call AWS. */
export function awsKeyCanary(value: string): Canary {
  return {
    name: "AWS secret key",
    value,
    homes: [
      { place: pulumiVersion, why: "pulumi and its plugins read it from here", needed: true },
      { place: besidePulumi, why: "the same, for moto and commands beside pulumi" },
    ],
  };
}

/** The tokens of service accounts, each of which belongs only in its own pod. `files` are the files of the run. */
export function tokenCanaries(files: readonly Place[]): Canary[] {
  const tokens = new Map<string, Canary>();
  for (const { name, content } of files) {
    const pod = /^file: (nodes\/pods\/[^/]+)\/volumes\/.*\/token$/.exec(name)?.[1];
    if (pod !== undefined) {
      const place = new RegExp(`^file: ${pod.replaceAll(/[.]/g, "\\.")}/volumes/.*/token$`);
      const home: Home = { place, why: "the pod's own volume", needed: true };
      tokens.set(content.toString(), { name: "service accounts' tokens", value: content.toString(), homes: [home] });
    }
  }
  return [...tokens.values()];
}

async function tokenOf(kubeconfig: string): Promise<string> {
  const { users } = kubeconfigSchema.parse(parse(await fs.readFile(kubeconfig, "utf8")));
  return users[0]?.user.token ?? "";
}

function controlPlaneFile(file: string): Home {
  const place = new RegExp(`^file: control-plane/${path.basename(file)}$`);
  return { place, why: "the kubeconfig itself", needed: true };
}

/** Matches the environments of the CLI and its descendants. */
const pulumiVersion = /^environment: pulumi: .* AWS_SECRET_ACCESS_KEY$/;
/**
 * Matches the environments of other programs that need the key: the emulated AWS API with its launcher's helpers, and
 * commands that a person might start. It never matches the pods' programs or the control plane.
 */
const besidePulumi =
  /^environment: (?:\S*\/)?(?:node(?! nodes\/)|python\S*|helm|esbuild|setpriv|sh|bash|env|git|dirname|readlink)(?: .*)? AWS_SECRET_ACCESS_KEY$/;

const tokenFile: Home = {
  place: /^file: control-plane\/tokens\.csv$/,
  why: "the file with the users of the lab's API server",
};

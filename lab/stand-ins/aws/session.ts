import { AmpClient } from "@aws-sdk/client-amp";
import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient } from "@aws-sdk/client-efs";
import { IAMClient } from "@aws-sdk/client-iam";
import type { Properties } from "../properties";

/** The AWS clients for the provider's region. Endpoint and keys come from the environment. */
export interface Session {
  readonly ec2: EC2Client;
  readonly efs: EFSClient;
  readonly amp: AmpClient;
  readonly iam: IAMClient;
}

/** Makes the clients from the provider's inputs. */
export function sessionFor({ region, profile }: Properties): Session {
  if (typeof region !== "string" || region === "") {
    throw new Error("No AWS region: set the provider's input region, or AWS_REGION in the environment.");
  }
  // There are only a few attempts, so that an unreachable AWS is reported soon.
  const settings = { region, maxAttempts: 4, ...(typeof profile === "string" && { profile }) };
  return {
    ec2: new EC2Client(settings),
    efs: new EFSClient(settings),
    amp: new AmpClient(settings),
    iam: new IAMClient(settings),
  };
}

/** Fails with the real provider's message if the provider's inputs do not allow this account. */
export async function checkAccount({ ec2 }: Session, config: Properties): Promise<void> {
  const listed = (key: string) => JSON.parse((config[key] as string | undefined) ?? "null") as string[] | null;
  const [allowed, forbidden] = [listed("allowedAccountIds"), listed("forbiddenAccountIds")];
  if (allowed === null && forbidden === null) return;
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const account = SecurityGroups[0]?.OwnerId ?? "";
  if (forbidden?.includes(account) || allowed?.includes(account) === false) {
    throw new Error(`AWS account ID not allowed: ${account}`);
  }
}

interface ServiceError {
  name: string;
  message: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

/** One sentence about a failed call. It contains AWS's error code and message, but no part of the request. */
export function asSentence(doing: string, error: unknown): string {
  const { name, message, code, $metadata: about } = error as ServiceError;
  if (about?.httpStatusCode !== undefined) {
    return withoutKeys(`${doing}: AWS answered ${name} (HTTP ${about.httpStatusCode}): ${message}`);
  }
  if (code === undefined) return withoutKeys(`${doing}: ${message}`);
  const where = process.env.AWS_ENDPOINT_URL ?? "the region's own endpoint";
  return `${doing}: AWS cannot be reached at ${where}: ${message || code}`;
}

/** Removes the access key, which AWS repeats in messages about signatures. */
function withoutKeys(text: string): string {
  return [process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SECRET_ACCESS_KEY, process.env.AWS_SESSION_TOKEN]
    .filter((key): key is string => Boolean(key))
    .reduce((result, key) => result.replaceAll(key, "(key)"), text);
}

/** Whether AWS reports that the resource does not exist. */
export function isNotFound(error: unknown): boolean {
  return /NotFound$|^(ResourceNotFound|NoSuchEntity)Exception$/.test((error as ServiceError).name);
}

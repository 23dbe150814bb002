import { EC2Client } from "@aws-sdk/client-ec2";
import { EFSClient } from "@aws-sdk/client-efs";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Properties } from "../properties";
import { asSentence } from "./errors";

/** The clients of one region. */
export interface Session {
  readonly region: string;
  /** Empty when the provider's inputs forbid asking for it. */
  readonly accountId: string;
  readonly ec2: EC2Client;
  readonly efs: EFSClient;
  readonly sts: STSClient;
}

/** The provider's own inputs that are implemented; any other is refused. */
export const CONFIG_KEYS = [
  ..."region profile allowedAccountIds forbiddenAccountIds defaultTags maxRetries".split(" "),
  ..."skipCredentialsValidation skipMetadataApiCheck skipRegionValidation skipRequestingAccountId".split(" "),
];

/** The configured provider: region, credentials, default tags. Endpoint and keys come from the environment. */
export class Account {
  private config: Properties = {};
  private id = "";
  private readonly sessions = new Map<string, Session>();

  /** Takes the provider's inputs, and asks AWS whose credentials these are, as the real provider does. */
  async configure(inputs: Properties): Promise<void> {
    // The SDK writes all but strings as JSON text.
    this.config = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, parsed(value)]));
    this.sessions.clear();
    if (this.config.skipCredentialsValidation === true) return;
    const { Account: id = "" } = await this.session()
      .sts.send(new GetCallerIdentityCommand({}))
      .catch((error: unknown) => {
        throw new Error(asSentence("checking the AWS credentials", error), { cause: error });
      });
    this.id = id;
    this.sessions.clear();
    const { allowedAccountIds: allowed, forbiddenAccountIds: forbidden } = this.config as Record<string, string[]>;
    if (allowed?.length && !allowed.includes(id)) {
      throw new Error(`AWS account ${id} is not among the provider's allowedAccountIds (${allowed.join(", ")}).`);
    }
    if (forbidden?.includes(id)) throw new Error(`AWS account ${id} is among the provider's forbiddenAccountIds.`);
  }

  /** Clients for a resource's own region, or for the provider's. */
  session(own?: unknown): Session {
    const region = own ?? this.config.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (typeof region !== "string" || region === "") {
      throw new Error("No AWS region: set the provider's input region, or AWS_REGION in the environment.");
    }
    const made = this.sessions.get(region);
    if (made) return made;
    const settings = {
      region,
      maxAttempts: Number(this.config.maxRetries ?? 10) + 1,
      ...(typeof this.config.profile === "string" ? { profile: this.config.profile } : {}),
    };
    const session = {
      region,
      accountId: this.id,
      ec2: new EC2Client(settings),
      efs: new EFSClient(settings),
      // Asked first of all: an AWS that cannot be reached is to be told soon.
      sts: new STSClient({ ...settings, maxAttempts: 4 }),
    };
    this.sessions.set(region, session);
    return session;
  }

  /** What the provider puts on everything that can be tagged. */
  get defaultTags(): Record<string, string> {
    return ((this.config.defaultTags as Properties | undefined)?.tags ?? {}) as Record<string, string>;
  }
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value; // a plain string, such as a region
  }
}

import { servePlugin } from "../plugin";
import type { Provider } from "../provider";
import { accessPoint, backupPolicy, fileSystem, fileSystemPolicy, mountTarget } from "./efs";
import type { Kind } from "./kind";
import { policy, workspace } from "./long-term";
import { lookUps } from "./look-ups";
import { resourceType } from "./resource-type";
import { ingressRule, securityGroup } from "./security-groups";
import { checkAccount, type Session, sessionFor } from "./session";

const kinds: Readonly<Record<string, Kind>> = {
  "aws:efs/fileSystem:FileSystem": fileSystem,
  "aws:efs/backupPolicy:BackupPolicy": backupPolicy,
  "aws:efs/fileSystemPolicy:FileSystemPolicy": fileSystemPolicy,
  "aws:efs/mountTarget:MountTarget": mountTarget,
  "aws:efs/accessPoint:AccessPoint": accessPoint,
  "aws:amp/workspace:Workspace": workspace,
  "aws:iam/policy:Policy": policy,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingressRule,
};

// This session is always set when it is used, because the engine configures the provider before any other call.
let configured: Session | undefined;
const session = (): Session => configured!;

/** The stand-in for the provider plugin of @pulumi/aws 7.48.0. */
const provider: Provider = {
  name: "aws",
  version: "7.48.0",
  // The two inputs that begin with `skip` are accepted because the SDK always sends them, with its own defaults.
  configKeys: [
    ...["region", "profile", "skipCredentialsValidation", "skipRegionValidation"],
    ...["allowedAccountIds", "forbiddenAccountIds"],
  ],
  async configure(config) {
    const made = sessionFor(config);
    await checkAccount(made, config);
    configured = made;
  },
  resources: Object.fromEntries(Object.entries(kinds).map(([type, kind]) => [type, resourceType(kind, session)])),
  invokes: lookUps(session),
};

void servePlugin(provider);

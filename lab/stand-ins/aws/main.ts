import { servePlugin } from "../plugin";
import type { Provider } from "../provider";
import { accessPoint } from "./access-point";
import { Account, CONFIG_KEYS } from "./account";
import { fileSystem } from "./file-system";
import { backupPolicy, fileSystemPolicy } from "./file-system-policies";
import type { Kind } from "./kind";
import { lookUps } from "./look-ups";
import { mountTarget } from "./mount-target";
import { resourceType } from "./resource-type";
import { securityGroup } from "./security-group";
import { securityGroupRule } from "./security-group-rule";

const KINDS: Readonly<Record<string, Kind>> = {
  "aws:efs/fileSystem:FileSystem": fileSystem,
  "aws:efs/backupPolicy:BackupPolicy": backupPolicy,
  "aws:efs/fileSystemPolicy:FileSystemPolicy": fileSystemPolicy,
  "aws:efs/mountTarget:MountTarget": mountTarget,
  "aws:efs/accessPoint:AccessPoint": accessPoint,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule("ingress"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule("egress"),
};

/** Stand-in of the provider plugin of @pulumi/aws 7.48.0. */
const account = new Account();
const provider: Provider = {
  name: "aws",
  version: "7.48.0",
  configKeys: CONFIG_KEYS,
  configure: (config) => account.configure(config),
  resources: Object.fromEntries(Object.entries(KINDS).map(([type, kind]) => [type, resourceType(kind, account)])),
  invokes: lookUps(account),
};

void servePlugin(provider);

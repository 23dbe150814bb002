import * as pulumi from "@pulumi/pulumi";

/** AWS' error for something that is there already, and the command that names its id. */
interface AlreadyThere {
  readonly error: string;
  readonly find: (inputs: Readonly<Record<string, string>>) => string;
}

const alreadyThere: Readonly<Record<string, AlreadyThere>> = {
  "aws:efs/fileSystem:FileSystem": {
    error: "FileSystemAlreadyExists",
    find: ({ creationToken }) => `aws efs describe-file-systems --creation-token ${creationToken}`,
  },
  "aws:efs/mountTarget:MountTarget": {
    error: "MountTargetConflict",
    find: ({ fileSystemId }) => `aws efs describe-mount-targets --file-system-id ${fileSystemId}`,
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    error: "InvalidPermission.Duplicate",
    find: ({ securityGroupId }) =>
      `aws ec2 describe-security-group-rules --filters Name=group-id,Values=${securityGroupId}`,
  },
};

/**
 * The option for children of a component in AWS: where AWS answers a creation with "already exists", because an update
 * was killed before the state noted it, the error is followed by the command that takes it up.
 */
export function withTakeUp(componentName: string, parent: pulumi.ComponentResource): pulumi.ResourceOptions {
  // A hook's name has to be unique in a program.
  const hook = new pulumi.ErrorHook(`take-up-${componentName}`, async ({ type, name, newInputs, errors }) => {
    const known = alreadyThere[type];
    if (known === undefined || !errors.some((error) => error.includes(known.error))) return false;
    const provider = parent.getProvider(type);
    const [parentUrn, providerUrn] = await Promise.all([urnOf(parent), provider && urnOf(provider)]);
    const command =
      `pulumi import ${type} ${name} <id> --parent 'parent=${parentUrn}' --provider 'aws=${providerUrn}' ` +
      "--protect=false --generate-code=false";
    const found = known.find(newInputs as Record<string, string>);
    await pulumi.log.error(
      `AWS has ${name} already, and this stack's state does not: an update that was killed has made it, or somebody ` +
        `else has. \`${found}\` names its id. Where it is this stack's, take it up, and run \`pulumi up\` again:\n${command}`,
    );
    return false;
  });
  return { hooks: { onError: [hook] } };
}

function urnOf(resource: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => resource.urn.apply(resolve));
}

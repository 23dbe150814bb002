import { randomUUID } from "node:crypto";
import * as efs from "@aws-sdk/client-efs";
import { isObject, type Properties } from "../properties";
import type { Session } from "./account";
import { isNotFound, until } from "./errors";
import { oneOf } from "./inputs";
import type { Kind } from "./kind";
import { fromAws, toAws } from "./shapes";
import { tagList, tagMap } from "./tags";

const CREATE_KEYS =
  "creationToken performanceMode encrypted kmsKeyId throughputMode provisionedThroughputInMibps availabilityZoneName";
const READ_KEYS = `${CREATE_KEYS} availabilityZoneId name numberOfMountTargets ownerId`;

/** `aws:efs/fileSystem:FileSystem` */
export const fileSystem: Kind = {
  what: "EFS file system",
  inputs: {
    availabilityZoneName: { replace: true, computed: true },
    creationToken: { replace: true, computed: true },
    encrypted: { replace: true, computed: true },
    kmsKeyId: { replace: true, computed: true },
    lifecyclePolicies: { members: "transitionToArchive transitionToIa transitionToPrimaryStorageClass" },
    performanceMode: { replace: true, computed: true },
    provisionedThroughputInMibps: {},
    tags: {},
    throughputMode: { default: "bursting" },
  },
  outputs: "arn availabilityZoneId dnsName name numberOfMountTargets ownerId sizeInBytes",
  tags: "efs",

  check: (inputs) => [
    ...oneOf(inputs, "throughputMode", "bursting elastic provisioned"),
    ...oneOf(inputs, "performanceMode", "generalPurpose maxIO"),
    ...policies(inputs).flatMap((policy, index) =>
      Object.keys(policy).length === 1
        ? []
        : [{ property: `lifecyclePolicies[${index}]`, reason: "EFS takes one transition in each policy" }],
    ),
  ],

  async create({ efs: client }, inputs) {
    const { FileSystemId } = await client.send(
      new efs.CreateFileSystemCommand({
        ...toAws<efs.CreateFileSystemCommandInput>(inputs, CREATE_KEYS),
        CreationToken: (inputs.creationToken as string | undefined) ?? `terraform-${randomUUID()}`,
        Tags: tagList(inputs.tagsAll),
      }),
    );
    return FileSystemId!;
  },

  async settle(work, id, inputs) {
    await available(work, id, work.call.signal, work.timeoutMs(600_000));
    if (policies(inputs).length > 0) await putLifecycle(work, id, inputs);
  },

  async read({ efs: client, region }, id) {
    const { FileSystems } = await client.send(new efs.DescribeFileSystemsCommand({ FileSystemId: id }));
    const found = FileSystems![0]!;
    if (found.LifeCycleState === "deleted") return undefined;
    const { LifecyclePolicies } = await client.send(
      new efs.DescribeLifecycleConfigurationCommand({ FileSystemId: id }),
    );
    const { Value: value, ValueInIA: valueInIa, ValueInStandard: valueInStandard } = found.SizeInBytes ?? {};
    return {
      ...fromAws(found, READ_KEYS),
      arn: found.FileSystemArn,
      dnsName: `${id}.efs.${region}.amazonaws.com`,
      sizeInBytes: [{ value, valueInIa, valueInStandard }],
      lifecyclePolicies: (LifecyclePolicies ?? []).map(({ TransitionToIA: transitionToIa, ...others }) => ({
        ...(transitionToIa && { transitionToIa }),
        ...fromAws(others, "transitionToArchive transitionToPrimaryStorageClass"),
      })),
      tagsAll: tagMap(found.Tags),
    };
  },

  async update(work, id, news, changed) {
    if (changed.has("throughputMode") || changed.has("provisionedThroughputInMibps")) {
      const keys = "throughputMode provisionedThroughputInMibps";
      const values = toAws<Omit<efs.UpdateFileSystemCommandInput, "FileSystemId">>(news, keys);
      await work.efs.send(new efs.UpdateFileSystemCommand({ FileSystemId: id, ...values }));
      await available(work, id, work.call.signal, work.timeoutMs(600_000));
    }
    if (changed.has("lifecyclePolicies")) await putLifecycle(work, id, news);
  },

  async delete({ efs: client, call, timeoutMs }, id) {
    await client.send(new efs.DeleteFileSystemCommand({ FileSystemId: id }));
    const wait = { what: `the file system ${id} is still there`, timeoutMs: timeoutMs(600_000), signal: call.signal };
    await until(wait, () =>
      client.send(new efs.DescribeFileSystemsCommand({ FileSystemId: id })).then(
        ({ FileSystems }) => (FileSystems?.[0]?.LifeCycleState === "deleted" ? true : undefined),
        (error: unknown) => {
          if (isNotFound(error)) return true;
          throw error;
        },
      ),
    );
  },
};

/** Waits until EFS can work with the file system. */
async function available({ efs: client }: Session, id: string, signal: AbortSignal, timeoutMs: number): Promise<void> {
  await until({ what: `the file system ${id} is not available yet`, timeoutMs, signal }, async () => {
    const { FileSystems } = await client.send(new efs.DescribeFileSystemsCommand({ FileSystemId: id }));
    return FileSystems?.[0]?.LifeCycleState === "available" ? true : undefined;
  });
}

async function putLifecycle({ efs: client }: Session, id: string, inputs: Properties): Promise<void> {
  const LifecyclePolicies = policies(inputs).map(({ transitionToIa, ...others }) => ({
    ...(transitionToIa !== undefined && { TransitionToIA: transitionToIa as efs.TransitionToIARules }),
    ...toAws<efs.LifecyclePolicy>(others, "transitionToArchive transitionToPrimaryStorageClass"),
  }));
  await client.send(new efs.PutLifecycleConfigurationCommand({ FileSystemId: id, LifecyclePolicies }));
}

function policies(inputs: Properties): Properties[] {
  return Array.isArray(inputs.lifecyclePolicies) ? inputs.lifecyclePolicies.filter(isObject) : [];
}

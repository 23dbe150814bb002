import { randomUUID } from "node:crypto";
import * as efs from "@aws-sdk/client-efs";
import { until } from "./errors";
import type { Kind } from "./kind";
import { fromAws, includesAll, toAws } from "./shapes";
import { tagList, tagMap } from "./tags";

/** `aws:efs/accessPoint:AccessPoint`; only its tags can change in place. */
export const accessPoint: Kind = {
  what: "EFS access point",
  inputs: {
    fileSystemId: { required: true, replace: true },
    posixUser: { replace: true, same: includesAll, members: "gid secondaryGids uid" },
    rootDirectory: {
      replace: true,
      computed: true,
      same: includesAll,
      members: "creationInfo ownerGid ownerUid path permissions",
    },
    tags: {},
  },
  outputs: "arn fileSystemArn ownerId",
  tags: "efs",

  async create({ efs: client }, inputs) {
    const keys = "fileSystemId posixUser rootDirectory";
    const { AccessPointId } = await client.send(
      new efs.CreateAccessPointCommand({
        ...toAws<efs.CreateAccessPointCommandInput>(inputs, keys),
        ClientToken: randomUUID(),
        Tags: tagList(inputs.tagsAll),
      }),
    );
    return AccessPointId!;
  },

  async settle({ efs: client, call, timeoutMs }, id) {
    const what = `the access point ${id} is not available yet`;
    await until({ what, timeoutMs: timeoutMs(600_000), signal: call.signal }, async () => {
      const { AccessPoints } = await client.send(new efs.DescribeAccessPointsCommand({ AccessPointId: id }));
      return AccessPoints?.[0]?.LifeCycleState === "available" ? true : undefined;
    });
  },

  async read({ efs: client, region }, id) {
    const { AccessPoints } = await client.send(new efs.DescribeAccessPointsCommand({ AccessPointId: id }));
    const found = AccessPoints![0]!;
    return {
      ...fromAws(found, "fileSystemId ownerId posixUser rootDirectory"),
      arn: found.AccessPointArn,
      fileSystemArn: `arn:aws:elasticfilesystem:${region}:${found.OwnerId}:file-system/${found.FileSystemId}`,
      tagsAll: tagMap(found.Tags),
    };
  },

  delete: async ({ efs: client }, id) =>
    void (await client.send(new efs.DeleteAccessPointCommand({ AccessPointId: id }))),
};

import { CreateTagsCommand, DeleteTagsCommand } from "@aws-sdk/client-ec2";
import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-efs";
import type { Properties } from "../properties";
import type { Session } from "./account";

interface Tag {
  Key?: string;
  Value?: string;
}

/** Tags as AWS lists them. */
export function tagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags as the provider writes them; AWS's own, which nobody can set, are left out. */
export function tagMap(tags: readonly Tag[] | undefined): Record<string, string> {
  const own = (tags ?? []).filter(({ Key }) => !Key?.startsWith("aws:"));
  return Object.fromEntries(own.map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** Brings a resource's tags from `before` to `now`. */
export async function changeTags(
  session: Session,
  api: "ec2" | "efs",
  id: string,
  before: Properties,
  now: Properties,
) {
  const TagKeys = Object.keys(before).filter((key) => !(key in now));
  const Tags = tagList(now).filter(({ Key, Value }) => before[Key] !== Value);
  if (api === "efs") {
    if (TagKeys.length > 0) await session.efs.send(new UntagResourceCommand({ ResourceId: id, TagKeys }));
    if (Tags.length > 0) await session.efs.send(new TagResourceCommand({ ResourceId: id, Tags }));
  } else {
    const gone = TagKeys.map((Key) => ({ Key }));
    if (gone.length > 0) await session.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: gone }));
    if (Tags.length > 0) await session.ec2.send(new CreateTagsCommand({ Resources: [id], Tags }));
  }
}

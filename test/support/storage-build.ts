import type { StorageNetwork } from "../../lookup/aws/node-network";
import { awsProvider, kubernetesProvider } from "../../components/providers";
import { Storage } from "../../components/storage";
import { record, type Recorder, settled } from "./mocks";
import { settings, type Values } from "./settings";

/** An existing file system. */
export const existing = "fs-0123456789abcdef0";
export const tags = { "pulumi-stack": "dev", cluster: "lab" };
export const token = "alerting-dev-lab-0123456789ab";
export const network: StorageNetwork = {
  vpcId: "vpc-1",
  subnets: [
    { zone: "ap-northeast-2a", subnetId: "subnet-a" },
    { zone: "ap-northeast-2c", subnetId: "subnet-c" },
  ],
  securityGroupIds: ["sg-masters", "sg-workers"],
};

/** Registers the storage of a stack with the SDK's current engine, which may be mocked. */
export function makeStorage(
  storage: object = {},
  values: Values = {},
  on: StorageNetwork | null = network,
  creationToken = token,
): Storage {
  const { storage: chosen, availability, protectData, aws, context } = settings({ storage, ...values });
  return new Storage("storage", {
    namespace: "monitoring",
    storage: chosen,
    availability,
    protectData,
    creationToken,
    network: on ?? undefined,
    labels: { "app.kubernetes.io/part-of": "alerting" },
    tags,
    providers: { aws: awsProvider(aws), cluster: kubernetesProvider({ context }) },
  });
}

/** Registers the storage of a stack with a mocked engine; returns the record. */
export async function buildStorage(...args: Parameters<typeof makeStorage>): Promise<Recorder> {
  const recorder = await record({
    "aws:efs/getFileSystem:getFileSystem": () => ({ fileSystemId: existing, arn: `arn:${existing}` }),
  });
  makeStorage(...args);
  await settled();
  return recorder;
}

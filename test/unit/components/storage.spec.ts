import assert from "node:assert/strict";
import { dataUser } from "../../../chart/placement";
import { faultLines } from "../../support/settings";
import { buildStorage as build, existing, network, tags, token } from "../../support/storage-build";

const key = "arn:aws:kms:ap-northeast-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

describe("the file system", () => {
  it("is encrypted and elastic, has a stable creation token, and moves old files to cheaper storage", async () => {
    const { inputs } = (await build()).one(":FileSystem");
    assert.deepEqual(inputs, {
      creationToken: token,
      encrypted: true,
      throughputMode: "elastic",
      lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS" }],
      tags: { ...tags, Name: token },
    });
  });

  it("accepts a KMS key, and one day as the age of files that move, which AWS writes as `AFTER_1_DAY`", async () => {
    const { inputs } = (await build({ kmsKeyId: key, infrequentAccessAfterDays: 1 })).one(":FileSystem");
    assert.equal(inputs.kmsKeyId, key);
    assert.deepEqual(inputs.lifecyclePolicies, [{ transitionToIa: "AFTER_1_DAY" }]);
  });

  it("has a backup policy, either enabled or disabled", async () => {
    const policy = async (storage: object) => (await build(storage)).one(":BackupPolicy").inputs;
    assert.deepEqual(await policy({}), { fileSystemId: "storage-id", backupPolicy: { status: "ENABLED" } });
    assert.deepEqual((await policy({ backup: false })).backupPolicy, { status: "DISABLED" });
  });

  it("has a policy that names the file system and both access points", async () => {
    const { inputs } = (await build()).one(":FileSystemPolicy");
    assert.equal(inputs.fileSystemId, "storage-id");
    const { Statement: statements } = JSON.parse(inputs.policy as string) as { Statement: Record<string, unknown>[] };
    assert.deepEqual([...new Set(statements.map(({ Resource }) => Resource))], ["arn:storage"]);
    const allowing = statements.filter(({ Effect }) => Effect === "Allow");
    assert.equal(allowing.length, 1);
    assert.deepEqual((allowing[0]!.Condition as Record<string, object>).StringEquals, {
      "elasticfilesystem:AccessPointArn": ["arn:storage-alertmanager", "arn:storage-prometheus"],
    });
  });

  it("keeps its owner's policy and backup if it exists already, and gets the program's access points", async () => {
    const recorder = await build({ fileSystemId: existing });
    for (const type of [":FileSystem", ":FileSystemPolicy", ":BackupPolicy"]) assert.deepEqual(recorder.all(type), []);
    for (const point of recorder.all(":AccessPoint")) assert.equal(point.inputs.fileSystemId, existing);
    for (const target of recorder.all(":MountTarget")) assert.equal(target.inputs.fileSystemId, existing);
  });

  it("gets no mount targets and no security group if it has mount targets already", async () => {
    const recorder = await build({ fileSystemId: existing, mountTargets: "existing" }, {}, null);
    for (const type of [":MountTarget", ":SecurityGroup", ":SecurityGroupIngressRule"])
      assert.deepEqual(recorder.all(type), []);
    assert.equal(recorder.all(":PersistentVolume").length, 2);
  });

  it("gets a volume for each replica, and the first of each kind keeps its access point", async () => {
    const made = async (availability: object) => {
      const recorder = await build({}, { availability });
      return {
        points: recorder.all(":AccessPoint").map(({ name }) => name),
        claims: recorder.all(":PersistentVolumeClaim").map(({ inputs }) => (inputs.metadata as { name: string }).name),
        volumes: recorder.all(":PersistentVolume").map(({ name, inputs }) => {
          const { metadata, spec } = inputs as { metadata: { name: string }; spec: { claimRef: { name: string } } };
          return [name, metadata.name, spec.claimRef.name];
        }),
      };
    };
    const one = await made({});
    const many = await made({ alertmanagers: 3, prometheus: 2 });
    assert.deepEqual(one.points, ["storage-prometheus", "storage-alertmanager"]);
    assert.deepEqual(many.points, [
      "storage-prometheus",
      "storage-prometheus-1",
      "storage-alertmanager",
      "storage-alertmanager-1",
      "storage-alertmanager-2",
    ]);
    assert.deepEqual(one.volumes, [
      ["storage-prometheus", "alerting-prometheus", "prometheus-data"],
      ["storage-alertmanager", "alerting-alertmanager", "storage-prometheus-alertmanager-0"],
    ]);
    assert.deepEqual(many.volumes, [
      ["storage-prometheus-0", "alerting-prometheus-0", "storage-prometheus-server-0"],
      ["storage-prometheus-1", "alerting-prometheus-1", "storage-prometheus-server-1"],
      ["storage-alertmanager", "alerting-alertmanager", "storage-prometheus-alertmanager-0"],
      ["storage-alertmanager-1", "alerting-alertmanager-1", "storage-prometheus-alertmanager-1"],
      ["storage-alertmanager-2", "alerting-alertmanager-2", "storage-prometheus-alertmanager-2"],
    ]);
    assert.deepEqual(
      many.claims,
      many.volumes.map(([, , claim]) => claim),
    );
  });

  it("is mounted at the address of a mount target if the address is set, otherwise by its name", async () => {
    const attributes = async (storage: object) =>
      (await build({ fileSystemId: existing, mountTargets: "existing", ...storage }, {}, null))
        .all(":PersistentVolume")
        .map(({ inputs }) => (inputs.spec as { csi: { volumeAttributes?: object } }).csi.volumeAttributes);
    const at = { mounttargetip: "10.1.2.3" };
    assert.deepEqual(await attributes({ mountTargetIp: "10.1.2.3" }), [at, at]);
    assert.deepEqual(await attributes({}), [undefined, undefined]);
    assert.match(
      faultLines({ storage: { mountTargetIp: "10.1.2.3" } }).join(),
      /^alerting:storage\.mountTargetIp: got "10\.1\.2\.3"; accepted: no address, because alerting:storage\.mountTargets is not/,
    );
  });
});

describe("the access to the file system", () => {
  it("has one mount target per zone, in the program's security group, and never two at a time in a zone", async () => {
    const recorder = await build();
    for (const { zone, subnetId } of network.subnets) {
      const target = recorder.one(":MountTarget", `storage-${zone}`);
      assert.deepEqual(target.inputs, { fileSystemId: "storage-id", subnetId, securityGroups: ["storage-id"] });
      assert.equal(target.deleteBeforeReplace, true);
    }
    assert.equal(recorder.all(":MountTarget").length, 2);
  });

  it("allows only NFS from the nodes' security groups", async () => {
    const recorder = await build();
    const group = recorder.one(":SecurityGroup");
    assert.equal(group.inputs.vpcId, "vpc-1");
    assert.equal(group.inputs.ingress, undefined);
    const rules = recorder.all(":SecurityGroupIngressRule").map(({ inputs }) => inputs);
    assert.deepEqual(
      rules.map((rule) => rule.referencedSecurityGroupId),
      network.securityGroupIds,
    );
    for (const rule of rules) {
      assert.deepEqual(
        [rule.securityGroupId, rule.ipProtocol, rule.fromPort, rule.toPort],
        ["storage-id", "tcp", 2049, 2049],
      );
      assert.ok(!("cidrIpv4" in rule) && !("cidrIpv6" in rule));
    }
  });

  it("has one access point per pod that writes: with the pods' user, and in a directory of this stack", async () => {
    const recorder = await build();
    for (const writer of ["prometheus", "alertmanager"]) {
      assert.deepEqual(recorder.one(":AccessPoint", `storage-${writer}`).inputs, {
        fileSystemId: "storage-id",
        posixUser: { uid: dataUser, gid: dataUser },
        rootDirectory: {
          path: `/${token}/${writer}`,
          creationInfo: { ownerUid: dataUser, ownerGid: dataUser, permissions: "0700" },
        },
        tags: { ...tags, Name: `${token}-${writer}` },
      });
    }
  });
});

describe("the volumes on EFS", () => {
  const names = [
    ["prometheus", "prometheus-data", "20Gi"],
    ["alertmanager", "storage-prometheus-alertmanager-0", "2Gi"],
  ] as const;

  for (const [writer, claimName, size] of names) {
    it(`bind ${writer}'s claim ${claimName} to its access point, and to no other volume`, async () => {
      const recorder = await build();
      const volume = recorder.one(":PersistentVolume", `storage-${writer}`).inputs as {
        metadata: { name: string };
        spec: unknown;
      };
      assert.deepEqual(volume.spec, {
        capacity: { storage: size },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        volumeMode: "Filesystem",
        claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace: "monitoring", name: claimName },
        csi: { driver: "efs.csi.aws.com", volumeHandle: `storage-id::storage-${writer}-id` },
      });
      const claim = recorder.one(":PersistentVolumeClaim", `storage-${writer}`).inputs as typeof volume;
      assert.deepEqual(claim.metadata, {
        name: claimName,
        namespace: "monitoring",
        labels: { "app.kubernetes.io/part-of": "alerting" },
      });
      assert.deepEqual(claim.spec, {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "",
        volumeName: volume.metadata.name,
        resources: { requests: { storage: size } },
      });
    });
  }

  it("wait for every mount target and its security group rules, because a pod that starts earlier would hang", async () => {
    const recorder = await build();
    for (const volume of recorder.all(":PersistentVolume")) {
      const needs = recorder.waitsFor(volume);
      for (const { zone } of network.subnets) assert.ok(needs.includes(`storage-${zone}`), needs.join());
      for (const id of network.securityGroupIds) assert.ok(needs.includes(`storage-${id}`), needs.join());
    }
  });
});

describe("protectData", () => {
  /** The resources that hold data or protect it from others and from loss. All other resources can be created again. */
  const holders = [":FileSystem", ":AccessPoint", ":FileSystemPolicy", ":BackupPolicy"];

  it("protects the data, its policy and its backup from deletion, and keeps them when they leave the stack", async () => {
    const recorder = await build({}, { protectData: true });
    const guarded = recorder.resources.filter((one) => one.protect || one.retainOnDelete);
    assert.equal(guarded.length, 5);
    for (const one of guarded) {
      assert.ok(
        holders.some((type) => one.type.endsWith(type)),
        one.type,
      );
      assert.deepEqual([one.protect, one.retainOnDelete], [true, true]);
    }
  });

  it("protects nothing if it is off, so that a test stack can be removed completely", async () => {
    const recorder = await build();
    assert.deepEqual(
      recorder.resources.filter((one) => one.protect || one.retainOnDelete),
      [],
    );
  });
});

describe("a change of names or subnets", () => {
  it("replaces neither the data nor the security group if the stack or context is renamed", async () => {
    const recorder = await build();
    assert.deepEqual(recorder.one(":FileSystem").ignoreChanges, ["creationToken"]);
    for (const point of recorder.all(":AccessPoint")) assert.deepEqual(point.ignoreChanges, ["rootDirectory"]);
    assert.deepEqual(recorder.one(":SecurityGroup").ignoreChanges, ["description"]);
  });

  it("does not replace a mount target if another subnet in its zone is chosen", async () => {
    const found = (await build()).all(":MountTarget");
    assert.ok(found.length > 0);
    assert.ok(found.every((one) => one.ignoreChanges.join() === "subnetId" && one.deleteBeforeReplace));
  });
});

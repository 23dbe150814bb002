import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Pod } from "@kubernetes/client-node";
import { writeAtomically } from "../../lab/nodes/atomic-files";
import { hostPath, hostPaths } from "../../lab/nodes/pod-paths";
import { PodVolumes, type VolumeSources } from "../../lab/nodes/pod-volumes";

const files = (content: Readonly<Record<string, string>>) =>
  new Map(Object.entries(content).map(([name, text]) => [name, Buffer.from(text)]));

describe("the files of a pod on the lab's nodes", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "pod-files-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  describe("a path in the container", () => {
    const mounts = [
      { mountPath: "/etc/config", source: "/pod/config" },
      { mountPath: "/etc/config/extra/", source: "/pod/extra" },
      { mountPath: "/host/root", source: "/" },
    ];
    for (const [path, wanted] of [
      ["/etc/config", "/pod/config"],
      ["/etc/config/prometheus.yml", "/pod/config/prometheus.yml"],
      ["/etc/config/extra/rules.yml", "/pod/extra/rules.yml"],
      ["/etc/configuration", undefined],
      ["/host/root/run/udev/data", "/run/udev/data"],
      ["/host/root", "/"],
    ] as const) {
      it(`${path} is ${wanted ?? "on no mount"}`, () => assert.equal(hostPath(mounts, path), wanted));
    }

    it("above some mounts stands for all of them", () => {
      assert.deepEqual(hostPaths(mounts, "/etc"), ["/pod/config", "/pod/extra"]);
      assert.deepEqual(hostPaths(mounts, "/etc/config/a.yml"), ["/pod/config/a.yml"]);
      assert.deepEqual(hostPaths(mounts, "/et"), []);
    });
  });

  describe("writing a volume", () => {
    it("replaces the whole content in one step, and leaves no old file", async () => {
      await writeAtomically(directory, files({ url: "first", old: "x" }));
      const before = await readlink(join(directory, "..data"));
      await writeAtomically(directory, files({ url: "second" }));
      assert.notEqual(await readlink(join(directory, "..data")), before);
      assert.equal(await readFile(join(directory, "url"), "utf8"), "second");
      assert.deepEqual(
        (await readdir(directory)).filter((name) => !name.startsWith("..")),
        ["url"],
      );
      assert.equal((await readdir(directory)).length, 3);
    });

    it("creates directories for file names that contain slashes", async () => {
      await writeAtomically(directory, files({ "rules/a.yml": "a" }));
      assert.equal(await readFile(join(directory, "rules/a.yml"), "utf8"), "a");
    });
  });

  describe("volumes", () => {
    const pod: V1Pod = {
      metadata: { name: "alertmanager-0", namespace: "monitoring", labels: { app: "alertmanager" } },
      spec: {
        containers: [
          {
            name: "alertmanager",
            volumeMounts: [
              { name: "secret", mountPath: "/etc/slack" },
              { name: "secret", mountPath: "/etc/frozen/url", subPath: "url" },
              { name: "data", mountPath: "/data", subPath: "alertmanager" },
            ],
          },
        ],
        volumes: [
          { name: "secret", secret: { secretName: "slack" } },
          { name: "data", persistentVolumeClaim: { claimName: "data" } },
          {
            name: "about",
            projected: {
              sources: [
                { serviceAccountToken: { path: "token" } },
                { downwardAPI: { items: [{ path: "app", fieldRef: { fieldPath: "metadata.labels['app']" } }] } },
                { configMap: { name: "absent", optional: true } },
              ],
            },
          },
        ],
      },
    };
    const container = pod.spec?.containers[0] ?? { name: "" };
    let url: string | undefined;
    let phase: string;
    let volumes: PodVolumes;
    let podDirectory: string;
    let volumeHandle: string | undefined;

    beforeEach(() => {
      url = "https://hooks.slack.example/1";
      phase = "Bound";
      volumeHandle = "fs-0123::fsap-4567";
      podDirectory = join(directory, "pod");
      const sources: VolumeSources = {
        pod,
        podIP: "10.244.1.2",
        hostIP: "10.0.2.11",
        lastingDirectory: join(directory, "efs"),
        accessPointPath: (id) => Promise.resolve(id === "fsap-4567" ? "/of-the-stack/alertmanager" : undefined),
        configMapFiles: () => undefined,
        secretFiles: () => (url === undefined ? undefined : files({ url })),
        token: () => Promise.resolve("a-token"),
        claim: () => ({ spec: { volumeName: "am" }, status: { phase } }),
        persistentVolume: () => ({
          metadata: { name: "pv-1" },
          spec: volumeHandle === undefined ? {} : { csi: { driver: "efs.csi.aws.com", volumeHandle } },
        }),
      };
      volumes = new PodVolumes(pod, podDirectory, sources, (_volume, _file, content) => content);
    });

    it("contain Secrets, tokens and fields of the pod", async () => {
      await volumes.prepare();
      assert.equal(await readFile(join(podDirectory, "volumes/secret/url"), "utf8"), url);
      assert.equal(await readFile(join(podDirectory, "volumes/about/token"), "utf8"), "a-token");
      assert.equal(await readFile(join(podDirectory, "volumes/about/app"), "utf8"), "alertmanager");
    });

    it("follow a changed Secret, except where it is mounted by `subPath`", async () => {
      await volumes.prepare();
      await volumes.copySubPaths(container);
      url = "https://hooks.slack.example/2";
      assert.equal(await volumes.refresh(), true);
      assert.equal(await volumes.refresh(), false);
      const [directoryMount, frozen] = volumes.mountsOf(container);
      assert.equal(await readFile(join(directoryMount?.source ?? "", "url"), "utf8"), "https://hooks.slack.example/2");
      assert.equal(await readFile(frozen?.source ?? "", "utf8"), "https://hooks.slack.example/1");
    });

    it("share one directory if they have the same access point; it is outside the pod's directory and outlives the pod", async () => {
      await volumes.prepare();
      await volumes.copySubPaths(container);
      const lasting = join(directory, "efs/fs-0123/of-the-stack/alertmanager/alertmanager");
      assert.equal(volumes.mountsOf(container)[2]?.source, lasting);
      await volumes.remove();
      assert.deepEqual(await readdir(podDirectory), []);
      assert.deepEqual(await readdir(lasting), []);
    });

    it("wait for a missing Secret", async () => {
      url = undefined;
      await assert.rejects(volumes.prepare(), { message: 'secret "slack" not found' });
    });

    it("wait for an unbound claim", async () => {
      phase = "Pending";
      await assert.rejects(volumes.prepare(), { message: 'persistentvolumeclaim "data" is not bound (Pending)' });
    });

    for (const [what, handle, name] of [
      ["is not a CSI volume", undefined, "pv-1"],
      ["has an access point that AWS does not know", "fs-0123::fsap-9", "fs-0123_fsap-9"],
    ] as const) {
      it(`persist under their own name if the volume ${what}`, async () => {
        volumeHandle = handle;
        await volumes.prepare();
        assert.ok(existsSync(join(directory, "efs", name)));
      });
    }

    it("know from which Secrets and ConfigMaps they are made", () => {
      assert.equal(volumes.uses("secret/slack"), true);
      assert.equal(volumes.uses("configmap/absent"), true);
      assert.equal(volumes.uses("secret/other"), false);
    });
  });
});

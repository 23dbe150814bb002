import assert from "node:assert/strict";
import { type DeployedStorage, storageFaults } from "../../../../lookup/cluster/deployed-storage";
import { lines, settings, type Values } from "../../../support/settings";

const claim = (name: string, size: string, storageClass = "") => ({ name, size, storageClass });
const alertmanagers = "storage-prometheus-alertmanager-0";

const efs: DeployedStorage = {
  claims: [claim("prometheus-data", "20Gi"), claim(alertmanagers, "2Gi")],
  alertmanager: { template: claim("storage", "2Gi") },
};
const ofClass: DeployedStorage = {
  claims: [claim("prometheus-server", "20Gi", "gp3"), claim(alertmanagers, "2Gi", "gp3")],
  alertmanager: { template: claim("storage", "2Gi", "gp3") },
};
const none: DeployedStorage = { claims: [], alertmanager: {} };

function told(storage: object, living: DeployedStorage, growing: readonly string[] = [], more: Values = {}): string[] {
  return lines(storageFaults(settings({ storage, ...more }), living, growing));
}

describe("the storage of a deployed stack", () => {
  const kinds = { efs, storageClass: ofClass, none };
  for (const [type, living] of Object.entries(kinds)) {
    it(`is accepted if it stays "${type}"`, () => {
      assert.deepEqual(told({ type }, living), []);
    });
    for (const other of Object.keys(kinds).filter((one) => one !== type)) {
      it(`cannot change from "${type}" to "${other}", which is reported in one sentence`, () => {
        const answer = told({ type: other }, living);
        assert.equal(answer.length, 1);
        const start = `alerting:storage.type: got "${other}", but this stack has "${type}" (`;
        assert.ok(answer[0]!.startsWith(start), answer[0]);
        assert.ok(answer[0]!.includes(`Set it back to "${type}", or run \`pulumi destroy\` first`), answer[0]);
      });
    }
  }

  it("may have any type before the first deployment", () => {
    for (const type of Object.keys(kinds)) assert.deepEqual(told({ type }, { claims: [] }), []);
  });

  it("is detected from any claim or StatefulSet that an interrupted update has left", () => {
    assert.match(told({ type: "none" }, { claims: [efs.claims[1]!] }).join(), /but this stack has "efs"/);
    assert.match(told({ type: "none" }, { claims: [ofClass.claims[1]!] }).join(), /but this stack has "storageClass"/);
    const halves = { claims: [], alertmanager: ofClass.alertmanager };
    assert.match(
      told({ type: "efs" }, halves).join(),
      /has "storageClass" \(the StatefulSet prometheus-alertmanager\)/,
    );
  });

  it("is reported with the consequences for the data if its type changes", () => {
    assert.match(told({ type: "none" }, efs).join(), /first; data on a protected file system stays\.$/);
    assert.match(told({ type: "none" }, ofClass).join(), /first, which deletes the data\.$/);
    assert.match(told({ type: "efs" }, none).join(), /first\.$/);
  });

  describe("on a file system", () => {
    const [own, other] = ["fs-0123456789abcdef0", "fs-0fedcba9876543210"];
    const on = (isGiven?: boolean): DeployedStorage => ({
      ...efs,
      fileSystem: { id: own, ...(isGiven !== undefined && { isGiven }) },
    });
    const start = "alerting:storage.fileSystemId:";
    const why = `this stack's data is on ${own}, and its claims cannot move while pods use them.`;
    const move = 'or move the data: docs/operations.md, "Move to another file system".';

    it("may stay on its file system", () => {
      assert.deepEqual(told({}, on(false)), []);
      assert.deepEqual(told({ fileSystemId: own }, on(true)), []);
      for (const storage of [{}, { fileSystemId: own }])
        assert.deepEqual(told(storage, on()), [], "of an older version");
    });

    it("cannot move to another file system", () => {
      assert.deepEqual(told({ fileSystemId: other }, on(true)), [
        `${start} got "${other}", but ${why} Set it back to "${own}", ${move}`,
      ]);
      assert.deepEqual(told({ fileSystemId: other }, on(false)), [
        `${start} got "${other}", but ${why} Leave it out again, ${move}`,
      ]);
      assert.equal(told({ fileSystemId: other }, on()).length, 1);
      assert.deepEqual(told({}, on(true)), [`${start} is not set, but ${why} Set it to "${own}", ${move}`]);
    });

    it("must keep the address or the name that it is mounted by", () => {
      const storage = { fileSystemId: own, mountTargets: "existing" };
      const at = (mountTargetIp: string) => ({ ...efs, fileSystem: { id: own, isGiven: true, mountTargetIp } });
      assert.deepEqual(told({ ...storage, mountTargetIp: "10.1.2.3" }, at("10.1.2.3")), []);
      const key = "alerting:storage.mountTargetIp:";
      const cannot = "and a volume cannot change while it exists.";
      assert.deepEqual(told({ ...storage, mountTargetIp: "10.1.2.4" }, at("10.1.2.3")), [
        `${key} got "10.1.2.4", but this stack's volumes are mounted at 10.1.2.3, ${cannot} Set it back to "10.1.2.3", ${move}`,
      ]);
      assert.deepEqual(told(storage, at("10.1.2.3")), [
        `${key} is not set, but this stack's volumes are mounted at 10.1.2.3, ${cannot} Set it back to "10.1.2.3", ${move}`,
      ]);
      assert.deepEqual(told({ ...storage, mountTargetIp: "10.1.2.4" }, on(true)), [
        `${key} got "10.1.2.4", but this stack's volumes are mounted by the file system's name, ${cannot} Leave it out again, ${move}`,
      ]);
    });

    it("must not name the file system that the stack made itself", () => {
      assert.match(told({ fileSystemId: own }, on(false)).join(), /which this stack created: .* Leave it out\.$/);
    });
  });

  it("keeps its sizes on EFS, although EFS ignores them", () => {
    assert.deepEqual(told({ serverSize: "30Gi", alertmanagerSize: "1Gi" }, efs), [
      'alerting:storage.serverSize: got "30Gi", but the claim prometheus-data has 20Gi, which cannot change while the stack exists. EFS ignores it: set it back to "20Gi".',
      `alerting:storage.alertmanagerSize: got "1Gi", but the claim ${alertmanagers} has 2Gi, which cannot change while the stack exists. EFS ignores it: set it back to "2Gi".`,
    ]);
  });

  it("may have its size written in another unit", () => {
    assert.deepEqual(told({ serverSize: "20480Mi", alertmanagerSize: "2048Mi" }, efs), []);
    const large = { claims: [claim("prometheus-data", "1Pi"), efs.claims[1]!] };
    assert.deepEqual(told({ serverSize: "1024Ti" }, large), []);
    const plain = { claims: [claim("prometheus-data", "21474836480"), efs.claims[1]!] };
    assert.deepEqual(told({ serverSize: "20Gi" }, plain), []);
    assert.equal(told({ serverSize: "20Gi" }, { claims: [claim("prometheus-data", "20G")] }).length, 1);
  });

  it("cannot shrink, and cannot grow if its class does not allow expansion", () => {
    const type = "storageClass";
    const said =
      'but the claim prometheus-server has 20Gi, which cannot change while the stack exists. Set it back to "20Gi", or run `pulumi destroy` first, which deletes the data.';
    assert.deepEqual(told({ type, serverSize: "30Gi" }, ofClass), [`alerting:storage.serverSize: got "30Gi", ${said}`]);
    assert.deepEqual(told({ type, serverSize: "10Gi" }, ofClass, ["gp3"]), [
      `alerting:storage.serverSize: got "10Gi", ${said}`,
    ]);
  });

  it("may grow for Prometheus if its class allows expansion, and never for Alertmanager's StatefulSet", () => {
    const answer = told({ type: "storageClass", serverSize: "30Gi", alertmanagerSize: "3Gi" }, ofClass, ["gp3"]);
    assert.equal(answer.length, 1);
    assert.match(answer[0]!, /^alerting:storage\.alertmanagerSize: got "3Gi", but the StatefulSet prometheus-alert/);
  });

  describe("with several replicas", () => {
    const servers = ["storage-prometheus-server-0", "storage-prometheus-server-1"];
    const others = [alertmanagers, "storage-prometheus-alertmanager-1", "storage-prometheus-alertmanager-2"];
    const severalOn = (storageClass: string): DeployedStorage => ({
      claims: [
        ...servers.map((name) => claim(name, "20Gi", storageClass)),
        ...others.map((name) => claim(name, "2Gi", storageClass)),
      ],
      alertmanager: { template: claim("storage", "2Gi", storageClass) },
      server: { template: claim("storage", "20Gi", storageClass) },
    });
    const many = { availability: { alertmanagers: 3, prometheus: 2 } };
    const type = "storageClass";
    const numbers = [1, 2, 3].flatMap((all) => [1, 2].map((two) => ({ alertmanagers: all, prometheus: two })));

    it("may get another number of replicas on EFS and without volumes, and fewer Alertmanagers on a storage class", () => {
      for (const availability of numbers) {
        for (const living of [efs, severalOn("")])
          assert.deepEqual(told({}, living, [], { availability }), [], JSON.stringify(availability));
        if (availability.prometheus === 2)
          assert.deepEqual(told({ type }, severalOn("gp3"), [], { availability }), [], JSON.stringify(availability));
        assert.deepEqual(told({ type: "none" }, none, [], { availability }), [], JSON.stringify(availability));
      }
    });

    it("may get more Alertmanagers on a storage class, but no second Prometheus while the samples of the first are lost by it", () => {
      assert.deepEqual(told({ type }, ofClass, [], { availability: { alertmanagers: 3 } }), []);
      assert.deepEqual(told({ type }, ofClass, [], many), [
        "alerting:availability.prometheus: got 2, but the claim prometheus-server of the single Prometheus would then be deleted, and its volume with the samples. " +
          'To keep them, see docs/availability.md, "On volumes of a storage class"; to lose them, run `kubectl --namespace monitoring delete pvc prometheus-server --wait=false` first.',
      ]);
    });

    it("may get a second Prometheus on a storage class once the claim is being deleted, or has given its volume away", () => {
      const [ofServer, ...more] = ofClass.claims;
      const deleted = { ...ofClass, claims: [{ ...ofServer!, isBeingDeleted: true }, ...more] };
      const moved = { ...ofClass, claims: [claim(servers[0]!, "20Gi", "gp3"), ...more] };
      for (const living of [deleted, moved]) assert.deepEqual(told({ type }, living, [], many), []);
      const kept = { ...severalOn("gp3"), claims: [ofServer!, ...severalOn("gp3").claims] };
      assert.deepEqual(told({ type }, kept, [], many), [], "a claim that the chart has kept");
    });

    it("may get a single Prometheus again on a storage class only if the samples are moved, or given up", () => {
      const several = severalOn("gp3");
      assert.deepEqual(told({ type }, several, [], { availability: {} }), [
        "alerting:availability.prometheus: got 1, but the single Prometheus would start with a new, empty claim prometheus-server, without the samples of storage-prometheus-server-0. " +
          'To keep them, see docs/availability.md, "On volumes of a storage class"; to lose them, run `kubectl --namespace monitoring delete pvc storage-prometheus-server-0 --wait=false` first.',
      ]);
      const [first, ...more] = several.claims;
      const given = { ...several, claims: [{ ...first!, isBeingDeleted: true }, ...more] };
      const kept = { ...several, claims: [...several.claims, claim("prometheus-server", "20Gi", "gp3")] };
      const removed = { ...several, server: undefined };
      for (const living of [given, kept, removed]) assert.deepEqual(told({ type }, living, [], {}), []);
    });

    it("keeps its type, which each claim and each StatefulSet shows", () => {
      for (const [is, living] of [
        ["efs", severalOn("")],
        ["storageClass", severalOn("gp3")],
      ] as const) {
        assert.deepEqual(told({ type: "none" }, living, [], many).length, 1);
        for (const part of [
          ...living.claims.map((one) => ({ claims: [one] })),
          { claims: [], server: living.server },
          { claims: [], alertmanager: living.alertmanager },
        ]) {
          const [first, ...rest] = told({ type: "none" }, part, [], many);
          assert.ok(first!.startsWith(`alerting:storage.type: got "none", but this stack has "${is}" (`), first);
          assert.deepEqual(rest, []);
        }
      }
      const without = { claims: [], alertmanager: {}, server: {} };
      assert.match(told({}, without, [], many).join(), /has "none" \(the StatefulSet prometheus-server, which has no/);
    });

    it("keeps the sizes of every replica on EFS", () => {
      const last = (name: string) => severalOn("").claims.filter((one) => one.name === name);
      const sizes = { serverSize: "30Gi", alertmanagerSize: "3Gi" };
      const living = { claims: [...last(servers[1]!), ...last(others[2]!)] };
      assert.deepEqual(told(sizes, living, [], many), [
        'alerting:storage.serverSize: got "30Gi", but the claim storage-prometheus-server-1 has 20Gi, which cannot change while the stack exists. EFS ignores it: set it back to "20Gi".',
        'alerting:storage.alertmanagerSize: got "3Gi", but the claim storage-prometheus-alertmanager-2 has 2Gi, which cannot change while the stack exists. EFS ignores it: set it back to "2Gi".',
      ]);
      assert.deepEqual(told({ serverSize: "30Gi" }, efs, [], many), [], "new claims replace the single one");
    });

    it("cannot grow the volumes of two servers, because a StatefulSet's template cannot change", () => {
      assert.deepEqual(told({ type, serverSize: "30Gi" }, severalOn("gp3"), ["gp3"], many), [
        'alerting:storage.serverSize: got "30Gi", but the StatefulSet prometheus-server has 20Gi, which cannot change while the stack exists. Set it back to "20Gi", or run `pulumi destroy` first, which deletes the data.',
      ]);
    });

    it("cannot change the class of any replica", () => {
      const storage = { type, storageClass: "io2" };
      assert.match(
        told(storage, severalOn("gp3"), [], many).join(),
        /^alerting:storage\.storageClass: got "io2", but the StatefulSet prometheus-server has "gp3"/,
      );
      const left = { claims: [claim(others[1]!, "2Gi", "gp3")] };
      assert.match(told(storage, left, [], many).join(), /but the claim storage-prometheus-alertmanager-1 has "gp3"/);
    });
  });

  it("cannot change its class", () => {
    assert.deepEqual(told({ type: "storageClass", storageClass: "io2" }, ofClass), [
      'alerting:storage.storageClass: got "io2", but the claim prometheus-server has "gp3", which cannot change while the stack exists. Set it back to "gp3", or run `pulumi destroy` first, which deletes the data.',
    ]);
  });
});

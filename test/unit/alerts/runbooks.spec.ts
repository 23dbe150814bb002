import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  asDryRun,
  changesStack,
  filledIn,
  helpOf,
  isChange,
  runbookCommands,
  shellTexts,
  unknownPlaceholders,
  whyNotOnLab,
} from "../../support/runbook-commands";

/** test/e2e/default-stack.spec.ts runs the commands. */
describe("the first commands of the runbooks", () => {
  const commands = runbookCommands();

  it("have valid shell syntax, also those for a node", () => {
    const invalid = (scripts: readonly string[]) => {
      const check = 'for script; do bash -n -c "$script" 2>/dev/null || echo "$script"; done';
      return spawnSync("bash", ["-c", check, "bash", ...scripts], { encoding: "utf8" }).stdout;
    };
    assert.equal(invalid(commands.flatMap(({ text }) => shellTexts(text))), "");
    assert.equal(invalid(shellTexts("ssh NODE 'df -h; for'")), "df -h; for\n");
  });

  it("have only words in capitals for which the lab has an object", () => {
    assert.deepEqual(commands.flatMap(unknownPlaceholders), []);
  });

  it("ask the container of Prometheus, because the first container of its pod reloads the configuration", () => {
    const asking = commands.filter(
      ({ alert, text }) =>
        text.includes(" logs -l app.kubernetes.io/name=prometheus ") ||
        (alert.startsWith("Prometheus") && text.includes(" exec POD ")),
    );
    assert.ok(asking.length >= 10);
    assert.deepEqual(
      asking.filter(({ text }) => !text.includes(" -c prometheus-server ")),
      [],
    );
  });
});

describe("the tests of the runbooks' commands", () => {
  const stack = {
    ...{ node: "node-1", master: "master-1", apiServer: "127.0.0.1:1" },
    ...{ prometheusPod: "prometheus-0", alertmanagerPod: "alertmanager-0" },
  };
  const command = (text: string, alert = "PrometheusNotIngesting") => ({ alert, text });

  it("report a word in capitals for which they know no object", () => {
    assert.deepEqual(unknownPlaceholders(command("kubectl get pod POD -c SIDECAR", "PodOnFire")), [
      "docs/runbooks/PodOnFire.md: no object of the lab stands for SIDECAR in `kubectl get pod POD -c SIDECAR`; use " +
        "one of NAMESPACE, POD, CONTAINER, JOB, CRONJOB, NAME, SERVICE, CLAIM, SIZE (with -n NAMESPACE) or NODE, " +
        "MASTER, MASTER:6443, POD, JOB, NAME, LEASE, VOLUME, or add SIDECAR to test/support/runbook-commands.ts.",
    ]);
    assert.equal(unknownPlaceholders(command("kubectl get pvc CLAIM")).length, 1);
    assert.deepEqual(unknownPlaceholders(command("kubectl -n NAMESPACE get pvc CLAIM")), []);
    // A command that cannot run needs no object.
    assert.deepEqual(unknownPlaceholders(command("ssh NODE 'ip link show DEVICE'")), []);
  });

  it("use objects of the stack, or of their own namespace", () => {
    const filled = (text: string, alert?: string) => filledIn(command(text, alert), stack);
    assert.equal(filled("kubectl -n monitoring exec POD -- df"), "kubectl -n monitoring exec prometheus-0 -- df");
    assert.equal(filled("kubectl logs POD", "AlertmanagerCannotSend"), "kubectl logs alertmanager-0");
    assert.equal(filled("kubectl -n NAMESPACE logs POD"), "kubectl -n runbooks logs worker-0");
    assert.equal(filled('up{job="JOB"} and ALERTS'), 'up{job="kubernetes-nodes"} and ALERTS');
    assert.equal(filled("openssl s_client -connect MASTER:6443"), "openssl s_client -connect 127.0.0.1:1");
    assert.equal(filled("kubectl get node MASTER"), "kubectl get node master-1");
    assert.equal(filled("kubectl get apiservice NAME"), "kubectl get apiservice v1.apps");
    const columns = "kubectl get nodes -o custom-columns=NAME:.metadata.name";
    assert.equal(filled(columns), columns);
  });

  it("change the stack only by a dry run", () => {
    const text = "kubectl -n monitoring delete pod POD";
    assert.ok(isChange(text) && changesStack(text));
    assert.equal(asDryRun(text), "kubectl -n monitoring delete --dry-run=server pod POD");
    assert.equal(asDryRun("kubectl uncordon NODE"), "kubectl uncordon --dry-run=server NODE");
    const own = "kubectl -n NAMESPACE rollout undo deployment/NAME";
    assert.ok(isChange(own) && !changesStack(own));
    assert.ok(!isChange("kubectl get --raw /readyz") && !isChange("kubectl auth can-i delete pods"));
  });

  it("have kubectl check the flags of its commands that cannot run", () => {
    assert.equal(helpOf("kubectl top pods -A | head -15"), "kubectl top pods -A --help");
    assert.equal(helpOf("kubectl exec POD -- sh -c 'du | sort'"), "kubectl exec POD --help");
    assert.equal(helpOf("ssh NODE 'df'"), undefined);
  });

  it("say why a command cannot run on the lab", () => {
    assert.match(whyNotOnLab("ssh NODE 'df -h'") ?? "", /not machines/);
    assert.match(whyNotOnLab("sudo crictl ps") ?? "", /real node/);
    assert.match(whyNotOnLab("kubectl top pods") ?? "", /metrics-server/);
    assert.match(whyNotOnLab("kubectl -n kube-system exec etcd-NODE -- etcdctl defrag") ?? "", /kube-system/);
    assert.match(whyNotOnLab("kubectl exec POD -- sh -c 'du'") ?? "", /no shell/);
    assert.match(whyNotOnLab("kubectl -n monitoring rollout restart sts/prometheus-server") ?? "", /no dry run/);
    assert.equal(whyNotOnLab("kubectl -n NAMESPACE rollout restart deployment/NAME"), undefined);
    assert.equal(whyNotOnLab("no-such-program --now"), "no-such-program is not installed here");
    assert.equal(whyNotOnLab("kubectl get nodes"), undefined);
  });
});

import * as assert from "node:assert/strict";
import { ApiException, CoreV1Api } from "@kubernetes/client-node";
import { labNodes } from "../../../lab/cluster-nodes";
import { clientConfig } from "../../../lab/control-plane/client";
import type { Lab } from "../../../lab/lab";
import { type LabStack, StackError } from "../../../lab/stack";
import { settle } from "../../../lab/idle";
import { configureLike, labStack, urlsOf } from "../../../lab/steps";
import { changesSince, say } from "./with-lab";

export const [master, firstWorker, lastWorker] = labNodes.map(({ name }) => name) as [string, string, string];

/** A stack of the lab, and the operator who changes its configuration step by step. */
export class Operator {
  private changes: Record<string, unknown> = {};
  private secrets: Readonly<Record<string, string>>;

  private constructor(
    private readonly lab: Lab,
    readonly stack: LabStack,
    /** A client of the cluster that has all rights. */
    readonly core: CoreV1Api,
  ) {
    this.secrets = lab.secrets;
  }

  static async of(lab: Lab, name: string, changes: Record<string, unknown> = {}): Promise<Operator> {
    const core = clientConfig(lab.controlPlane.labKubeconfigPath).makeApiClient(CoreV1Api);
    const operator = new Operator(lab, await labStack(lab, name), core);
    await operator.configure(changes);
    return operator;
  }

  /** Changes some keys of the stack's configuration; `undefined` removes a key. The changes stay for the next call. */
  async configure(more: Record<string, unknown>, secrets: Readonly<Record<string, string>> = {}): Promise<void> {
    this.changes = { ...this.changes, ...more };
    this.secrets = { ...this.secrets, ...secrets };
    await configureLike(this.lab, this.stack, this.changes, this.secrets);
  }

  /** Expects that a command fails with a message that matches every pattern, and that nothing was changed. */
  async refused(command: Promise<unknown>, ...says: RegExp[]): Promise<void> {
    const started = new Date();
    await assert.rejects(command, (error: unknown) => {
      assert.ok(error instanceof StackError, String(error));
      for (const expected of says) assert.match(error.message, expected);
      return true;
    });
    assert.deepEqual(changesSince(this.lab, started), []);
  }

  /** Waits until every target is up and nothing fires. */
  async settled(): Promise<void> {
    await settle(await urlsOf(this.lab, this.stack), say);
  }

  async labelsOf(node: string): Promise<Record<string, string>> {
    return (await this.core.readNode({ name: node })).metadata?.labels ?? {};
  }

  async nodeNames(): Promise<string[]> {
    return (await this.core.listNode()).items.map((node) => node.metadata?.name ?? "").sort();
  }
}

/** The key `alerting:nodes` with these workers and the lab's only master. */
export function workers(...names: string[]): Record<string, unknown> {
  return { "alerting:nodes": { masters: { names: [master] }, workers: { names } } };
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiException && error.code === 404;
}

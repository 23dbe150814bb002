/** Something that a pod refers to is not there (yet): the pod waits for it, as on a real node. */
export class MissingSource extends Error {
  constructor(kind: "configmap" | "secret" | "persistentvolumeclaim" | "persistentvolume", name: string, key?: string) {
    super(key === undefined ? `${kind} "${name}" not found` : `${kind} "${name}" has no key "${key}"`);
  }
}

/** The claim is there, but no volume is bound to it yet. */
export class ClaimNotBound extends Error {
  constructor(name: string, phase: string) {
    super(`persistentvolumeclaim "${name}" is not bound (${phase})`);
  }
}

import type { literals } from "./kubernetes-literals";

/** A value that is read-only at any depth. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Literals = { readonly [Field in keyof typeof literals]: (typeof literals)[Field][number] };

/** Fields whose strings depend on what they are part of, which the other fields there show. */
type LiteralOf<Whole, Field> = Field extends "operator"
  ? "tolerationSeconds" extends keyof Whole
    ? "Exists" | "Equal"
    : "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt"
  : Field extends "scheme"
    ? "HTTP" | "HTTPS"
    : Field extends "type"
      ? "rollingUpdate" extends keyof Whole
        ? "Recreate" | "RollingUpdate" | "OnDelete"
        : string
      : string;

/**
 * One of Kubernetes' own types as a manifest has it: nothing is required, there is no Input in it, because values are
 * known when the program runs, and a string is one of those that Kubernetes takes.
 */
export type Kubernetes<T> = T extends readonly (infer Item)[]
  ? readonly Kubernetes<Item>[]
  : T extends object
    ? {
        readonly [Field in keyof T]?: T[Field] extends string
          ? Field extends keyof Literals
            ? Literals[Field]
            : LiteralOf<T, Field>
          : Kubernetes<T[Field]>;
      }
    : T;

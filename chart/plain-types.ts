import type { literals } from "./kubernetes-literals";

/** A value that is read-only at any depth. */
export type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Literals = { readonly [Field in keyof typeof literals]: (typeof literals)[Field][number] };

/**
 * Fields whose accepted strings depend on the type that contains the field. Other fields of that type show which type
 * it is.
 */
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
 * A Kubernetes type in the form of a manifest. Nothing is required. It contains no `Input`, because values are known
 * when the program runs. Strings are limited to those that Kubernetes accepts.
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

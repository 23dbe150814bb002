/** This file handles lists of program arguments. It knows both common forms, `--flag=value` and `--flag value`. */

/** The last value of a flag, which is the value that programs use; `undefined` if the flag is missing. */
export function flagValue(args: readonly string[], flag: string): string | undefined {
  let value: string | undefined;
  args.forEach((arg, index) => {
    if (arg === flag) {
      value = args[index + 1];
    } else if (arg.startsWith(`${flag}=`)) {
      value = arg.slice(flag.length + 1);
    }
  });
  return value;
}

/** The arguments in which the flag occurs exactly once, with this value: where it first was, or else at the end. */
export function withFlag(args: readonly string[], flag: string, value: string): string[] {
  const result: string[] = [];
  let placed = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg !== flag && !arg.startsWith(`${flag}=`)) {
      result.push(arg);
      continue;
    }
    index += arg === flag ? 1 : 0;
    if (!placed) {
      result.push(`${flag}=${value}`);
      placed = true;
    }
  }
  return placed ? result : [...result, `${flag}=${value}`];
}

/** The arguments, in which `map` replaces each value that is an absolute path. */
export function withMappedPaths(args: readonly string[], map: (path: string) => string): string[] {
  return args.map((arg) => {
    const [, flag, value] = /^(-[^=]*=)(\/.*)$/s.exec(arg) ?? [];
    if (flag !== undefined && value !== undefined) {
      return flag + map(value);
    }
    return arg.startsWith("/") ? map(arg) : arg;
  });
}

/** The port of a listen address such as `:9090`, `0.0.0.0:9100` or `[::]:9093`. */
export function portOf(address: string): number | undefined {
  const port = /:(\d+)$/.exec(address)?.[1];
  return port === undefined ? undefined : Number(port);
}

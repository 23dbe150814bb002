import { failed, ok, type Row } from "../shared/check-result";
import { type AuditException, isOver } from "./exceptions";
import type { Advisory } from "./npm-audit";

const file = "tools/supply-chain/audit-exceptions.json";

/** Compares the advisories with the exceptions: a row for each advisory, and for each unused exception. */
export function judge(advisories: readonly Advisory[], exceptions: readonly AuditException[], today: Date): Row[] {
  const rows = advisories.map((advisory): Row => {
    const { id, title, severity, range, fix } = advisory;
    const what = `${severity}: ${title.replace(/\.$/, "")} (${id}, versions ${range}).`;
    const exception = exceptions.find((one) => one.advisory === id);
    if (exception === undefined) return { check: advisory.package, ...failed(what, fix) };
    const { until, reason } = exception;
    if (isOver(exception, today)) {
      const todo = `The exception ended on ${until}: review it, and fix the package or write a later day into ${file}. ${fix}`;
      return { check: advisory.package, ...failed(what, todo) };
    }
    return { check: advisory.package, ...ok(`${what} Accepted until ${until}: ${reason}`) };
  });
  const idle = exceptions.filter(({ advisory }) => !advisories.some(({ id }) => id === advisory));
  return [
    ...rows,
    ...idle.map(({ advisory }): Row => ({
      check: advisory,
      ...failed("is an exception that is no longer needed.", `Remove it from ${file}.`),
    })),
  ];
}

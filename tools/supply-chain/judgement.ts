import { failed, ok, type Row } from "../shared/check-result";
import { type AuditException, isOver } from "./exceptions";
import type { Advisory } from "./npm-audit";

const file = "tools/supply-chain/audit-exceptions.json";

/** What the advisories come to once the exceptions are held against them: a row for each, and for what is left over. */
export function judge(advisories: readonly Advisory[], exceptions: readonly AuditException[], today: Date): Row[] {
  const rows = advisories.map((advisory): Row => {
    const { id, title, severity, range, fix } = advisory;
    const what = `${severity}: ${title.replace(/\.$/, "")} (${id}, versions ${range}).`;
    const exception = exceptions.find((one) => one.advisory === id);
    if (exception === undefined) return { check: advisory.package, ...failed(what, fix) };
    const { until, reason } = exception;
    if (isOver(exception, today)) {
      const todo = `The exception was until ${until}: look at it again, and fix it or write a later day into ${file}. ${fix}`;
      return { check: advisory.package, ...failed(what, todo) };
    }
    return { check: advisory.package, ...ok(`${what} Left be until ${until}: ${reason}`) };
  });
  const idle = exceptions.filter(({ advisory }) => !advisories.some(({ id }) => id === advisory));
  return [
    ...rows,
    ...idle.map(({ advisory }): Row => ({
      check: advisory,
      ...failed("is an exception that nothing needs any more.", `Take it out of ${file}.`),
    })),
  ];
}

import type { Threat } from "./threat";

export const supplyThreats: readonly Threat[] = [
  {
    threat: "Replace a chart under the same version, or a chart file",
    mitigation: "`chart.digest`",
    tests: [
      {
        spec: "test/lab/chart-digest.spec.ts",
        title: "is never a different chart of the same version: Helm refuses it, and reports both digests",
      },
      {
        spec: "test/unit/values/chart-source.spec.ts",
        title: "is taken by its digest, and a file that is another one is a fault that names both digests",
      },
    ],
  },
  {
    threat: "Rely on a digest that nothing checks",
    mitigation: "`chart.digest` is accepted only for `oci://` references and `.tgz` files",
    tests: [
      {
        spec: "test/unit/values/chart-source.spec.ts",
        title: "is refused with a repository, the chart's own or another: Helm would look at the version alone",
      },
    ],
  },
  {
    threat: "Replace an image under the same tag",
    mitigation: "`images.digests`",
    tests: [
      {
        spec: "test/lab/chart-digest.spec.ts",
        title: "are the images in the pods: repository and digest, plus the tag if the chart writes it too",
      },
    ],
  },
  {
    threat: "Change an image by a chart value",
    mitigation: "refused at preview",
    tests: [{ spec: "test/unit/settings/images.spec.ts", title: "are not to be written as values, nor are tags" }],
  },
  {
    threat: "Keep a package that has a security advisory",
    mitigation: "`npm run audit` at every push",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title:
          "without an exception is to be fixed, and is told with its severity, its id, its versions and what to do",
      },
    ],
  },
  {
    threat: "Ignore an advisory forever",
    mitigation: "exceptions last at most 180 days",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title: "is to be fixed from the day after the exception's last",
      },
    ],
  },
  {
    threat: "Mistake a registry without audits for a clean result",
    mitigation: "the audit then exits with code 3",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/audit.spec.ts",
        title: "ends with 3, and not as if all were well, where the registry gives no audit",
      },
    ],
  },
  {
    threat: "Drop the audit from CI",
    mitigation: "a test checks the workflow",
    tests: [
      {
        spec: "test/unit/docs/workflows.spec.ts",
        title: "look for advisories about the packages at every push, whatever came of the tests",
      },
    ],
  },
  {
    threat: "Run a program when packages are installed",
    mitigation: "`ignore-scripts=true` in `.npmrc`, `npm ci --ignore-scripts` in CI",
    tests: [
      {
        spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
        title: "run none: npm is told so in this folder, whatever it is asked to install",
      },
      {
        spec: "test/unit/tools/supply-chain/install-scripts.spec.ts",
        title: "run none where this repository installs them, whatever npm is told elsewhere",
      },
    ],
  },
];

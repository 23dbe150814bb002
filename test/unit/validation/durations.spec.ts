import * as assert from "node:assert/strict";
import { milliseconds, isDuration, type PrometheusDuration } from "../../../validation/durations";
import { type ByteSize, isByteSize, sizeInBytes } from "../../../validation/sizes";

// Values that the compiler checks. It must refuse each line below a directive, otherwise the directive is an error.
const durations: PrometheusDuration[] = ["0", "30s", "1m", "1h30m", "15d", "1y2w3d4h5m6s7ms", "100ms", "90m"];
const sizes: ByteSize[] = ["0", "512B", "8GB", "10GiB", "1.5TB", "2EiB"];
const refusedByTheCompiler: (PrometheusDuration | ByteSize)[] = [
  // @ts-expect-error no unit
  "30",
  // @ts-expect-error seconds come after minutes
  "30s1m",
  // @ts-expect-error a fraction
  "1.5h",
  // @ts-expect-error a space
  "1 m",
  // @ts-expect-error a word
  "30sec",
  // @ts-expect-error an empty string
  "",
  // @ts-expect-error a unit of Kubernetes
  "10Gi",
  // @ts-expect-error the unit is KB
  "10kB",
];

describe("durations and sizes", () => {
  it("that the compiler accepts are accepted at run time", () => {
    for (const text of durations) assert.ok(isDuration(text), text);
    for (const text of sizes) assert.ok(isByteSize(text), text);
  });

  it("that the compiler refuses are refused at run time", () => {
    for (const text of refusedByTheCompiler) assert.ok(!isDuration(text) && !isByteSize(text), text);
  });

  const lengths: [string, number | undefined][] = [
    ["0", 0],
    ["0s", 0],
    ["30s", 30_000],
    ["1h30m", 5_400_000],
    ["1w", 604_800_000],
    ["1y", 31_536_000_000],
    ["05m", 300_000],
    ["292y", 292 * 31_536_000_000],
    ["293y", undefined],
    ["99999999999999999999s", undefined],
    ["-5m", undefined],
    ["+5m", undefined],
    ["1m1h", undefined],
    ["1m1m", undefined],
    ["1:30", undefined],
    ["5", undefined],
    ["00", undefined],
    ["5 m", undefined],
    [" 5m", undefined],
    ["5m\n", undefined],
    ["5M", undefined],
    ["1.5h", undefined],
    ["1µs", undefined],
    ["", undefined],
  ];
  for (const [text, length] of lengths) {
    it(`${JSON.stringify(text)} is ${length === undefined ? "not a duration" : `${length} ms`}`, () =>
      assert.equal(milliseconds(text), length));
  }

  const bytes: [string, number | undefined][] = [
    ["0", 0],
    ["512B", 512],
    ["1KB", 1024],
    ["1KiB", 1024],
    ["8GB", 8 * 1024 ** 3],
    ["1.5GB", 1.5 * 1024 ** 3],
    ["7EB", 7 * 1024 ** 6],
    ["8EB", undefined],
    ["8", undefined],
    ["8G", undefined],
    ["8Gi", undefined],
    ["8gb", undefined],
    ["8 GB", undefined],
    ["-1GB", undefined],
    ["", undefined],
    [".", undefined],
    [".B", undefined],
  ];
  for (const [text, size] of bytes) {
    it(`${JSON.stringify(text)} is ${size === undefined ? "not a size" : `${size} bytes`}`, () =>
      assert.equal(sizeInBytes(text), size));
  }
});

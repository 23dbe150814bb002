import { randomBytes } from "node:crypto";
import { hash } from "bcryptjs";
import { diffProperties } from "../diff";
import { servePlugin } from "../plugin";
import { type Properties, secret, UNKNOWN } from "../properties";
import type { CheckFailure, Provider, ResourceType } from "../provider";
import { randomText, TEXT_DEFAULTS } from "./text";

const TEXT = {
  inputs: ["keepers", "length", "overrideSpecial", ...Object.keys(TEXT_DEFAULTS)],
  required: "length",
  defaults: TEXT_DEFAULTS,
};

interface RandomValue {
  readonly inputs: readonly string[];
  readonly required: string;
  readonly defaults?: Properties;
  /** Outputs of a creation, unknown in its preview. */
  readonly outputs: readonly string[];
  readonly make: (inputs: Properties) => Promise<{ id: string; made: Properties }>;
}

/** A type of random value: made once, kept in the state and nowhere else, made anew when any input changes. */
function randomValue(o: RandomValue): ResourceType {
  return {
    check: (_call, inputs) => ({ inputs, failures: faults(o, inputs) }),
    diff: (_call, { oldInputs, news }) => ({ changes: diffProperties(oldInputs, news, { replaceOn: ["*"] }) }),
    async create(call, inputs) {
      const unknown = Object.fromEntries(o.outputs.map((name) => [name, UNKNOWN]));
      const { id, made } = call.preview ? { id: "", made: unknown } : await o.make(inputs);
      return { id, state: { ...o.defaults, ...inputs, ...made } };
    },
    read: (_call, { id, inputs, state }) =>
      Object.keys(state).length > 0
        ? Promise.resolve({ id, inputs, state })
        : Promise.reject(new Error("the lab's stand-in of the random provider does not implement imports")),
    update: (call) => Promise.reject(new Error(`a random value cannot change in place (${call.urn})`)),
    delete: () => Promise.resolve(),
  };
}

function faults({ inputs: known, required }: RandomValue, inputs: Properties): CheckFailure[] {
  const unknown = Object.keys(inputs).filter((name) => !known.includes(name));
  const value = inputs[required];
  const fits = value === UNKNOWN || (Number.isInteger(value) && Number(value) > 0);
  return [
    ...unknown.map((property) => ({
      property,
      reason: `the lab's stand-in of the random provider does not implement "${property}" (it knows ${known.join(", ")})`,
    })),
    ...(fits ? [] : [{ property: required, reason: "expected a whole number above 0" }]),
  ];
}

/** Stand-in of the provider plugin of @pulumi/random 4.21.2. */
const provider: Provider = {
  name: "random",
  version: "4.21.2",
  configKeys: [],
  configure: () => Promise.resolve(),
  resources: {
    "random:index/randomId:RandomId": randomValue({
      inputs: ["byteLength", "keepers"],
      required: "byteLength",
      outputs: ["b64Std", "b64Url", "dec", "hex"],
      make({ byteLength }) {
        const bytes = randomBytes(Number(byteLength));
        const [hex, id] = [bytes.toString("hex"), bytes.toString("base64url")];
        const made = { hex, dec: String(BigInt(`0x${hex}`)), b64Std: bytes.toString("base64"), b64Url: id };
        return Promise.resolve({ id, made });
      },
    }),
    "random:index/randomPassword:RandomPassword": randomValue({
      ...TEXT,
      outputs: ["result", "bcryptHash"],
      async make(inputs) {
        const result = randomText(inputs);
        return { id: "none", made: { result: secret(result), bcryptHash: secret(await hash(result, 10)) } };
      },
    }),
    "random:index/randomString:RandomString": randomValue({
      ...TEXT,
      outputs: ["result"],
      make(inputs) {
        const result = randomText(inputs);
        return Promise.resolve({ id: result, made: { result } });
      },
    }),
  },
};

void servePlugin(provider);

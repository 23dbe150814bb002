import { z } from "zod";
import { isCredentialName } from "../credentials";
import { duration, milliseconds } from "../../validation/durations";
import { webUrl } from "./value-types";

/** Below this, Alertmanager's own time for one request would be longer than the interval. */
const shortest = "5s";

const authorization = z.strictObject({
  type: z
    .string()
    .regex(/^(?!basic$)[!#$%&'*+.^_`|~0-9A-Za-z-]+$/i, { error: 'a scheme such as "GenieKey" or "Bearer"' }),
  credential: z.string().refine(isCredentialName, { error: "the name of a credential in alerting:credentials" }),
});

/** The sign of life that goes to the URL in the secret `heartbeatUrl`. */
export const heartbeat = z
  .strictObject({
    interval: duration()
      // A text that is no duration is told by the check before.
      .refine((text) => !milliseconds(text) || milliseconds(text)! >= milliseconds(shortest)!, {
        error: `a duration of at least ${shortest}`,
      })
      // Two beats so far apart would be one and the same alert (rules/watchdog.yaml), and only the first would be sent.
      .refine((text) => !milliseconds(text) || milliseconds(text)! % 97_000 !== 0, {
        error: "a duration that is no multiple of 97 seconds, in which the beats would all look alike",
      })
      .default("1m")
      .describe("How often the sign of life is sent; the service's period"),
    authorization: authorization
      .optional()
      .describe(
        "The `Authorization` header, for services whose URL is not enough: `{ type: GenieKey, credential: <name> }`, with a credential of `alerting:credentials`",
      ),
    httpProxy: webUrl.optional().describe("An HTTP proxy on the way to the service; without credentials"),
  })
  .prefault({});

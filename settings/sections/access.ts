import { z } from "zod";

/** Numbers of passwords in ascending order: the highest is the newest. */
const passwords = z
  .array(z.number().refine((one) => Number.isSafeInteger(one) && one >= 1, { error: "a whole number of at least 1" }))
  .min(1, { error: "at least one number, such as [1]" })
  .refine((numbers) => numbers.every((number, at) => at === 0 || number > numbers[at - 1]!), {
    error: "numbers in ascending order without duplicates, such as [1, 2]",
  });

/** Who may open the pages of Prometheus and Alertmanager, and over which kind of connection. */
export const access = z
  .strictObject({
    password: z
      .boolean()
      .default(true)
      .describe(
        "Whether Prometheus and Alertmanager require a password, which this program generates; `npm run credentials` prints it",
      ),
    passwords: passwords
      .default([1])
      .describe(
        "Numbers of the accepted passwords. To replace password 1, set `[1, 2]`, and once everyone has the new password `[2]`; run `pulumi up` after each change",
      ),
    certificateArn: z
      .string()
      .regex(/^arn:aws(-[a-z]+)*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/, {
        error:
          'the ARN of a certificate in ACM, such as "arn:aws:acm:ap-northeast-2:000000000000:certificate/00000000-0000-0000-0000-000000000000"',
      })
      .optional()
      .describe(
        "A certificate in ACM with which the NLBs terminate TLS; behind them the traffic is plain HTTP. For your own certificate, set the secret `certificate` instead",
      ),
  })
  .prefault({});

/** Makes Mocha's timeout errors say that the test timed out, and how busy the machine was. */
import { Runnable } from "mocha";
import { loadText } from "./load";

interface WithTimeoutError {
  _timeoutError: (this: unknown, ms: number) => Error;
}

const prototype = Runnable.prototype as unknown as WithTimeoutError;
const { _timeoutError: inner } = prototype;
prototype._timeoutError = function (ms) {
  const error = inner.call(this, ms);
  error.message = `Out of time after ${ms / 1000} s; ${loadText()}. ${error.message}`;
  return error;
};

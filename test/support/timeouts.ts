/** Has a time-out of mocha's say that it was time that ended the test, and how busy the machine was. */
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

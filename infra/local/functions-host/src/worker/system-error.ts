/** An error of the platform rather than of the app; `@azure/functions` recognises it by `isAzureFunctionsSystemError`. */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

/** Thrown for a hook name that the host does not know; the library tests for the type and this flag. */
export class SystemRangeError extends RangeError {
  readonly isAzureFunctionsSystemError = true;
}

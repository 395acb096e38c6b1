/** An answer other than success: HTTP status, stable code, and a sentence for whoever reads the log. */
export class SandboxError extends Error {
  readonly statusCode: number;
  readonly code: string;

  constructor(statusCode: number, code: string, detail: string) {
    super(detail);
    this.statusCode = statusCode;
    this.code = code;
  }
}

// Every way a request or command can fail for a reason we know, and the one table from error to HTTP status.
// Pure: the page imports these too, through the contracts.

/** A value the caller sent cannot be used; `parameter` names it, `message` says why. */
export class BadInput extends Error {
  readonly parameter: string;
  constructor(parameter: string, message: string) {
    super(message);
    this.name = 'BadInput';
    this.parameter = parameter;
  }
}

/** The request itself is not one that can be understood. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** One caller asks for more than its share; `retryAfterS` says when it may ask again. */
export class TooMany extends Error {
  override readonly name = 'TooMany';
  readonly retryAfterS: number;
  constructor(message: string, retryAfterS: number) {
    super(message);
    this.retryAfterS = retryAfterS;
  }
}

/** What was asked for does not exist: a jurisdiction, a layer, a place. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Nobody signed in asks for what needs somebody, or a name or password is not right. */
export class NotSignedIn extends Error {
  override readonly name = 'NotSignedIn';
}

/** The page that asks was opened for somebody else than whoever asks now. */
export class SessionOver extends Error {
  override readonly name = 'SessionOver';
}

/** The password was right; the account asks for a code as well. */
export class CodeNeeded extends Error {
  override readonly name = 'CodeNeeded';
}

/** Whoever signed in sets up a second step before anything else is answered. */
export class SecondStepNeeded extends Error {
  override readonly name = 'SecondStepNeeded';
}

/** The viewer may not do this. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** Somebody else is doing what excludes this: another import of the same jurisdiction, a folder in use. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** Another writer has the jurisdiction; nothing was begun, so it can be tried again. */
export class Busy extends Conflict {}

/** The file or body is larger than the door lets in. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** The server has no room left for what is sent. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

/** The answer is not available now but will be: starting, engine restarting, pool full. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The data changed under the question: asked again of what is there now, it can be answered. */
export class Outdated extends Unavailable {}

/** The installation cannot run as configured; the message is one line for the operator. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

type ErrorClass = abstract new (...args: never[]) => Error;

const STATUS: readonly (readonly [ErrorClass, number, string])[] = [
  [BadInput, 422, 'bad-input'],
  [BadRequest, 400, 'bad-request'],
  [TooMany, 429, 'too-many'],
  [NotFound, 404, 'not-found'],
  [NotSignedIn, 401, 'not-signed-in'],
  [SessionOver, 401, 'session-over'],
  [CodeNeeded, 401, 'code-needed'],
  [SecondStepNeeded, 403, 'second-step-needed'],
  [NotAllowed, 403, 'not-allowed'],
  [Conflict, 409, 'conflict'],
  [TooLarge, 413, 'too-large'],
  [NoRoom, 507, 'no-room'],
  [Unavailable, 503, 'unavailable'],
];

/** HTTP status and stable problem type of an error; unknown errors are 500 and tell nothing. */
export function statusOf(error: unknown): { status: number; type: string } {
  for (const [kind, status, type] of STATUS) if (error instanceof kind) return { status, type };
  return { status: 500, type: 'internal' };
}

import { validationMessage } from '@keywarden/aws-json';
import type { QueryError } from './envelope';
import type { QueryRefusal } from './query-refusal';

/** The error a client gets for a request that was not understood. */
export function errorOfRefusal(refusal: QueryRefusal): QueryError {
  switch (refusal.code) {
    case 'BodyMalformed':
      return { code: 'InvalidQueryParameter', message: refusal.message, status: 400 };
    case 'ParameterMalformed':
      return { code: 'MalformedInput', message: refusal.message, status: 400 };
    case 'ConstraintsViolated':
      return { code: 'ValidationError', message: validationMessage(refusal.violations), status: 400 };
  }
}

/** Names are shown only when they look like one. */
const presentable = /^[A-Za-z0-9_.-]{1,128}$/;

/** The error for an action that the service does not have in the version that was named. */
export function unknownAction(action: string | undefined, version: string | undefined): QueryError {
  if (action === undefined || action === '') {
    return { code: 'MissingAction', message: 'The request names no action.', status: 400 };
  }
  const shown = (name: string): string => (presentable.test(name) ? name : '(unreadable)');
  const message = `Could not find operation ${shown(action)} for version ${shown(version ?? 'NO_VERSION_SPECIFIED')}`;
  return { code: 'InvalidAction', message, status: 400 };
}

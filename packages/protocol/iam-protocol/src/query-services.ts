/** The services that speak AWS Query: the name is the one in credential scopes. */
export const queryServices = {
  iam: { version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/', fault: 'ServiceFailure' },
  sts: { version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', fault: 'InternalFailure' },
} as const;

export type QueryService = keyof typeof queryServices;

/** The namespace of errors that come before a service is known. */
export const faultNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09';

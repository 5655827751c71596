/** Where integration tests find their servers; set by the jest set-up, or beforehand by whoever brings their own. */
export const testDatabaseVariable = 'KEYWARDEN_TEST_DATABASE_URL';
export const testRedisVariable = 'KEYWARDEN_TEST_REDIS_URL';
/** A folder for the cluster that services under test start from; set by the jest set-up of end-to-end tests. */
export const clusterTemplateVariable = 'KEYWARDEN_TEST_CLUSTER_TEMPLATE';

/** The value of a variable a test needs; a test without its server fails and says what to do. */
export function requiredServer(variable: string): string {
  const url = process.env[variable];
  if (url === undefined || url === '')
    throw new Error(`${variable} is not set: run this test as an nx "integration" target, or set it to a server's URL`);
  return url;
}
